import { followEscalation } from './escalation.ts'
import { forgetTold, heldOffUntil } from './groups.ts'
import type { Group } from './state.ts'
import { targetsOf } from './targets.ts'
import { tell } from './tell.ts'
import { logOf, nodeOf, type Turn, wakeKeys } from './turn.ts'
import { viewOf } from './view.ts'

/** What is due at a group's time: everybody is told what is to be told. */
export function flush(turn: Turn, group: Group): void {
  const { state, plan, now, effects } = turn
  const { wakes } = state
  const log = logOf(turn, group.key, 0)
  const heldOff = heldOffUntil(turn)
  if (now < heldOff) {
    const reason = `nothing is told until ${new Date(heldOff).toISOString()}: this process has just begun`
    const fingerprints = [...group.members.keys()]
    const receiver = nodeOf(turn, group)?.receiver.name ?? ''
    effects.push({
      kind: 'decided',
      decision: {
        at: now,
        groupKey: log.key,
        receiver,
        integration: undefined,
        fingerprints,
        verdict: 'held-off',
        reason,
      },
    })
    wakes.set(wakeKeys.flush(group.id), heldOff)
    return
  }
  const { anewAt = now } = group
  const isEarly = anewAt > now
  if (!isEarly) group.anewAt = undefined
  group.hasFlushed = !isEarly
  group.overdue = false
  const node = nodeOf(turn, group)
  const targets = targetsOf(state, plan, node, log, now)
  const busy = targets.filter(({ integration: { key } }) => log.entries.get(key)?.delivery !== undefined)
  if (targets.length > 0 && busy.length === targets.length) {
    group.overdue = true
    return
  }
  wakes.set(wakeKeys.flush(group.id), isEarly ? Math.min(anewAt, now + group.intervalMs) : now + group.intervalMs)
  if (group.members.size === 0) return
  const view = viewOf(state, group, node, now)
  for (const target of targets) tell(turn, group, log, target, view)
  followEscalation(turn, group, log, view)
  forgetTold(turn, group, log)
}
