import type { MetricReader } from '../reader.ts'

/**
 * What becomes of a series that several threads or processes have: `first` is that of the registry which is asked, else of
 * the source that was attached first; `omit` leaves what other threads and processes say out.
 */
export type Aggregate = 'sum' | 'min' | 'max' | 'average' | 'first' | 'omit'

const AGGREGATES: readonly string[] = ['sum', 'min', 'max', 'average', 'first', 'omit'] satisfies readonly Aggregate[]

export function isAggregate(value: unknown): value is Aggregate {
  return typeof value === 'string' && AGGREGATES.includes(value)
}

/** @throws RangeError */
export function checkAggregate(metric: string, aggregate: string): Aggregate {
  if (isAggregate(aggregate)) return aggregate
  throw new RangeError(`${metric}: aggregate ${JSON.stringify(aggregate)}: use one of ${AGGREGATES.join(', ')}`)
}

/** A metric that can be merged with its likes of other threads and processes. */
export interface Mergeable extends MetricReader {
  /** Default: as {@link aggregateOf} says. */
  readonly aggregate?: Aggregate
  /** Series, but for the one of OVERFLOW in every label. */
  readonly maxSeries?: number
  /** What it shows a part of: that is what is merged, and seen through {@link over}. */
  readonly fine?: Mergeable
  over?(fine: Mergeable): Mergeable
}

const BY_KIND: Readonly<Record<MetricReader['kind'], Aggregate>> = {
  counter: 'sum',
  gauge: 'sum',
  histogram: 'sum',
  summary: 'sum',
  info: 'first',
  stateset: 'max',
}

export function aggregateOf({ kind, aggregate = BY_KIND[kind] }: Pick<Mergeable, 'kind' | 'aggregate'>): Aggregate {
  return aggregate
}

/** What two metrics of one name must agree in, lest adding them up be nonsense. */
export function isAlike(a: Mergeable, b: Mergeable): boolean {
  return (
    a.kind === b.kind &&
    a.unit === b.unit &&
    a.width === b.width &&
    aggregateOf(a) === aggregateOf(b) &&
    isSameList(a.labelNames, b.labelNames) &&
    isSameList(a.bounds, b.bounds) &&
    isSameList(a.quantiles, b.quantiles) &&
    isSameList(a.states, b.states)
  )
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

/** Whether a metric only ever grows, so that what an ended thread or process counted stays in the total. */
export function isCumulative(metric: Mergeable): boolean {
  const { kind } = metric
  const aggregate = aggregateOf(metric)
  if (kind !== 'counter' && kind !== 'histogram' && kind !== 'summary') return false
  return aggregate === 'sum' || aggregate === 'max'
}
