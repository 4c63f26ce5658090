import type {
  Acknowledgement,
  AlertingConfig,
  ChannelStanding,
  Decision,
  EscalationStanding,
  KnownAlert,
  Outcome,
  PostedAlert,
  Silence,
  SilenceDraft,
  SilenceState,
  Tested,
} from '../../alerting/index.ts'
import type { LabelSet } from '../../series/index.ts'

/** How an alert stands: whether it is told of and, when it is not, why. */
export interface AlertStatus {
  /** Unprocessed: no group has looked at it yet. */
  readonly state: 'unprocessed' | 'active' | 'suppressed'
  /** Ids of silences. */
  readonly silencedBy: readonly string[]
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[]
  /** Names of time intervals. */
  readonly mutedBy: readonly string[]
}

export interface ListedAlert {
  readonly alert: KnownAlert
  readonly status: AlertStatus
  /** Of all routes that take it, in the order of the routes. */
  readonly receivers: readonly string[]
}

export interface ListedGroup {
  readonly labels: LabelSet
  readonly receiver: string
  readonly groupKey: string
  readonly alerts: readonly ListedAlert[]
  readonly acknowledged?: Acknowledgement | undefined
  /** How far its ladder has been climbed; undefined: it has none. */
  readonly escalation?: EscalationStanding | undefined
}

/** One way out of a receiver, since the service started; nothing of it is secret. Times are ms since the epoch. */
export interface ListedChannel extends ChannelStanding {
  readonly receiver: string
  /** Its key: `receiver/kind[index]`. */
  readonly integration: string
  readonly kind: string
  readonly sendResolved: boolean
  readonly delivered: number
  readonly failed: number
  readonly last: { readonly at: number; readonly kind: Outcome['kind']; readonly told: string } | undefined
  /** When it was switched off, if that was since the start. */
  readonly goneAt: number | undefined
}

/** What became of a test by one channel. */
export interface TestedChannel extends Tested {
  readonly integration: string
}

export type ListedSilence = Silence & { readonly state: SilenceState }

export type SilenceSet =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly reason: string; /** 404: there is none of that id. */ readonly status: 400 | 404 }

/** What decisions are looked for: all that is stated holds for each of them. */
export interface DecisionSearch {
  readonly fingerprint?: string | undefined
  readonly receiver?: string | undefined
  readonly groupKey?: string | undefined
  readonly verdict?: Decision['verdict'] | undefined
  /** Ms since the epoch, both inclusive. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** The latest ones. */
  readonly limit?: number | undefined
  /** So many of the latest ones are passed over. */
  readonly offset?: number | undefined
  /** Somewhere in the reason, the receiver, the integration or the group's key, whatever the case. */
  readonly text?: string | undefined
}

/** Alerting as its endpoints, its pages and its commands see it. */
export interface AlertingDoor {
  /** Another one whenever something has changed. */
  readonly version: number
  readonly config: AlertingConfig
  /** Ms since the epoch. */
  readonly startedAt: number
  /** The file as it was read, its secrets hidden. */
  readonly configText: string
  /** From who posts them and from the service's own rules. Why some of them are not taken; the others are. */
  post(alerts: readonly PostedAlert[]): readonly string[]
  /** All that are known, also those that are over and not yet forgotten. */
  alerts(): readonly ListedAlert[]
  groups(): readonly ListedGroup[]
  channels(): readonly ListedChannel[]
  /** Sends a message that says it is a test by each channel of a receiver, or by one. Undefined: there is none of that name. */
  testChannels(receiver: string, integration?: string): Promise<readonly TestedChannel[] | undefined>
  /** With those that have expired and are still kept. */
  silences(): readonly ListedSilence[]
  setSilence(draft: SilenceDraft): SilenceSet
  /** False: there is none of that id that has not expired. */
  expireSilence(id: string): boolean
  /** `of`: a group's key, or an alert's fingerprint: then all groups that it is in. False: nothing fires that is called so. */
  acknowledge(of: string, by: string, untilMs?: number): boolean
  unacknowledge(of: string, by?: string): boolean
  /** The latest first. */
  decisions(search: DecisionSearch): readonly Decision[]
  /** Rejects with a ConfigError that says what is wrong; all stays as it is then. */
  reload(): Promise<void>
  /** Does what is due. */
  tick(at: number): void
  stop(): Promise<void>
}
