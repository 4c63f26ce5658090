import type { HistogramValue } from '../../../series/index.ts'
import { goFloat } from '../go-float.ts'
import { bucketsOf } from './buckets.ts'

const BRACKETS = {
  negative: ['[', ')'],
  zero: ['[', ']'],
  positive: ['(', ']'],
  custom: ['(', ']'],
} as const

/** As Prometheus writes a histogram in one line. */
export function histogramText(histogram: HistogramValue): string {
  const buckets = bucketsOf(histogram)
    .filter(({ count }) => count !== 0)
    .map(({ lower, upper, count, side }) => {
      const [open, close] = BRACKETS[side]
      const first = side === 'custom' && lower === -Infinity ? '[' : open
      return `${first}${goFloat(lower)},${goFloat(upper)}${close}:${goFloat(count)}`
    })
  return `{${[`count:${goFloat(histogram.count)}`, `sum:${goFloat(histogram.sum)}`, ...buckets].join(', ')}}`
}
