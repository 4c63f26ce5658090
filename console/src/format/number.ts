import { formatAge as ageAt } from 'boxman/charts'

export { formatExactTime, formatMoment, formatNumber } from 'boxman/charts'

/** How long ago, roughly: `12 s`, `3 min`, `2 h`. */
export function formatAge(ms: number, now: number = Date.now()): string {
  return ageAt(ms, now)
}
