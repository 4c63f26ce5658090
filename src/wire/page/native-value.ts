import type { HistogramBuckets, HistogramSpan, HistogramValue } from '../../series/index.ts'
import { PageError } from './page-error.ts'

/** Buckets of one side as a page has them. */
export interface WireBuckets {
  readonly spans: HistogramSpan[]
  /** Of an integer histogram: how each bucket's count differs from the one before. */
  readonly deltas: number[]
  /** Of a float histogram. */
  readonly counts: number[]
}

export interface WireHistogram {
  readonly isFloat: boolean
  readonly isGauge: boolean
  readonly schema: number
  readonly count: number
  readonly sum: number
  readonly zeroThreshold: number
  readonly zeroCount: number
  readonly positive: WireBuckets
  readonly negative: WireBuckets
}

const MIN_SCHEMA = -4
const MAX_SCHEMA = 8

/** Above it numbers are not exact, and not held against each other. */
const MAX_EXACT = 2 ** 53

/** @throws PageError for one that no store could take. */
export function histogramValue(wire: WireHistogram): HistogramValue {
  const { schema, count, sum, zeroThreshold, zeroCount, isFloat } = wire
  if (!(schema >= MIN_SCHEMA && schema <= MAX_SCHEMA)) {
    throw new PageError(`histogram has an invalid schema: ${schema} is not between ${MIN_SCHEMA} and ${MAX_SCHEMA}`)
  }
  if (zeroCount < 0) {
    const what = `zero bucket has observation count of ${zeroCount}`
    throw new PageError(`${what}: histogram has a bucket whose observation count is negative`)
  }
  const positive = bucketsOf('positive', wire.positive, isFloat)
  const negative = bucketsOf('negative', wire.negative, isFloat)
  if (!isFloat) checkCount(count, Number.isNaN(sum), zeroCount + total(positive) + total(negative))
  return {
    schema,
    count,
    sum,
    zeroThreshold,
    zeroCount,
    positive: compact(positive),
    negative: compact(negative),
    customBounds: [],
    counterReset: wire.isGauge ? 'gauge' : 'unknown',
  }
}

function bucketsOf(side: string, { spans, deltas, counts: floats }: WireBuckets, isFloat: boolean): HistogramBuckets {
  const given = isFloat ? floats : deltas
  let needed = 0
  spans.forEach(({ offset, length }, i) => {
    if (i > 0 && offset < 0) {
      const what = `${side} side: span number ${i + 1} with offset ${offset}`
      throw new PageError(`${what}: histogram has a span whose offset is negative`)
    }
    needed += length
  })
  if (needed !== given.length) {
    const what = `${side} side: spans need ${needed} buckets, have ${given.length} buckets`
    throw new PageError(`${what}: histogram spans specify different number of buckets than provided`)
  }
  let last = 0
  const counts = given.map((number, i) => {
    last = isFloat ? number : last + number
    if (last < 0) {
      const what = `${side} side: bucket number ${i + 1} has observation count of ${last}`
      throw new PageError(`${what}: histogram has a bucket whose observation count is negative`)
    }
    return last
  })
  return { spans, counts }
}

function total({ counts }: HistogramBuckets): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function checkCount(count: number, sumIsNaN: boolean, found: number): void {
  if (count > MAX_EXACT || (sumIsNaN ? found <= count : found === count)) return
  const what = `${found} observations found in buckets, but the Count field is ${count}`
  const rule = sumIsNaN
    ? 'should be at least the number of observations found in the buckets'
    : 'should equal the number of observations found in the buckets (in absence of NaN)'
  throw new PageError(`${what}: histogram's observation count ${rule}`)
}

/** Without buckets that are empty, and spans for the rest: as Prometheus keeps them. */
function compact({ spans, counts }: HistogramBuckets): HistogramBuckets {
  if (!counts.includes(0) && spans.every(({ length }) => length > 0)) return { spans, counts }
  const kept: number[] = []
  const runs: { offset: number; length: number }[] = []
  let gap = 0
  let at = 0
  for (const { offset, length } of spans) {
    gap += offset
    for (let i = 0; i < length; i++) {
      const count = counts[at++] ?? 0
      if (count === 0) {
        gap++
        continue
      }
      kept.push(count)
      const last = runs.at(-1)
      if (last !== undefined && gap === 0) last.length++
      else runs.push({ offset: gap, length: 1 })
      gap = 0
    }
  }
  return { spans: runs, counts: kept }
}
