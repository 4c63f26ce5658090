import type { MatchOperator } from '../../series/index.ts'
import type { NotifiedAlert, Notification, Silence } from '../dispatch-types.ts'
import { copyAlert, copyGroup, copyLog, type EntryCopy, type GroupCopy, type LogCopy, rows } from './copy.ts'
import type { ChannelState, Delivery, DispatchState, Entry, Group, GroupLog, KnownAlert, Told } from './state.ts'

/** Of what is saved. */
export const VERSION = 1

type Labels = Readonly<Record<string, string>>

/** A state as plain data, that JSON keeps. Made by `saveState`. */
export interface SavedState {
  readonly version: number
  readonly revision: number
  readonly seed: number
  readonly startedAt?: number | undefined
  readonly routing: string
  readonly alerts: readonly SavedAlert[]
  readonly groups: readonly SavedGroup[]
  readonly logs: readonly SavedLog[]
  readonly silences: readonly SavedSilence[]
  readonly channels: readonly (readonly [key: string, channel: ChannelState])[]
  readonly wakes: readonly (readonly [key: string, at: number])[]
}

export type SavedAlert = Omit<KnownAlert, 'labels' | 'annotations' | 'found'> & {
  readonly found?: undefined
  readonly labels: Labels
  readonly annotations: Labels
}

export type SavedGroup = Omit<Group, 'labels' | 'members' | 'sorted'> & {
  readonly sorted?: undefined
  readonly labels: Labels
  /** Fingerprints. */
  readonly members: readonly string[]
}

export type SavedLog = Omit<GroupLog, 'groups' | 'entries'> & {
  readonly groups: readonly string[]
  readonly entries: readonly SavedEntry[]
}

export type SavedEntry = Omit<Entry, 'told' | 'knows' | 'verdicts' | 'delivery'> & {
  readonly told: SavedTold | undefined
  readonly knows: readonly (readonly [string, boolean])[]
  readonly verdicts: readonly (readonly [string, string])[]
  readonly delivery: SavedDelivery | undefined
}

type SavedTold = Omit<Told, 'firing' | 'resolved'> & {
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
}

type SavedDelivery = Omit<Delivery, 'notification'> & { readonly notification: SavedNotification }

type LabelNames = 'groupLabels' | 'commonLabels' | 'commonAnnotations'

export type SavedNotification = Omit<Notification, LabelNames | 'alerts'> &
  Readonly<Record<LabelNames, Labels>> & {
    readonly alerts: readonly (Omit<NotifiedAlert, 'labels' | 'annotations'> & {
      readonly labels: Labels
      readonly annotations: Labels
    })[]
  }

type SavedSilence = Omit<Silence, 'matchers'> & {
  readonly matchers: readonly (readonly [name: string, operator: MatchOperator, value: string])[]
}

/** A piece of a saved state. What they all come to is the state, when they are taken in their order. */
export type SavedPart =
  | { readonly kind: 'state'; readonly of: SavedBase }
  | { readonly kind: 'alert'; readonly of: SavedAlert }
  | { readonly kind: 'group'; readonly of: SavedGroup }
  | { readonly kind: 'log'; readonly of: SavedLog }
  | { readonly kind: 'silence'; readonly of: SavedSilence }

type Listed = 'alerts' | 'groups' | 'logs' | 'silences'
export type SavedBase = Omit<SavedState, Listed>

export function saveState(state: DispatchState): SavedState {
  const { alerts, groups, logs, silences } = state
  return {
    ...saveBase(state),
    alerts: Array.from(alerts.values(), saveAlert),
    groups: Array.from(groups.values(), (group) => saveGroup(copyGroup(group))),
    logs: Array.from(logs.values(), (log) => saveLog(copyLog(log))),
    silences: Array.from(silences.values(), saveSilence),
  }
}

/** The state as it is now, though it changes while the parts are asked for: all that is done at once is a shallow copy. */
export function saveParts(state: DispatchState): Iterable<SavedPart> {
  const base = saveBase(state)
  const alerts = Array.from(state.alerts.values(), copyAlert)
  const groups = Array.from(state.groups.values(), copyGroup)
  const logs = Array.from(state.logs.values(), copyLog)
  const silences = [...state.silences.values()]
  return (function* () {
    yield { kind: 'state', of: base } as const
    for (const each of alerts) yield { kind: 'alert', of: saveAlert(each) } as const
    for (const each of groups) yield { kind: 'group', of: saveGroup(each) } as const
    for (const each of logs) yield { kind: 'log', of: saveLog(each) } as const
    for (const each of silences) yield { kind: 'silence', of: saveSilence(each) } as const
  })()
}

function saveBase({ revision, seed, startedAt, routing, channels, wakes }: DispatchState): SavedBase {
  return {
    version: VERSION,
    revision,
    seed,
    startedAt,
    routing,
    channels: Array.from(channels, ([key, channel]) => [key, { ...channel }] as const),
    wakes: wakes.entries(),
  }
}

function saveAlert({ labels, annotations, ...rest }: KnownAlert): SavedAlert {
  return {
    ...rest,
    found: undefined,
    changes: [...rest.changes],
    labels: labels.toObject(),
    annotations: annotations.toObject(),
  }
}

function saveGroup({ labels, ...rest }: GroupCopy): SavedGroup {
  return { ...rest, sorted: undefined, labels: labels.toObject() }
}

function saveLog({ entries, ...rest }: LogCopy): SavedLog {
  return { ...rest, entries: entries.map(saveEntry) }
}

function saveSilence({ matchers, ...rest }: Silence): SavedSilence {
  return { ...rest, matchers: matchers.map(({ name, operator, value }) => [name, operator, value] as const) }
}

function saveEntry({ told, knows, verdicts, delivery, ...rest }: EntryCopy): SavedEntry {
  return {
    ...rest,
    told: told === undefined ? undefined : { ...told, resolved: [...told.resolved] },
    knows: rows(knows),
    verdicts: rows(verdicts),
    delivery:
      delivery === undefined ? undefined : { ...delivery, notification: saveNotification(delivery.notification) },
  }
}

function saveNotification(notification: Notification): SavedNotification {
  const { groupLabels, commonLabels, commonAnnotations, alerts, ...rest } = notification
  return {
    ...rest,
    groupLabels: groupLabels.toObject(),
    commonLabels: commonLabels.toObject(),
    commonAnnotations: commonAnnotations.toObject(),
    alerts: alerts.map((alert) => ({
      ...alert,
      labels: alert.labels.toObject(),
      annotations: alert.annotations.toObject(),
    })),
  }
}
