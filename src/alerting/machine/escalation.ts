import type { EscalationPolicy, EscalationStep } from '../dispatch-types.ts'
import type { Group, GroupLog } from './state.ts'
import { receiverTargets } from './targets.ts'
import { tell } from './tell.ts'
import { entryOf, nodeOf, type Turn, wakeKeys } from './turn.ts'
import { type View, viewOf } from './view.ts'

/** The group was told of, or is over: the clock of its policy starts, or ends. */
export function followEscalation(turn: Turn, group: Group, log: GroupLog, view: View): void {
  const policy = policyOf(turn, group)
  if (!view.fires) {
    if ([...log.groups].some((id) => id !== group.id && firesIn(turn, id))) return
    endAcknowledgement(turn, log)
    log.escalation = undefined
    turn.state.wakes.delete(wakeKeys.escalate(log.key))
    for (const entry of log.entries.values()) entry.escalationLevel = undefined
    return
  }
  if (policy === undefined || log.escalation !== undefined || !view.firesVisibly) return
  log.escalation = { taken: 0 }
  arm(turn, log, policy)
}

/** Takes the step that is due, while it fires and nobody has acknowledged. */
export function escalate(turn: Turn, log: GroupLog): void {
  const { state, plan, now } = turn
  const { escalation } = log
  if (escalation === undefined || log.acknowledgement !== undefined) return
  for (const id of log.groups) {
    const group = state.groups.get(id)
    const policy = group === undefined ? undefined : policyOf(turn, group)
    const step = policy === undefined ? undefined : nextStep(policy, escalation.taken)
    if (group === undefined || policy === undefined || step === undefined) continue
    const view = viewOf(state, group, nodeOf(turn, group), now)
    if (!view.fires) continue
    if (!view.firesVisibly) {
      // Silenced, inhibited or muted: the step is taken when it is so no more.
      state.wakes.set(wakeKeys.escalate(log.key), now + group.intervalMs)
      return
    }
    const level = escalation.taken++
    arm(turn, log, policy)
    const receiver = plan.receivers.get(step.receiver)
    for (const target of receiver === undefined ? [] : receiverTargets(state, plan, receiver, now)) {
      const entry = entryOf(turn, log, target.integration.key)
      // It is being told already.
      if (entry.delivery !== undefined && entry.delivery.firing.length > 0) continue
      entry.escalationLevel = level
      tell(turn, group, log, target, view)
    }
    return
  }
}

/** Somebody is at it: no more steps, and nothing is repeated; what is new is still told. */
export function acknowledge(turn: Turn, log: GroupLog, by: string, until: number | undefined): void {
  const { state, now } = turn
  const timeouts = groupsOf(turn, log).flatMap((group) => policyOf(turn, group)?.acknowledgeTimeoutMs ?? [])
  const end = until ?? (timeouts.length === 0 ? undefined : now + Math.min(...timeouts))
  log.acknowledgement = { by, at: now, until: end }
  state.wakes.delete(wakeKeys.escalate(log.key))
  if (end === undefined) state.wakes.delete(wakeKeys.acknowledged(log.key))
  else state.wakes.set(wakeKeys.acknowledged(log.key), end)
  for (const entry of log.entries.values()) entry.escalationLevel = undefined
  decide(turn, log, end === undefined ? `acknowledged by ${by}` : `acknowledged by ${by} until ${iso(end)}`)
}

/** Nobody is at it any more: the next step is due after its delay, from now. */
export function unacknowledge(turn: Turn, log: GroupLog, reason: string): void {
  if (log.acknowledgement === undefined) return
  endAcknowledgement(turn, log)
  for (const entry of log.entries.values()) {
    for (const [one, verdict] of entry.verdicts) if (verdict.startsWith('acknowledged')) entry.verdicts.delete(one)
  }
  const policy = groupsOf(turn, log).flatMap((group) => policyOf(turn, group) ?? [])[0]
  if (policy !== undefined && log.escalation !== undefined) arm(turn, log, policy)
  decide(turn, log, reason)
}

export function groupsOf({ state }: Turn, log: GroupLog): Group[] {
  return [...log.groups].flatMap((id) => state.groups.get(id) ?? [])
}

/** The logs that are meant by a group's key, or by the fingerprint of one that fires: of those that fire at all. */
export function logsMeant(turn: Turn, of: string): GroupLog[] {
  const { state, now } = turn
  const fires = (group: Group): boolean =>
    state.logs.has(of)
      ? [...group.members.values()].some(({ overAt }) => overAt > now)
      : (group.members.get(of)?.overAt ?? -Infinity) > now
  const candidates = state.logs.get(of)
  return (candidates === undefined ? [...state.logs.values()] : [candidates]).filter((log) =>
    groupsOf(turn, log).some(fires),
  )
}

function endAcknowledgement({ state }: Turn, log: GroupLog): void {
  log.acknowledgement = undefined
  state.wakes.delete(wakeKeys.acknowledged(log.key))
}

function policyOf(turn: Turn, group: Group): EscalationPolicy | undefined {
  // Of a silence that ends soon nobody else is called.
  for (const { notice } of group.members.values()) if (notice !== undefined) return undefined
  return nodeOf(turn, group)?.escalation
}

function nextStep({ steps, repeats }: EscalationPolicy, taken: number): EscalationStep | undefined {
  return taken < steps.length * (1 + repeats) ? steps[taken % steps.length] : undefined
}

function arm({ state, now }: Turn, log: GroupLog, policy: EscalationPolicy): void {
  const step = nextStep(policy, log.escalation?.taken ?? 0)
  if (step === undefined || log.acknowledgement !== undefined) return
  state.wakes.set(wakeKeys.escalate(log.key), now + step.afterMs)
}

function firesIn({ state, now }: Turn, id: string): boolean {
  return [...(state.groups.get(id)?.members.values() ?? [])].some(({ overAt }) => overAt > now)
}

function decide(turn: Turn, log: GroupLog, reason: string): void {
  const { now: at, effects } = turn
  for (const group of groupsOf(turn, log)) {
    const fingerprints = [...group.members.keys()]
    const receiver = nodeOf(turn, group)?.receiver.name ?? ''
    effects.push({
      kind: 'decided',
      decision: {
        at,
        groupKey: log.key,
        receiver,
        integration: undefined,
        fingerprints,
        verdict: 'acknowledged',
        reason,
      },
    })
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
