import { LabelSet, Matcher } from '../../series/index.ts'
import type { Notification } from '../dispatch-types.ts'
import {
  type SavedAlert,
  type SavedBase,
  type SavedEntry,
  type SavedGroup,
  type SavedLog,
  type SavedNotification,
  type SavedPart,
  type SavedState,
  VERSION,
} from './save.ts'
import { createState, type DispatchState, type Entry, type KnownAlert } from './state.ts'

/** @throws RangeError for what another version has saved. */
export function loadState(saved: SavedState): DispatchState {
  const { alerts, groups, logs, silences, ...base } = saved
  const loader = new StateLoader(base)
  for (const of of alerts) loader.take({ kind: 'alert', of })
  for (const of of groups) loader.take({ kind: 'group', of })
  for (const of of logs) loader.take({ kind: 'log', of })
  for (const of of silences) loader.take({ kind: 'silence', of })
  return loader.state
}

/** Makes a state of the parts that `saveParts` gave, the first of which is its beginning. */
export class StateLoader {
  readonly state: DispatchState
  readonly #byFingerprint = new Map<string, KnownAlert>()

  /** @throws RangeError for what another version has saved. */
  constructor({ version, revision, seed, startedAt, routing, channels, wakes }: SavedBase) {
    if (version !== VERSION) throw new RangeError(`a state of version ${version}; this is ${VERSION}`)
    const state = createState({ seed })
    state.revision = revision
    state.startedAt = startedAt
    state.routing = routing
    for (const [key, channel] of channels) state.channels.set(key, { ...channel })
    for (const [key, at] of wakes) state.wakes.set(key, at)
    this.state = state
  }

  take(part: Exclude<SavedPart, { readonly kind: 'state' }>): void {
    switch (part.kind) {
      case 'alert':
        this.#takeAlert(part.of)
        break
      case 'group':
        this.#takeGroup(part.of)
        break
      case 'log':
        this.#takeLog(part.of)
        break
      case 'silence': {
        const { matchers, ...rest } = part.of
        const own = matchers.map(([name, operator, value]) => new Matcher(name, operator, value))
        this.state.silences.set(rest.id, { ...rest, matchers: own })
      }
    }
  }

  #takeAlert({ labels, annotations, ...rest }: SavedAlert): void {
    const alert: KnownAlert = {
      ...rest,
      labels: LabelSet.of(labels),
      annotations: LabelSet.keepingEmpty(annotations),
      changes: [...rest.changes],
      found: { places: undefined, roles: undefined, silences: [], silencesVersion: 0 },
    }
    this.state.alerts.set(alert.labels.key, alert)
    this.#byFingerprint.set(alert.fingerprint, alert)
  }

  #takeGroup({ labels, members, ...rest }: SavedGroup): void {
    const known = members.flatMap((one) => this.#byFingerprint.get(one) ?? [])
    const own = new Map(known.map((alert) => [alert.fingerprint, alert]))
    this.state.groups.set(rest.id, { ...rest, labels: LabelSet.of(labels), members: own, sorted: undefined })
  }

  #takeLog({ groups, entries, acknowledgement, escalation, ...rest }: SavedLog): void {
    const { logs, messages } = this.state
    const own = new Map(entries.map((entry) => [entry.integration, loadEntry(entry)]))
    logs.set(rest.key, {
      ...rest,
      acknowledgement,
      escalation: escalation === undefined ? undefined : { ...escalation },
      groups: new Set(groups),
      entries: own,
    })
    for (const { delivery, unconfirmed } of own.values()) {
      if (delivery !== undefined) messages.set(delivery.notification.id, rest.key)
      if (unconfirmed !== undefined) messages.set(unconfirmed.id, rest.key)
    }
  }
}

/** Forgets what was derived from a configuration: it is found again under the one that is in force next. */
export function forgetDerived(state: DispatchState): void {
  state.plan = undefined
  state.sources = []
  for (const { found } of state.alerts.values()) {
    found.places = undefined
    found.roles = undefined
    found.silences = []
    found.silencesVersion = 0
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

function loadNotification(saved: SavedNotification): Notification {
  const { groupLabels, commonLabels, commonAnnotations, alerts, ...rest } = saved
  return {
    ...rest,
    groupLabels: LabelSet.of(groupLabels),
    commonLabels: LabelSet.of(commonLabels),
    commonAnnotations: LabelSet.keepingEmpty(commonAnnotations),
    alerts: alerts.map((alert) => ({
      ...alert,
      labels: LabelSet.of(alert.labels),
      annotations: LabelSet.keepingEmpty(alert.annotations),
    })),
  }
}
