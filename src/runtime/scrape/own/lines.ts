import { canonicalFloat, type MetricReader, type StoredNames } from '../../../metrics/index.ts'

/** One of the float series that a series of a metric is stored as. */
export interface Line {
  readonly name: string
  /** The label that it has besides the series' own. */
  readonly own: readonly [name: string, value: string] | undefined
  /** It counts from when the series began. */
  readonly counts: boolean
}

/** In the order in which {@link readLines} reads them. */
export function linesOf(metric: MetricReader, { sample, state }: StoredNames): readonly Line[] {
  const line = (name: string, counts: boolean, own?: Line['own']): Line => ({ name, own, counts })
  switch (metric.kind) {
    case 'counter':
      return [line(sample, true)]
    case 'gauge':
    case 'info':
      return [line(sample, false)]
    case 'stateset':
      return metric.states.map((each) => line(sample, false, [state, each]))
    case 'histogram': {
      const bounds = [...metric.bounds, Infinity]
      const buckets = bounds.map((bound) => line(`${sample}_bucket`, true, ['le', canonicalFloat(bound)]))
      return [...buckets, line(`${sample}_sum`, true), line(`${sample}_count`, true)]
    }
    case 'summary': {
      const quantiles = metric.quantiles.map((q) => line(sample, false, ['quantile', canonicalFloat(q)]))
      return [line(`${sample}_count`, true), line(`${sample}_sum`, true), ...quantiles]
    }
  }
}

/** Reads the slot's lines into `values`, from `to` on. */
export function readLines(metric: MetricReader, slot: number, values: Float64Array, to: number): void {
  const page = metric.page(slot)
  const at = metric.offset(slot)
  if (metric.kind !== 'histogram') {
    for (let i = 0; i < metric.width; i++) values[to + i] = page[at + i] ?? NaN
    return
  }
  const buckets = metric.bounds.length + 1
  let count = 0
  for (let i = 0; i < buckets; i++) {
    count += page[at + i] ?? NaN
    values[to + i] = count
  }
  values[to + buckets] = page[at + buckets] ?? NaN
  values[to + buckets + 1] = count
}
