import { ALWAYS, probabilityOf, thresholdOf } from '../probability.ts'

/** Why a trace is kept, or not. */
export type Reason =
  | 'forced'
  | 'parent'
  | 'incident'
  | 'error'
  | 'slow'
  | 'reservoir'
  | 'base'
  | 'earlier'
  | 'ruled-out'
  | 'parent-capped'
  | 'odds'

export interface Verdict {
  readonly keep: boolean
  readonly reason: Reason
  /** As `th` says it; undefined where nobody knows how likely it was. Meaningless where the trace is not kept. */
  readonly threshold: number | undefined
}

/** What speaks for a trace. The thresholds of classes that it is not in are NEVER. */
export interface Odds {
  readonly rule: 'force' | 'drop' | undefined
  /** The caller's decision, if it made one. */
  readonly parentSampled: boolean | undefined
  /** `th` of the caller. */
  readonly parentThreshold: number | undefined
  /** The share of what callers keep that is kept here too, from 0 to 1. */
  readonly parentShare: number
  readonly base: number
  readonly incident: number
  readonly reservoir: number
  readonly error: number
  readonly slow: number
}

const RULED_OUT: Verdict = Object.freeze({ keep: false, reason: 'ruled-out', threshold: undefined })
const CAPPED: Verdict = Object.freeze({ keep: false, reason: 'parent-capped', threshold: undefined })
export const AGAINST_ODDS: Verdict = Object.freeze({ keep: false, reason: 'odds', threshold: undefined })

/**
 * Keeps a trace where its randomness reaches the lowest threshold of all its classes, which is then its `th`: so every
 * kept trace stands for 1 / p, however late it was decided. What a caller has decided is not decided once more, but for what happened here.
 */
export function decide(randomness: number, odds: Odds): Verdict {
  if (odds.rule === 'drop') return RULED_OUT
  const own = lowest(odds)
  if (odds.parentSampled === true) {
    const { parentThreshold, parentShare } = odds
    // A threshold that the trace's own randomness does not reach is not true.
    const known = parentThreshold !== undefined && parentThreshold <= randomness ? parentThreshold : undefined
    const through = parentShare >= 1 ? (known ?? ALWAYS) : thresholdOf(parentShare * probabilityOf(known ?? ALWAYS))
    if (randomness >= through) {
      const threshold = known === undefined ? undefined : Math.min(through, own.threshold)
      return { keep: true, reason: odds.rule === 'force' ? 'forced' : 'parent', threshold }
    }
    if (randomness < own.threshold) return CAPPED
    return { keep: true, reason: own.reason, threshold: known === undefined ? undefined : own.threshold }
  }
  return randomness >= own.threshold ? { keep: true, ...own } : AGAINST_ODDS
}

function lowest(odds: Odds): { readonly reason: Reason; readonly threshold: number } {
  if (odds.rule === 'force') return { reason: 'forced', threshold: ALWAYS }
  let reason: Reason = 'error'
  let threshold = odds.error
  if (odds.slow < threshold) [reason, threshold] = ['slow', odds.slow]
  if (odds.parentSampled !== undefined) return { reason, threshold }
  if (odds.incident < threshold) [reason, threshold] = ['incident', odds.incident]
  if (odds.reservoir < threshold) [reason, threshold] = ['reservoir', odds.reservoir]
  if (odds.base < threshold) [reason, threshold] = ['base', odds.base]
  return { reason, threshold }
}
