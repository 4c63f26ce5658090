import type { MetricReader } from '../reader.ts'

type Named = Pick<MetricReader, 'kind' | 'name'>

/** What stands at the end of the names of a metric's further lines. */
const SUFFIXES: Readonly<Record<MetricReader['kind'], readonly string[]>> = {
  counter: [],
  gauge: [],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
  info: [],
  stateset: [],
}

const ALL = ['_bucket', '_sum', '_count']

/** `x_sum` beside a histogram `x` would put two families into one line's name. */
export function isMixing({ kind, name }: Named, others: ReadonlyMap<string, Named>): boolean {
  if (SUFFIXES[kind].some((suffix) => others.has(name + suffix))) return true
  return ALL.some((suffix) => {
    const base = name.endsWith(suffix) ? others.get(name.slice(0, -suffix.length)) : undefined
    return base !== undefined && SUFFIXES[base.kind].includes(suffix)
  })
}
