import { enlist } from './inhibition.ts'
import { groupKey } from '../route/route-tree.ts'
import { type Place, placesOf } from './plan.ts'
import { channelOf } from './channel-state.ts'
import type { Group, GroupLog, KnownAlert } from './state.ts'
import { targetsOf } from './targets.ts'
import { logOf, nodeOf, type Turn, wakeKeys } from './turn.ts'

/** Empty groups keep their clock until the next of these. */
const SWEEP_MS = 30_000
/** The log outlasts this many intervals of repeating. */
const REPEATS_KEPT = 2

/** Puts an alert into its groups; a new group begins its wait. */
export function place(turn: Turn, alert: KnownAlert): void {
  const { state, plan, now } = turn
  if (alert.found.roles === undefined) enlist(state, alert)
  alert.found.places ??= placesOf(plan, alert)
  for (const one of alert.found.places) {
    const { groupWaitMs } = one.node.route
    const group = state.groups.get(one.id) ?? create(turn, one)
    if (group.isKept === true) beginAnew(turn, group, groupWaitMs)
    if (!group.members.has(alert.fingerprint)) {
      join(group, alert)
      if (alert.overAt > now) {
        const others = turn.joined.get(group)
        if (others === undefined) turn.joined.set(group, [alert.fingerprint])
        else others.push(alert.fingerprint)
      }
    }
    if (!group.hasFlushed && alert.startsAt + groupWaitMs < now) {
      state.wakes.set(wakeKeys.flush(group.id), Math.max(now, heldOffUntil(turn)))
      group.anewAt = undefined
    }
  }
}

/** After a restart an Alertmanager knows of no group: what is posted is told no later than by it, nor than was due. */
function beginAnew(turn: Turn, group: Group, groupWaitMs: number): void {
  const { wakes } = turn.state
  const key = wakeKeys.flush(group.id)
  const keptAt = wakes.get(key) ?? Infinity
  const anewAt = Math.max(turn.now + groupWaitMs, heldOffUntil(turn))
  group.isKept = false
  group.hasFlushed = false
  if (keptAt < anewAt) group.anewAt = anewAt
  else wakes.set(key, anewAt)
}

/** Says of alerts that have joined a group when they will be told. */
export function decideWaiting(turn: Turn): void {
  const { state, now, effects, joined } = turn
  for (const [group, fingerprints] of joined) {
    const at = state.wakes.get(wakeKeys.flush(group.id)) ?? now
    const receiver = nodeOf(turn, group)?.receiver.name ?? ''
    const reason = `waits for others of its group until ${new Date(at).toISOString()}`
    effects.push({
      kind: 'decided',
      decision: {
        at: now,
        groupKey: group.key,
        receiver,
        integration: undefined,
        fingerprints,
        verdict: 'waiting',
        reason,
      },
    })
  }
}

export function join(group: Group, alert: KnownAlert): void {
  group.members.set(alert.fingerprint, alert)
  group.sorted = undefined
  alert.held++
}

/** Nothing is told before: -Infinity when there is no hold-off. */
export function heldOffUntil({ state, plan }: Turn): number {
  return state.startedAt === undefined ? -Infinity : state.startedAt + plan.config.alerting.holdOffMs
}

function create(turn: Turn, { node, id, labels }: Place): Group {
  const { state, now } = turn
  const key = groupKey(node, labels)
  const { groupWaitMs, groupIntervalMs: intervalMs, repeatIntervalMs } = node.route
  const group: Group = {
    id,
    key,
    labels,
    route: node.id,
    intervalMs,
    hasFlushed: false,
    overdue: false,
    members: new Map(),
    sorted: undefined,
  }
  state.groups.set(id, group)
  const keepMs = REPEATS_KEPT * repeatIntervalMs
  logOf(turn, key, keepMs).groups.add(id)
  state.wakes.set(wakeKeys.flush(id), Math.max(now + groupWaitMs, heldOffUntil(turn)))
  return group
}

/** Drops members that are over, once everybody who is to know of it does. */
export function forgetTold(turn: Turn, group: Group, log: GroupLog): void {
  const { state, plan, now } = turn
  const over = [...group.members.values()].filter(({ overAt }) => overAt <= now)
  if (over.length === 0) return
  const targets = targetsOf(state, plan, nodeOf(turn, group), log, now)
  const entries = targets.flatMap(({ integration: { key }, leaving }) =>
    leaving || channelOf(state, key).gone !== undefined ? [] : [log.entries.get(key)],
  )
  for (const alert of over) {
    const settled = entries.every(
      (entry) => entry !== undefined && entry.settledRevision >= alert.revision && entry.settledAt >= alert.overAt,
    )
    if (!settled || [...log.entries.values()].some(({ knows }) => knows.has(alert.fingerprint))) continue
    group.members.delete(alert.fingerprint)
    group.sorted = undefined
    alert.held--
    for (const { verdicts } of log.entries.values()) verdicts.delete(alert.fingerprint)
  }
  if (group.members.size === 0 && state.wakes.get(wakeKeys.sweep) === undefined) {
    const since = state.startedAt ?? 0
    state.wakes.set(wakeKeys.sweep, since + Math.ceil((now + 1 - since) / SWEEP_MS) * SWEEP_MS)
  }
}

export function sweep({ state }: Turn): void {
  for (const group of state.groups.values()) {
    if (group.members.size > 0) continue
    state.groups.delete(group.id)
    state.logs.get(group.key)?.groups.delete(group.id)
    state.wakes.delete(wakeKeys.flush(group.id))
  }
}
