import { type LabelSet, METRIC_NAME_LABEL } from '../../../series/index.ts'
import type { CallExpr } from '../../ast.ts'
import type { Span } from '../../source.ts'
import { forMetric } from '../annotations.ts'
import type { QueryContext } from '../context.ts'
import type { RowChange } from '../evaluator.ts'
import { goFloat } from '../go-float.ts'
import { histogramVariance, nativeFraction, nativeQuantile } from '../histogram/index.ts'
import { FLOAT, HISTOGRAM, Row } from '../row.ts'
import { BucketCounts, classicFraction, classicQuantile } from './classic-histogram.ts'
import type { HistogramValue } from '../../../series/index.ts'

const BUCKET_LABEL = 'le'

export const HISTOGRAM_PARTS: Readonly<Record<string, (histogram: HistogramValue) => number>> = {
  histogram_avg: ({ sum, count }) => sum / count,
  histogram_count: ({ count }) => count,
  histogram_sum: ({ sum }) => sum,
  histogram_stdvar: histogramVariance,
  histogram_stddev: (histogram) => Math.sqrt(histogramVariance(histogram)),
}

/** A number of each histogram; floats are left out. */
export function partOf(part: (histogram: HistogramValue) => number): RowChange {
  return (row, result, from, to) => {
    for (let i = from; i < to; i++) {
      const histogram = row.kinds[i] === HISTOGRAM ? row.histogramAt(i) : undefined
      if (histogram !== undefined) result.setFloat(i, part(histogram))
    }
  }
}

/** Units that a series costs, or a histogram. */
const PER_SERIES = 100

interface Family {
  readonly labels: LabelSet
  readonly buckets: { readonly row: Row; readonly upper: number }[]
  readonly natives: Row[]
}

/** What becomes of one histogram at one step, native or classic. */
interface Measure {
  readonly native: (histogram: HistogramValue, step: number, metric: string) => number
  readonly classic: (buckets: BucketCounts, step: number, metric: string) => number
}

/** Classic buckets are put together by their labels without `le`; native histograms stand for themselves. */
async function measure(
  rows: readonly Row[],
  span: Span,
  { notes, work }: QueryContext,
  { native, classic }: Measure,
): Promise<readonly Row[]> {
  const families = new Map<string, Family>()
  const withoutBucket = new Set([BUCKET_LABEL])
  const bounds = new Map<string, number | undefined>()
  const add = (labels: LabelSet): Family => {
    let family = families.get(labels.key)
    if (family === undefined) families.set(labels.key, (family = { labels, buckets: [], natives: [] }))
    return family
  }
  for (const row of rows) {
    const le = row.labels.get(BUCKET_LABEL)
    if (!bounds.has(le)) bounds.set(le, parseBound(le))
    const upper = bounds.get(le)
    if (!row.isPlain && row.kinds.includes(HISTOGRAM)) add(row.labels).natives.push(row)
    if (!row.kinds.includes(FLOAT)) continue
    if (upper === undefined) {
      const text = `bucket label "le" is missing or has a malformed value of ${JSON.stringify(le)}`
      notes.warn(text + forMetric(row.labels.get(METRIC_NAME_LABEL)), span)
    } else add(row.labels.without(withoutBucket)).buckets.push({ row, upper })
    if (work.spend(PER_SERIES)) await work.rest()
  }
  const results: Row[] = []
  for (const { labels, buckets, natives } of families.values()) {
    const metric = labels.get(METRIC_NAME_LABEL)
    const steps = (buckets[0]?.row ?? natives[0])?.steps ?? 0
    const result = new Row(labels, true, steps)
    // Stable: what has the same bound is added up in the order in which it came.
    buckets.sort((a, b) => (a.upper === b.upper ? 0 : a.upper < b.upper ? -1 : 1))
    const counts = new BucketCounts(buckets.length)
    for (let i = 0; i < steps; i++) {
      const histogram = natives.find(({ kinds }) => kinds[i] === HISTOGRAM)?.histogramAt(i)
      counts.clear()
      for (const { row, upper } of buckets) if (row.kinds[i] === FLOAT) counts.add(upper, row.values[i] ?? NaN)
      if (histogram !== undefined && counts.size > 0) {
        notes.warn(`vector contains a mix of classic and native histograms${forMetric(metric)}`, span)
      } else if (histogram !== undefined) result.setFloat(i, native(histogram, i, metric))
      else if (counts.size > 0) result.setFloat(i, classic(counts, i, metric))
      if (work.spend(buckets.length * 2 + natives.length * PER_SERIES)) await work.rest()
    }
    results.push(result)
    if (work.hold(steps)) await work.rest()
  }
  return results
}

function parseBound(text: string): number | undefined {
  if (/^\+?inf(inity)?$/i.test(text)) return Infinity
  if (/^-inf(inity)?$/i.test(text)) return -Infinity
  return text === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? undefined : Number(text)
}

const MONOTONICITY =
  'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)'

/** `spans`: of the quantile and of the vector. */
export async function histogramQuantile(
  call: CallExpr,
  quantiles: Float64Array,
  rows: readonly Row[],
  spans: { readonly quantile: Span; readonly vector: Span },
  context: QueryContext,
): Promise<readonly Row[]> {
  const { notes } = context
  for (const q of new Set(quantiles)) {
    if (q >= 0 && q <= 1) continue
    notes.warn(`quantile value should be between 0 and 1, got ${goFloat(q)}`, spans.quantile)
  }
  return measure(rows, spans.vector, context, {
    native: (histogram, i, metric) => {
      const { value, nan } = nativeQuantile(quantiles[i] ?? NaN, histogram)
      if (nan !== 'none') {
        const what = nan === 'result' ? 'result is NaN' : 'result is skewed higher'
        notes.info(`input to ${call.name} has NaN observations, ${what}${forMetric(metric)}`, spans.vector)
      }
      return value
    },
    classic: (buckets, i, metric) => {
      const value = classicQuantile(quantiles[i] ?? NaN, buckets)
      if (buckets.forced) notes.info(MONOTONICITY + forMetric(metric), spans.vector)
      return value
    },
  })
}

export async function histogramFraction(
  lower: Float64Array,
  upper: Float64Array,
  rows: readonly Row[],
  span: Span,
  context: QueryContext,
): Promise<readonly Row[]> {
  return measure(rows, span, context, {
    native: (histogram, i, metric) => {
      if (Number.isNaN(histogram.sum)) {
        const text = 'input to histogram_fraction has NaN observations, which are excluded from all fractions'
        context.notes.info(text + forMetric(metric), span)
      }
      return nativeFraction(lower[i] ?? NaN, upper[i] ?? NaN, histogram)
    },
    classic: (buckets, i) => classicFraction(lower[i] ?? NaN, upper[i] ?? NaN, buckets),
  })
}
