import { groupBy } from './group.ts'

/** A metric as `getMetricsAsJSON()` tells of it. */
export interface MetricJson {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly aggregator?: string
  readonly values: readonly ValueJson[]
}

export interface ValueJson {
  readonly value: number
  readonly labels: object
  readonly metricName?: string
}

/** The same metric, as several processes tell of it, in one; undefined: there is none, or it is left out. */
export type Aggregate = (metrics: readonly MetricJson[]) => MetricJson | undefined

/** By the names that a metric's `aggregator` may have. */
export const aggregators: Readonly<Record<'sum' | 'first' | 'omit' | 'average' | 'min' | 'max', Aggregate>> = {
  sum: aggregate(sumOf),
  first: aggregate((values) => values[0]?.value ?? NaN),
  omit: () => undefined,
  average: aggregate((values) => sumOf(values) / values.length),
  min: aggregate((values) => values.reduce((least, { value }) => Math.min(least, value), Infinity)),
  max: aggregate((values) => values.reduce((most, { value }) => Math.max(most, value), -Infinity)),
}

function aggregate(one: (values: readonly ValueJson[]) => number): Aggregate {
  return (metrics) => {
    const [first] = metrics
    if (first === undefined) return undefined
    const groups = groupBy(
      metrics.flatMap(({ values }) => values),
      seriesKey,
    )
    const values = Array.from(groups.values(), (group) => {
      const { labels = {}, metricName } = group[0] ?? {}
      return { value: one(group), labels, ...(metricName ? { metricName } : {}) }
    })
    const { help, name, type, aggregator } = first
    return { help, name, type, values, ...(aggregator === undefined ? {} : { aggregator }) }
  }
}

function sumOf(values: readonly ValueJson[]): number {
  return values.reduce((sum, { value }) => sum + value, 0)
}

/** The same for the same labels in any order, and for 200 and '200'. */
function seriesKey({ labels, metricName }: ValueJson): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== undefined)
  return JSON.stringify([metricName, ...pairs.map(([name, value]) => [name, String(value)]).sort(byName)])
}

function byName([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : Number(a > b)
}
