import type { HistogramBuckets, HistogramValue } from '../../series/index.ts'
import { goFloat } from '../engine/go-float.ts'
import { toMap } from '../engine/histogram/index.ts'

const HINTS = { unknown: '', reset: 'reset', 'not-reset': 'not_reset', gauge: 'gauge' } as const

/** A histogram in the notation of test scripts: `{{count:4 sum:5 buckets:[1 2 1]}}`. */
export function histogramNotation(histogram: HistogramValue): string {
  const { schema, count, sum, zeroCount, zeroThreshold, customBounds, counterReset } = histogram
  const parts = [
    schema === 0 ? '' : `schema:${schema}`,
    number('count', count),
    number('sum', sum),
    number('z_bucket', zeroCount),
    number('z_bucket_w', zeroThreshold),
    customBounds.length === 0 ? '' : `custom_values:[${customBounds.map(goFloat).join(' ')}]`,
    counterReset === 'unknown' ? '' : `counter_reset_hint:${HINTS[counterReset]}`,
    ...buckets(histogram.positive, 'buckets', 'offset'),
    ...buckets(histogram.negative, 'n_buckets', 'n_offset'),
  ]
  return `{{${parts.filter((part) => part !== '').join(' ')}}}`
}

function number(key: string, value: number): string {
  return value === 0 ? '' : `${key}:${goFloat(value)}`
}

/** One run from the first bucket that holds something to the last. */
function buckets(given: HistogramBuckets, key: string, offsetKey: string): readonly string[] {
  const counts = toMap(given)
  const filled = [...counts.keys()].filter((index) => counts.get(index) !== 0)
  if (filled.length === 0) return []
  const [first, last] = [Math.min(...filled), Math.max(...filled)]
  const run = Array.from({ length: last - first + 1 }, (_, i) => goFloat(counts.get(first + i) ?? 0))
  return [first === 0 ? '' : `${offsetKey}:${first}`, `${key}:[${run.join(' ')}]`]
}
