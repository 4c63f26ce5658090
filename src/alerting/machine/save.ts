import { LabelSet, type MatchOperator, Matcher } from '../../series/index.ts'
import type { NotifiedAlert, Notification, Silence } from '../dispatch-types.ts'
import type { ChannelState, Delivery, DispatchState, Entry, Group, GroupLog, KnownAlert, Told } from './state.ts'
import { createState } from './state.ts'

const VERSION = 1

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

type SavedAlert = Omit<KnownAlert, 'labels' | 'annotations' | 'found'> & {
  readonly found?: undefined
  readonly labels: Labels
  readonly annotations: Labels
}

type SavedGroup = Omit<Group, 'labels' | 'members' | 'sorted'> & {
  readonly sorted?: undefined
  readonly labels: Labels
  /** Fingerprints. */
  readonly members: readonly string[]
}

type SavedLog = Omit<GroupLog, 'groups' | 'entries'> & {
  readonly groups: readonly string[]
  readonly entries: readonly SavedEntry[]
}

type SavedEntry = Omit<Entry, 'told' | 'knows' | 'verdicts' | 'delivery'> & {
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

type SavedNotification = Omit<Notification, LabelNames | 'alerts'> &
  Readonly<Record<LabelNames, Labels>> & {
    readonly alerts: readonly (Omit<NotifiedAlert, 'labels' | 'annotations'> & {
      readonly labels: Labels
      readonly annotations: Labels
    })[]
  }

type SavedSilence = Omit<Silence, 'matchers'> & {
  readonly matchers: readonly (readonly [name: string, operator: MatchOperator, value: string])[]
}

export function saveState(state: DispatchState): SavedState {
  const { revision, seed, startedAt, routing, alerts, groups, logs, silences, channels, wakes } = state
  return {
    version: VERSION,
    revision,
    seed,
    startedAt,
    routing,
    alerts: Array.from(alerts.values(), ({ labels, annotations, ...rest }) => ({
      ...rest,
      found: undefined,
      changes: [...rest.changes],
      labels: labels.toObject(),
      annotations: annotations.toObject(),
    })),
    groups: Array.from(groups.values(), ({ labels, members, ...rest }) => ({
      ...rest,
      sorted: undefined,
      labels: labels.toObject(),
      members: [...members.keys()],
    })),
    logs: Array.from(logs.values(), ({ groups: own, entries, escalation, ...rest }) => ({
      ...rest,
      escalation: escalation === undefined ? undefined : { ...escalation },
      groups: [...own],
      entries: Array.from(entries.values(), saveEntry),
    })),
    silences: Array.from(silences.values(), ({ matchers, ...rest }) => ({
      ...rest,
      matchers: matchers.map(({ name, operator, value }) => [name, operator, value] as const),
    })),
    channels: Array.from(channels, ([key, channel]) => [key, { ...channel }] as const),
    wakes: wakes.entries(),
  }
}

/** @throws RangeError for what another version has saved. */
export function loadState(saved: SavedState): DispatchState {
  if (saved.version !== VERSION) throw new RangeError(`a state of version ${saved.version}; this is ${VERSION}`)
  const state = createState({ seed: saved.seed })
  state.revision = saved.revision
  state.startedAt = saved.startedAt
  state.routing = saved.routing
  const byFingerprint = new Map<string, KnownAlert>()
  for (const { labels, annotations, ...rest } of saved.alerts) {
    const alert: KnownAlert = {
      ...rest,
      labels: LabelSet.of(labels),
      annotations: LabelSet.of(annotations),
      changes: [...rest.changes],
      found: { places: undefined, roles: undefined, silences: [], silencesVersion: 0 },
    }
    state.alerts.set(alert.labels.key, alert)
    byFingerprint.set(alert.fingerprint, alert)
  }
  for (const { labels, members, ...rest } of saved.groups) {
    const known = members.flatMap((one) => byFingerprint.get(one) ?? [])
    const own = new Map(known.map((alert) => [alert.fingerprint, alert]))
    state.groups.set(rest.id, { ...rest, labels: LabelSet.of(labels), members: own, sorted: undefined })
  }
  for (const { groups, entries, acknowledgement, escalation, ...rest } of saved.logs) {
    const own = new Map(entries.map((entry) => [entry.integration, loadEntry(entry)]))
    state.logs.set(rest.key, {
      ...rest,
      acknowledgement,
      escalation: escalation === undefined ? undefined : { ...escalation },
      groups: new Set(groups),
      entries: own,
    })
    for (const { delivery, unconfirmed } of own.values()) {
      if (delivery !== undefined) state.messages.set(delivery.notification.id, rest.key)
      if (unconfirmed !== undefined) state.messages.set(unconfirmed.id, rest.key)
    }
  }
  for (const { matchers, ...rest } of saved.silences) {
    const own = matchers.map(([name, operator, value]) => new Matcher(name, operator, value))
    state.silences.set(rest.id, { ...rest, matchers: own })
  }
  for (const [key, channel] of saved.channels) state.channels.set(key, { ...channel })
  for (const [key, at] of saved.wakes) state.wakes.set(key, at)
  return state
}

function saveEntry({ told, knows, verdicts, delivery, ...rest }: Entry): SavedEntry {
  return {
    ...rest,
    told: told === undefined ? undefined : { ...told, firing: [...told.firing], resolved: [...told.resolved] },
    knows: [...knows],
    verdicts: [...verdicts],
    delivery:
      delivery === undefined ? undefined : { ...delivery, notification: saveNotification(delivery.notification) },
  }
}

function loadEntry({ told, knows, verdicts, delivery, ...rest }: SavedEntry): Entry {
  return {
    ...rest,
    told: told === undefined ? undefined : { ...told, firing: new Set(told.firing), resolved: new Set(told.resolved) },
    knows: new Map(knows),
    verdicts: new Map(verdicts),
    delivery:
      delivery === undefined ? undefined : { ...delivery, notification: loadNotification(delivery.notification) },
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

function loadNotification(saved: SavedNotification): Notification {
  const { groupLabels, commonLabels, commonAnnotations, alerts, ...rest } = saved
  return {
    ...rest,
    groupLabels: LabelSet.of(groupLabels),
    commonLabels: LabelSet.of(commonLabels),
    commonAnnotations: LabelSet.of(commonAnnotations),
    alerts: alerts.map((alert) => ({
      ...alert,
      labels: LabelSet.of(alert.labels),
      annotations: LabelSet.of(alert.annotations),
    })),
  }
}
