import { formatDuration } from '../../series/index.ts'
import type { Backtested, BacktestedRule } from './backtested.ts'

/** `would have fired 3 times, longest 7m, 12m in all; was pending once without firing` */
export function firedText({ fired, longestMs, totalMs, pendingOnly }: BacktestedRule): string {
  const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)
  const said =
    fired === 0
      ? 'would not have fired'
      : `would have fired ${times(fired)}, longest ${lengthOf(longestMs)}, ${lengthOf(totalMs)} in all`
  return `${said}${pendingOnly === 0 ? '' : `; was pending ${times(pendingOnly)} without firing`}`
}

/** For programs. */
export function backtestedJson({ from, to, rules }: Backtested): object {
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    rules: rules.map(({ firings, firstFailure, ...rule }) => ({
      ...rule,
      firstFailure: firstFailure ?? null,
      firings: firings.map((firing) => ({
        labels: firing.labels.toObject(),
        activeAt: new Date(firing.activeAt).toISOString(),
        from: new Date(firing.from).toISOString(),
        to: firing.to === undefined ? null : new Date(firing.to).toISOString(),
      })),
    })),
  }
}

/** In whole seconds: rules are not evaluated more finely. */
function lengthOf(ms: number): string {
  return formatDuration(ms < 1000 ? ms : Math.round(ms / 1000) * 1000)
}
