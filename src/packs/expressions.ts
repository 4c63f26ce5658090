import type { PanelQuery } from './dashboard.ts'

const WINDOW = '$__rate_interval'

/** How fast a counter rises, summed by some labels. @param selector a metric, with matchers if need be */
export function rateOf(selector: string, by = ''): string {
  return `${sumBy(by)} (rate(${selector}[${WINDOW}]))`
}

/** By how much it has risen within the window, per something else that has. */
export function meanOf(histogram: string, by = ''): string {
  return `${rateOf(`${histogram}_sum`, by)} / ${rateOf(`${histogram}_count`, by)}`
}

/** A quantile of a classic histogram. */
export function quantileOf(quantile: number, histogram: string, by = ''): string {
  return `histogram_quantile(${quantile}, ${rateOf(`${histogram}_bucket`, by === '' ? 'le' : `${by}, le`)})`
}

/** Half, nineteen of twenty, all but one in a hundred. */
export function quantilesOf(histogram: string): readonly PanelQuery[] {
  return [
    { expr: quantileOf(0.5, histogram), legend: 'p50' },
    { expr: quantileOf(0.95, histogram), legend: 'p95' },
    { expr: quantileOf(0.99, histogram), legend: 'p99' },
  ]
}

/** The buckets of a histogram over time. */
export function bucketsOf(histogram: string): string {
  return rateOf(`${histogram}_bucket`, 'le')
}

/** The part of what a counter counts for which the matcher holds: 0 where there is none of it. @param matcher `status=~"5.."` */
export function shareOf(counter: string, matcher: string, by = ''): string {
  const all = rateOf(counter, by)
  return `(${rateOf(`${counter}{${matcher}}`, by)} or ${all} * 0) / ${all}`
}

function sumBy(by: string): string {
  return by === '' ? 'sum' : `sum by (${by})`
}
