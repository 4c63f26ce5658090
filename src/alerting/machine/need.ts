import type { NotifyReason } from '../dispatch-types.ts'
import type { Told } from './state.ts'

/** Why something is to be told; `nothing-fires`: all is over of what was never told; `unchanged`: not before the next repeat. */
export type Need = Exclude<NotifyReason, 'escalation' | 'test'> | 'nothing-fires' | 'unchanged'

export interface Now {
  /** Fingerprints. */
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
  readonly at: number
}

/** Alertmanager's rule: what is told, given what was told last. */
export function needOf(
  told: Told | undefined,
  { firing, resolved, at }: Now,
  { repeatMs, sendResolved }: { readonly repeatMs: number; readonly sendResolved: boolean },
): Need {
  if (told === undefined) return firing.length > 0 ? 'first' : 'nothing-fires'
  if (firing.some((one) => !told.firing.has(one))) return told.firing.size === 0 ? 'first' : 'more-firing'
  // Said whatever `sendResolved` is: the log is to know of it.
  if (firing.length === 0) return told.firing.size > 0 ? 'all-resolved' : 'nothing-fires'
  if (sendResolved && resolved.some((one) => !told.resolved.has(one))) return 'some-resolved'
  return told.at <= at - repeatMs ? 'repeat' : 'unchanged'
}
