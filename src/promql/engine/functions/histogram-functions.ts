import { type LabelSet, METRIC_NAME_LABEL } from '../../../series/index.ts'
import type { CallExpr } from '../../ast.ts'
import type { Span } from '../../source.ts'
import { forMetric } from '../annotations.ts'
import type { QueryContext } from '../context.ts'
import { goFloat } from '../go-float.ts'
import { histogramVariance, nativeFraction, nativeQuantile } from '../histogram/index.ts'
import { FLOAT, HISTOGRAM, Row } from '../row.ts'
import { type ClassicBucket, classicFraction, classicQuantile } from './classic-histogram.ts'
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
export function mapHistograms(rows: readonly Row[], part: (histogram: HistogramValue) => number): readonly Row[] {
  return rows.map((row) => {
    const result = new Row(row.labels, true, row.steps)
    for (let i = 0; i < row.steps; i++) {
      const histogram = row.kinds[i] === HISTOGRAM ? row.histogramAt(i) : undefined
      if (histogram !== undefined) result.setFloat(i, part(histogram))
    }
    return result
  })
}

interface Family {
  readonly labels: LabelSet
  readonly buckets: { readonly row: Row; readonly upper: number }[]
  readonly natives: Row[]
}

/** What becomes of one histogram at one step, native or classic. */
interface Measure {
  readonly native: (histogram: HistogramValue, step: number, metric: string) => number
  readonly classic: (buckets: readonly ClassicBucket[], step: number, metric: string) => number
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
  for (const row of rows) {
    const plain = row.labels.without(withoutBucket)
    const upper = parseBound(row.labels.get(BUCKET_LABEL))
    const add = (labels: LabelSet): Family => {
      const family = families.get(labels.key) ?? { labels, buckets: [], natives: [] }
      families.set(labels.key, family)
      return family
    }
    if (row.kinds.includes(HISTOGRAM)) add(row.labels).natives.push(row)
    if (!row.kinds.includes(FLOAT)) continue
    if (upper === undefined) {
      const le = JSON.stringify(row.labels.get(BUCKET_LABEL))
      const text = `bucket label "le" is missing or has a malformed value of ${le}`
      notes.warn(text + forMetric(row.labels.get(METRIC_NAME_LABEL)), span)
    } else add(plain).buckets.push({ row, upper })
  }
  const results: Row[] = []
  for (const { labels, buckets, natives } of families.values()) {
    const metric = labels.get(METRIC_NAME_LABEL)
    const steps = (buckets[0]?.row ?? natives[0])?.steps ?? 0
    const result = new Row(labels, true, steps)
    for (let i = 0; i < steps; i++) {
      const histogram = natives.find(({ kinds }) => kinds[i] === HISTOGRAM)?.histogramAt(i)
      const counts = buckets
        .filter(({ row }) => row.isFloat(i))
        .map(({ row, upper }): ClassicBucket => ({ upper, count: row.floatAt(i) }))
      if (histogram !== undefined && counts.length > 0) {
        notes.warn(`vector contains a mix of classic and native histograms${forMetric(metric)}`, span)
      } else if (histogram !== undefined) result.setFloat(i, native(histogram, i, metric))
      else if (counts.length > 0) result.setFloat(i, classic(counts, i, metric))
    }
    results.push(result)
    if (work.hold(steps) || work.spend(buckets.length * steps * 4)) await work.rest()
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
      const { value, forced } = classicQuantile(quantiles[i] ?? NaN, buckets)
      if (forced) notes.info(MONOTONICITY + forMetric(metric), spans.vector)
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
