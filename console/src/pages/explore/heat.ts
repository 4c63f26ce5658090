import type { Expr } from 'boxman/promql'
import { type Buckets, bucketsOf, NO_BUCKETS } from '../../charts/buckets.ts'
import type { MatrixItem, QueryData, RangeAsked } from '../../data/prometheus.ts'
import type { Line } from '../../data/series.ts'

/** Of a quantile, the histogram that it is taken from; anything else is what it is. */
export function histogramIn(expr: Expr): Expr {
  if (expr.kind === 'paren') return histogramIn(expr.expr)
  const [, histogram] = expr.kind === 'call' && expr.name === 'histogram_quantile' ? expr.args : []
  return histogram ?? expr
}

/** What an answer's histograms hold over time, of all its series together; of classic ones by `le`, or of native ones. */
export function heatOf(data: QueryData, asked: RangeAsked): Buckets {
  if (data.resultType !== 'matrix') return NO_BUCKETS
  const natives = data.result.filter(({ histograms = [] }) => histograms.length > 0)
  if (natives.length > 0) return nativeBuckets(natives, asked)
  return bucketsOf({ times: timesOf(asked), lines: classicLines(data.result, asked) })
}

/** A line for each bound, the series of that bound summed. */
function classicLines(items: readonly MatrixItem[], { from, to, step }: RangeAsked): readonly Line[] {
  const count = timesOf({ from, to, step }).length
  const byBound = new Map<string, (number | null)[]>()
  for (const { metric, values = [] } of items) {
    const le = metric['le']
    if (le === undefined) continue
    const sums = byBound.get(le) ?? Array.from({ length: count }, () => null)
    for (const [at, value] of values) {
      const moment = Math.round((at * 1000 - from) / step)
      sums[moment] = (sums[moment] ?? 0) + Number(value)
    }
    byBound.set(le, sums)
  }
  return [...byBound].map(([le, values]) => ({ key: le, name: le, labels: { le }, values }))
}

function timesOf({ from, to, step }: RangeAsked): readonly number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => (from + i * step) / 1000)
}

/** Every bound that occurs is one of the map; a bucket that spans several rows of it is shared out among them. */
function nativeBuckets(items: readonly MatrixItem[], asked: RangeAsked): Buckets {
  const { from, step } = asked
  const times = timesOf(asked)
  const all = items.flatMap(({ histograms = [] }) =>
    histograms.flatMap(([at, { buckets = [] }]) =>
      buckets.map(([, low, high, many]) => ({
        moment: Math.round((at * 1000 - from) / step),
        low: Number(low),
        high: Number(high),
        count: Number(many),
      })),
    ),
  )
  const edges = [...new Set(all.flatMap(({ low, high }) => [low, high]))].sort((a, b) => a - b)
  const bounds = edges.slice(1)
  const rowOf = new Map(edges.map((edge, i) => [edge, i]))
  const counts = bounds.map(() => times.map(() => 0))
  for (const { moment, low, high, count: many } of all) {
    const [first, end] = [rowOf.get(low) ?? 0, rowOf.get(high) ?? 0]
    for (let row = first; row < end; row++) {
      const own = counts[row]
      if (own !== undefined && moment in own) own[moment] = (own[moment] ?? 0) + many / (end - first)
    }
  }
  return { times, bounds, counts }
}
