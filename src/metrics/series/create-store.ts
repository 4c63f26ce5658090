import type { RegistryStats } from '../definition.ts'
import { type Aggregate, aggregateOf, checkAggregate } from '../merge/aggregate.ts'
import { checkLimit } from '../options.ts'
import type { MetricReader } from '../reader.ts'
import { Series } from './series.ts'
import type { SeriesStore } from './series-store.ts'

export interface StoreOptions extends Pick<MetricReader, 'kind' | 'name' | 'help' | 'labelNames'> {
  /** A histogram's upper bounds: finite, ascending. */
  readonly bounds?: readonly number[]
  /** A summary's. */
  readonly quantiles?: readonly number[]
  /** Default: as {@link aggregateOf} says. */
  readonly aggregate?: Aggregate
  /** Series before new ones go to `__overflow__`. */
  readonly maxSeries: number
  /** Counts what went there. */
  readonly stats: RegistryStats
  /** Ms since the epoch, read when a series is made. */
  readonly now: () => number
}

/** Room for one metric outside of any registry; names are not checked. `registry.include` brings it onto a page. */
export function createSeriesStore(options: StoreOptions): SeriesStore {
  const { kind, name, help, labelNames, bounds = [], quantiles = [], maxSeries, stats, now } = options
  const width = kind === 'histogram' ? bounds.length + 2 : kind === 'summary' ? quantiles.length + 2 : 1
  return new Series(
    {
      kind,
      name,
      help,
      unit: '',
      labelNames: [...labelNames],
      bounds,
      quantiles,
      states: [],
      width,
      maxSeries: checkLimit(`${name}: maxSeries`, maxSeries),
      maxValuesPerLabel: Infinity,
      expireAfterMs: undefined,
      aggregate: checkAggregate(name, aggregateOf(options)),
    },
    { stats, now, monotonicNow: undefined },
    () => ({ detach: () => undefined }),
  )
}
