import type { CheckOptions } from '../options.ts'
import { above, type ReadyMade, settings, UNKNOWN, within } from './common.ts'

export interface EventLoopCheckOptions extends ReadyMade {
  /** How late the event loop has been of late, in ms; undefined: not known yet. */
  readonly read: () => number | undefined
  /** Fails above this; default 1000. */
  readonly failAboveMs?: number
  /** Warns above this; default 250. */
  readonly warnAboveMs?: number
}

/** Whether the event loop gets round to what is due. */
export function eventLoopCheck(options: EventLoopCheckOptions): CheckOptions {
  const { read, failAboveMs = 1000, warnAboveMs = Math.min(250, failAboveMs) } = options
  within('event loop check', 'failAboveMs', failAboveMs, 0, 3_600_000)
  within('event loop check', 'warnAboveMs', warnAboveMs, 0, failAboveMs)
  return {
    ...settings(options, 'event-loop'),
    run: () => {
      const lagMs = read()
      if (lagMs === undefined) return UNKNOWN
      return {
        status: above(lagMs, warnAboveMs, failAboveMs),
        output: `${lagMs.toFixed(1)} ms late`,
        observedValue: lagMs,
        observedUnit: 'ms',
      }
    },
  }
}
