import type { LabelSet } from '../../series/index.ts'
import type { ActiveAlert, Notification, Silence } from '../dispatch-types.ts'
import type { Place, Plan } from './plan.ts'
import { WakeList } from './wake-list.ts'

/** An alert in the store. */
export interface KnownAlert extends ActiveAlert {
  annotations: LabelSet
  startsAt: number
  endsAt: number
  endsByTimeout: boolean
  updatedAt: number
  generatorURL: string
  /** Grows with every change of any alert. */
  revision: number
  /** From then on it is told as over: later than `endsAt` when it flaps or recovery is delayed. */
  overAt: number
  /** When it last began and ended, the oldest first; only as many as flapping looks at. */
  changes: number[]
  /** It is our own word that a silence ends soon, for these routes: by their ids. */
  notice?: { readonly silence: string; readonly routes: readonly string[] } | undefined
  /** How many groups have it. */
  held: number
  /** Not kept over a restart: found again by the labels. */
  readonly found: Found
}

/** What follows from an alert's labels and the configuration. */
export interface Found {
  places: readonly Place[] | undefined
  roles: readonly InhibitionRole[] | undefined
  silences: readonly Silence[]
  silencesVersion: number
}

/** An alert's part in an inhibition rule. */
export interface InhibitionRole {
  /** Its place among the rules. */
  readonly rule: number
  /** The values of the labels that are to be equal. */
  readonly equal: string
  readonly source: boolean
  readonly target: boolean
}

export interface Group {
  readonly id: string
  readonly key: string
  readonly labels: LabelSet
  /** Of its route; it stays when the route goes, until all is told. */
  readonly route: string
  intervalMs: number
  hasFlushed: boolean
  /** Of the process before: the first post begins its clock anew, as that of a new group. */
  isKept?: boolean | undefined
  /** Where the clock that a post began anew is due, when the kept one comes before. */
  anewAt?: number | undefined
  /** A flush was due while every integration was still busy with the one before. */
  overdue: boolean
  /** By fingerprint. */
  readonly members: Map<string, KnownAlert>
  /** Members in the order of messages, until one comes or goes. */
  sorted: readonly KnownAlert[] | undefined
}

/** What was told last: a row of the notification log. */
export interface Told {
  /** When the attempt began that succeeded: a repeat is counted from there. */
  readonly at: number
  /** Without what a message under way, or without an answer, says to be over. */
  readonly firing: Set<string>
  readonly resolved: ReadonlySet<string>
}

/** One message on its way. */
export interface Delivery {
  readonly notification: Notification
  readonly group: string
  /** Of these alerts, as decided: fingerprints, also those that the message does not show. */
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
  /** Told before as firing, and not shown for maintenance: they stay told. */
  readonly kept?: readonly string[] | undefined
  /** Of these the log said until then that they were told as firing. */
  readonly withdrawn: readonly string[]
  /** Nobody knew of these as firing, surely or not, before this message. */
  readonly added: readonly string[]
  /** An attempt had no answer that says whether it arrived. */
  isDoubtful: boolean
  readonly revision: number
  /** The end of the flush's time; set anew by a restart. */
  deadlineAt: number
  attempt: number
  attemptedAt: number
  /** The mean wait before the next attempt. */
  backoffMs: number
  /** Undefined while an attempt is under way. */
  retryAt: number | undefined
}

/** A message that ended without an answer that settles it: the same once more has the same id. */
export interface Unconfirmed {
  readonly id: string
  readonly signature: string
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
  readonly kept?: readonly string[] | undefined
  readonly attempt: number
  readonly attemptedAt: number
  readonly isDoubtful: boolean
}

/** What one integration knows of a group. */
export interface Entry {
  readonly integration: string
  told: Told | undefined
  /** Fingerprints that it knows as firing, true, or may know, false: these are to be told as over. */
  readonly knows: Map<string, boolean>
  delivery: Delivery | undefined
  unconfirmed: Unconfirmed | undefined
  /** When its place in the channel's bucket comes. What is told is decided then. */
  slotAt: number | undefined
  /** A step of escalation that is to be told, whether or not anything changed. */
  escalationLevel: number | undefined
  /** A flush passed while it was busy. */
  missed: boolean
  /** Grows with every message that is another one. */
  sequence: number
  /** All up to this revision, as it was at this time, is told or needs not be. */
  settledRevision: number
  settledAt: number
  note: Readonly<Record<string, string>> | undefined
  /** The last verdict on an alert: only another one is worth a decision. */
  readonly verdicts: Map<string, string>
}

export interface Acknowledgement {
  readonly by: string
  readonly at: number
  readonly until: number | undefined
}

export interface Escalation {
  /** How many steps were taken, over all rounds: never less while it lasts. */
  taken: number
}

/** What outlasts groups: by a group's key. */
export interface GroupLog {
  readonly key: string
  /** Ids of the groups with this key: more than one when routes have the same matchers. */
  readonly groups: Set<string>
  /** By integration. */
  readonly entries: Map<string, Entry>
  acknowledgement: Acknowledgement | undefined
  escalation: Escalation | undefined
  /** So long after the last message it is forgotten. */
  keepMs: number
}

/** What is known of an integration, over all groups. */
export interface ChannelState {
  /** Messages that may go now; below zero so many wait. */
  tokens: number
  tokensAt: number
  /** The receiver asked for silence until then. */
  pausedUntil: number
  failingSince: number | undefined
  gone: string | undefined
}

/** Changed in place by `step`. To keep it, see `saveState`. */
export interface DispatchState {
  /** By the labels' key. */
  readonly alerts: Map<string, KnownAlert>
  readonly groups: Map<string, Group>
  readonly logs: Map<string, GroupLog>
  readonly silences: Map<string, Silence>
  readonly channels: Map<string, ChannelState>
  readonly wakes: WakeList
  revision: number
  /** Of the generator that spreads retries. */
  seed: number
  startedAt: number | undefined
  /** How groups were made: another text, and they are made anew. */
  routing: string
  /** By the ids of messages without an answer that settles them, the keys of their groups. */
  readonly messages: Map<string, string>
  /** The rest is found again after a restart. */
  plan: Plan | undefined
  silencesVersion: number
  /** By rule: by the values of its equal labels, the alerts that may inhibit. */
  sources: Map<string, Set<KnownAlert>>[]
}

/** `seed` spreads retries: two processes should not have the same. */
export function createState({ seed = 1 }: { readonly seed?: number } = {}): DispatchState {
  return {
    alerts: new Map(),
    groups: new Map(),
    logs: new Map(),
    silences: new Map(),
    channels: new Map(),
    wakes: new WakeList(),
    revision: 0,
    seed: seed >>> 0,
    startedAt: undefined,
    routing: '',
    messages: new Map(),
    plan: undefined,
    silencesVersion: 1,
    sources: [],
  }
}
