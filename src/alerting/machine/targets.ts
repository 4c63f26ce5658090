import type { Integration, Receiver } from '../dispatch-types.ts'
import { channelOf, isFailing } from './channel-state.ts'
import type { Plan, PlannedRoute } from './plan.ts'
import type { DispatchState, GroupLog } from './state.ts'

/** Who is to be told of a group. */
export interface Target {
  readonly integration: Integration
  readonly receiver: string
  /** Told only that it is over, what it was told of before: it is no longer one of the group's receivers. */
  readonly leaving: boolean
  /** The key of the integration that it stands in for. */
  readonly insteadOf: string | undefined
}

export function targetsOf(
  state: DispatchState,
  plan: Plan,
  node: PlannedRoute | undefined,
  log: GroupLog,
  now: number,
): Target[] {
  const targets = new Map<string, Target>()
  if (node !== undefined) {
    for (const receiver of [node.receiver, ...escalated(plan, node, log)])
      addReceiver(targets, state, plan, receiver, now)
  }
  for (const { integration: key, knows } of log.entries.values()) {
    const known = knows.size === 0 || targets.has(key) ? undefined : plan.integrations.get(key)
    if (known !== undefined) targets.set(key, { ...known, leaving: true, insteadOf: undefined })
  }
  return [...targets.values()]
}

/** Those of one receiver, with what stands in for them. */
export function receiverTargets(state: DispatchState, plan: Plan, receiver: Receiver, now: number): Target[] {
  const targets = new Map<string, Target>()
  addReceiver(targets, state, plan, receiver, now)
  return [...targets.values()]
}

function addReceiver(
  targets: Map<string, Target>,
  state: DispatchState,
  plan: Plan,
  receiver: Receiver,
  now: number,
  insteadOf?: string,
): void {
  for (const integration of receiver.integrations) {
    if (targets.has(integration.key)) continue
    targets.set(integration.key, { integration, receiver: receiver.name, leaving: false, insteadOf })
    const channel = channelOf(state, integration.key)
    if (channel.gone === undefined && !isFailing(channel, integration, now)) continue
    const fallback = integration.fallback === undefined ? undefined : plan.receivers.get(integration.fallback)
    if (fallback !== undefined) addReceiver(targets, state, plan, fallback, now, integration.key)
  }
}

/** The receivers of the steps that were taken. */
function escalated(plan: Plan, { escalation: policy }: PlannedRoute, { escalation }: GroupLog): Receiver[] {
  if (policy === undefined || escalation === undefined) return []
  return policy.steps.slice(0, escalation.taken).flatMap(({ receiver }) => plan.receivers.get(receiver) ?? [])
}
