import type { DispatchState } from './state.ts'
import { wakeKeys } from './turn.ts'

/** How far the ladder of a group has been climbed. Times are ms since the epoch. */
export interface EscalationStanding {
  readonly policy: string
  /** Steps taken, over all rounds. */
  readonly taken: number
  /** Over all rounds. */
  readonly steps: number
  /** Undefined: nobody else is called, for somebody is at it, or all steps are taken. */
  readonly next: { readonly at: number; readonly receiver: string } | undefined
}

/** Undefined: the group has no policy. */
export function escalationStanding(state: DispatchState, groupKey: string): EscalationStanding | undefined {
  const log = state.logs.get(groupKey)
  for (const id of log?.groups ?? []) {
    const policy = state.plan?.nodes.get(state.groups.get(id)?.route ?? '')?.escalation
    if (log === undefined || policy === undefined) continue
    const taken = log.escalation?.taken ?? 0
    const at = state.wakes.get(wakeKeys.escalate(groupKey))
    const step = policy.steps[taken % policy.steps.length]
    return {
      policy: policy.name,
      taken,
      steps: policy.steps.length * (1 + policy.repeats),
      next: at === undefined || step === undefined ? undefined : { at, receiver: step.receiver },
    }
  }
  return undefined
}

/** How an integration stands, over all groups. Times are ms since the epoch. */
export interface ChannelStanding {
  /** Messages that wait for their turn, or for their answer. */
  readonly waiting: number
  /** Nothing is sent before: the receiver asked for it, or too much was sent. */
  readonly throttledUntil: number | undefined
  /** Without a success since. */
  readonly failingSince: number | undefined
  /** Why nothing is sent any more. */
  readonly gone: string | undefined
}

export function channelStanding(state: DispatchState, integration: string, now: number): ChannelStanding {
  const channel = state.channels.get(integration)
  let waiting = 0
  let slotAt = Infinity
  for (const { entries } of state.logs.values()) {
    const entry = entries.get(integration)
    if (entry?.slotAt !== undefined) slotAt = Math.min(slotAt, entry.slotAt)
    if (entry?.slotAt !== undefined || entry?.delivery !== undefined) waiting++
  }
  const until = Math.max(channel?.pausedUntil ?? 0, Number.isFinite(slotAt) ? slotAt : 0)
  return {
    waiting,
    throttledUntil: until > now ? until : undefined,
    failingSince: channel?.failingSince,
    gone: channel?.gone,
  }
}
