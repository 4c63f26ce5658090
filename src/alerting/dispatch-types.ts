import type { LabelSet, Matcher } from '../series/index.ts'

// Times are ms since the epoch.

/** An alert as it comes in: from a rule, or from who posts it. */
export interface PostedAlert {
  readonly labels: LabelSet
  readonly annotations: LabelSet
  /** Default: now, or `endsAt` when only that is there. */
  readonly startsAt?: number | undefined
  /** Default: `resolveTimeoutMs` from now. */
  readonly endsAt?: number | undefined
  readonly generatorURL?: string | undefined
}

/** An alert as it is known, by its labels. */
export interface ActiveAlert {
  /** 16 hex digits: FNV-1a over the sorted labels, as Alertmanager's. */
  readonly fingerprint: string
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly startsAt: number
  readonly endsAt: number
  /** Its end is only what nobody has prolonged. */
  readonly endsByTimeout: boolean
  readonly updatedAt: number
  readonly generatorURL: string
}

/** An alert in a message. */
export interface NotifiedAlert {
  readonly fingerprint: string
  readonly status: 'firing' | 'resolved'
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly startsAt: number
  /** Undefined while it fires. */
  readonly endsAt: number | undefined
  readonly generatorURL: string
}

/** Why a message is sent. */
export type NotifyReason = 'first' | 'more-firing' | 'some-resolved' | 'all-resolved' | 'repeat' | 'escalation' | 'test'

/** What one integration is to tell. */
export interface Notification {
  /** The same over all attempts: what receivers that know idempotency tell doubles by. */
  readonly id: string
  /** When it was decided. */
  readonly at: number
  readonly reason: NotifyReason
  /** `{}/{team="a"}:{alertname="X"}`, as Alertmanager's. */
  readonly groupKey: string
  readonly receiver: string
  readonly status: 'firing' | 'resolved'
  readonly groupLabels: LabelSet
  readonly commonLabels: LabelSet
  readonly commonAnnotations: LabelSet
  /** Sorted by their start, then by labels; both firing and resolved ones. */
  readonly alerts: readonly NotifiedAlert[]
  /** Where this service's own pages are. */
  readonly externalURL: string
  /** Signed; undefined where there is no page that takes it. */
  readonly acknowledgeURL?: string | undefined
  /** Of an escalation policy: 0 for the first step. */
  readonly escalationLevel?: number | undefined
  /** Who is on call, of a schedule. */
  readonly onCall?: readonly string[] | undefined
  /** What the channel said of the message before this one of the same group: a message to update, a thread. */
  readonly previous?: Readonly<Record<string, string>> | undefined
}

/** What became of an attempt. */
export type Outcome =
  | { readonly kind: 'delivered'; /** To find the message again. */ readonly note?: Readonly<Record<string, string>> }
  /** May succeed later; not before `afterMs`, when the receiver said so. */
  | { readonly kind: 'temporary'; readonly reason: string; readonly afterMs?: number | undefined }
  /** This message will never be taken. */
  | { readonly kind: 'permanent'; readonly reason: string }
  /** No message will be taken any more: the channel is to be switched off, and its fallback used. */
  | { readonly kind: 'gone'; readonly reason: string }

/** A way out. */
export interface Channel {
  /** Never rejects: what is thrown on the way is a temporary outcome. */
  send(notification: Notification, signal: AbortSignal): Promise<Outcome>
  close?(): Promise<void>
}

/** One entry of a receiver; `options` are the channel's own. */
export interface Integration {
  /** `slack`, `pagerduty`, `webhook`, ... */
  readonly kind: string
  /** `receiver/kind[index]`: by it state is kept. */
  readonly key: string
  readonly sendResolved: boolean
  readonly options: Readonly<Record<string, unknown>>
  /** Messages that may go at once, and how many a minute after; default the channel's. */
  readonly rate?: { readonly burst: number; readonly perMinute: number } | undefined
  /** A receiver that is used when this one is gone, or has failed for `fallbackAfterMs`. */
  readonly fallback?: string | undefined
  readonly fallbackAfterMs?: number | undefined
}

export interface Receiver {
  readonly name: string
  readonly integrations: readonly Integration[]
  /** A schedule's name: its messages say who is on call. */
  readonly schedule?: string | undefined
}

export interface Route {
  readonly receiver: string
  readonly matchers: readonly Matcher[]
  readonly continue: boolean
  /** `'all'`: every label (`...`). */
  readonly groupBy: readonly string[] | 'all'
  readonly groupWaitMs: number
  readonly groupIntervalMs: number
  readonly repeatIntervalMs: number
  readonly muteTimeIntervals: readonly string[]
  readonly activeTimeIntervals: readonly string[]
  /** Name of a policy: its steps are walked while nobody acknowledges. */
  readonly escalation?: string | undefined
  readonly routes: readonly Route[]
}

export interface InhibitRule {
  readonly sourceMatchers: readonly Matcher[]
  readonly targetMatchers: readonly Matcher[]
  readonly equal: readonly string[]
  /** It follows from what depends on what. */
  readonly dependency?: Dependency | undefined
}

/** A component that depends on others: while alerts of those fire, nobody is told of its own. */
export interface Dependency {
  /** The label that names components. */
  readonly label: string
  readonly component: string
  /** By what it depends on: the way there, both ends included. */
  readonly paths: Readonly<Record<string, readonly string[]>>
}

/** From and until, both inclusive unless said otherwise. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** A part of time in which all that is stated holds; what is not stated always does. */
export interface TimeSpec {
  /** Minutes of the day; `to` is exclusive, 1440 at most. */
  readonly times?: readonly Range[] | undefined
  /** 0: Sunday. */
  readonly weekdays?: readonly Range[] | undefined
  /** Of the month; negative ones count from its end. */
  readonly daysOfMonth?: readonly Range[] | undefined
  readonly months?: readonly Range[] | undefined
  readonly years?: readonly Range[] | undefined
  /** An IANA name; default UTC. */
  readonly location?: string | undefined
}

export interface TimeInterval {
  readonly name: string
  readonly specs: readonly TimeSpec[]
}

/** A time in which work on something is planned; its matchers are those of silences. */
export interface MaintenanceWindow extends TimeInterval {
  readonly matchers: readonly Matcher[]
  readonly owner: string
  readonly reason: string
}

export interface Silence {
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly startsAt: number
  readonly endsAt: number
  readonly updatedAt: number
  readonly createdBy: string
  readonly comment: string
  readonly annotations?: Readonly<Record<string, string>> | undefined
  /** It is maintenance: what was told before it began is not told as new when it ends. `window`: of the configuration. */
  readonly maintenance?: { readonly window?: string | undefined } | undefined
}

export interface EscalationStep {
  /** After the step before it, or the first message. */
  readonly afterMs: number
  readonly receiver: string
}

/** Steps while nobody acknowledges and it still fires. */
export interface EscalationPolicy {
  readonly name: string
  readonly steps: readonly EscalationStep[]
  /** How often all steps are walked again; default never. */
  readonly repeats: number
  /** After so long an acknowledgement is forgotten, when it still fires; default never. */
  readonly acknowledgeTimeoutMs?: number | undefined
}

/** Who is on call when: layers, the later over the earlier. */
export interface Schedule {
  readonly name: string
  readonly location: string
  readonly rotations: readonly {
    readonly people: readonly string[]
    readonly startsAt: number
    /** A shift's length: whole days follow the clock of `location`, over changes of it too. */
    readonly shiftMs: number
    readonly during?: readonly TimeSpec[] | undefined
  }[]
  readonly overrides: readonly { readonly person: string; readonly from: number; readonly to: number }[]
}

export interface AlertingConfig {
  readonly resolveTimeoutMs: number
  readonly route: Route
  readonly receivers: readonly Receiver[]
  readonly inhibitRules: readonly InhibitRule[]
  readonly timeIntervals: readonly TimeInterval[]
  readonly escalations: readonly EscalationPolicy[]
  readonly schedules: readonly Schedule[]
  /** Names of files with templates. */
  readonly templates: readonly string[]
  /** After the start so long nothing is told, so that what inhibits others can come first; default 0. */
  readonly holdOffMs: number
  /** An alert that has begun and ended so often within the window flaps: it is told as firing until it holds still. */
  readonly flapping?: { readonly changes: number; readonly windowMs: number } | undefined
  /** Told as over only when it has been for so long; default 0. */
  readonly recoveryDelayMs: number
  readonly maintenance?: readonly MaintenanceWindow[] | undefined
  /** No silence without who and why. */
  readonly silenceReasonRequired?: boolean | undefined
  /** So long before a silence ends those are told that it keeps from being told of something that fires; default never. */
  readonly silenceExpiryNoticeMs?: number | undefined
}

/** What was decided for a group and an integration, or for an alert that nobody is told of, and why. */
export interface Decision {
  readonly at: number
  readonly groupKey: string
  readonly receiver: string
  readonly integration: string | undefined
  readonly fingerprints: readonly string[]
  readonly verdict:
    | 'sent'
    | 'failed'
    | 'given-up'
    | 'waiting'
    | 'unchanged'
    | 'silenced'
    | 'maintenance'
    | 'inhibited'
    | 'muted'
    | 'inactive'
    | 'acknowledged'
    | 'escalated'
    | 'held-off'
    | 'rate-limited'
    | 'fallback'
  /** For a person: `silenced by 6f… of ann: "upgrade of db2"`. */
  readonly reason: string
}
