import { discharge, enlist } from './inhibition.ts'
import { forgetAlerts } from './alert-store.ts'
import { join, place } from './groups.ts'
import { placesOf } from './plan.ts'
import { forgetSilences } from './silences.ts'
import type { Entry, Group, GroupLog } from './state.ts'
import { overAt } from './steadiness.ts'
import { logOf, type Turn, wakeKeys } from './turn.ts'

const FORGET_MS = 30 * 60_000
/** No route has this id: of a group whose route went away while somebody still is to be told that it is over. */
const NO_ROUTE = ''

/** Finds again what follows from alerts and configuration, after a restart. */
export function recover({ state, plan }: Turn): void {
  state.sources = []
  for (const alert of state.alerts.values()) {
    alert.found.places = placesOf(plan, alert)
    enlist(state, alert)
  }
}

/**
 * Groups begin anew, as in a process that has just begun; what was told stays known. Alerts that somebody knows as
 * firing keep a group, though no route leads there, until they are told as over.
 */
export function reroute(turn: Turn): void {
  const { state, plan } = turn
  const before = [...state.groups.values()]
  for (const { id } of before) state.wakes.delete(wakeKeys.flush(id))
  state.groups.clear()
  state.sources = []
  for (const log of state.logs.values()) {
    log.groups.clear()
    for (const entry of log.entries.values()) {
      if (plan.integrations.has(entry.integration)) continue
      dropEntry(turn, log, entry)
    }
  }
  for (const key of state.channels.keys()) if (!plan.integrations.has(key)) state.channels.delete(key)
  for (const channel of state.channels.values()) channel.gone = undefined
  for (const alert of state.alerts.values()) {
    alert.held = 0
    alert.overAt = overAt(alert, plan.config.alerting)
    alert.found.places = undefined
    alert.found.roles = undefined
  }
  for (const alert of state.alerts.values()) place(turn, alert)
  for (const group of before) retire(turn, group)
}

/** Forgets what is long over. */
export function forget({ state, now }: Turn): void {
  for (const alert of forgetAlerts(state, now)) discharge(state, alert)
  forgetSilences(state, now)
  for (const log of state.logs.values()) {
    if (log.groups.size > 0) continue
    const isIdle = ({ delivery, slotAt, told }: Entry): boolean =>
      delivery === undefined && slotAt === undefined && (told === undefined || told.at + log.keepMs <= now)
    if (![...log.entries.values()].every(isIdle)) continue
    state.logs.delete(log.key)
    state.wakes.delete(wakeKeys.escalate(log.key))
    state.wakes.delete(wakeKeys.acknowledged(log.key))
    for (const { unconfirmed } of log.entries.values())
      if (unconfirmed !== undefined) state.messages.delete(unconfirmed.id)
  }
  state.wakes.set(wakeKeys.forget, now + FORGET_MS)
}

function dropEntry({ state }: Turn, log: GroupLog, { integration, delivery, unconfirmed }: Entry): void {
  log.entries.delete(integration)
  for (const key of [wakeKeys.retry, wakeKeys.deadline, wakeKeys.slot]) state.wakes.delete(key(log.key, integration))
  if (delivery !== undefined) state.messages.delete(delivery.notification.id)
  if (unconfirmed !== undefined) state.messages.delete(unconfirmed.id)
}

function retire(turn: Turn, old: Group): void {
  const { state, now } = turn
  const log = logOf(turn, old.key, 0)
  const known = [...old.members.values()].filter(
    (alert) =>
      [...log.entries.values()].some(({ knows }) => knows.has(alert.fingerprint)) &&
      ![...log.groups].some((id) => state.groups.get(id)?.members.has(alert.fingerprint)),
  )
  if (known.length === 0) return
  const id = `retired ${old.id}`
  const group: Group = {
    ...old,
    id,
    route: NO_ROUTE,
    hasFlushed: true,
    overdue: false,
    members: new Map(),
    sorted: undefined,
  }
  for (const alert of known) join(group, alert)
  state.groups.set(id, group)
  log.groups.add(id)
  state.wakes.set(wakeKeys.flush(id), now + group.intervalMs)
}
