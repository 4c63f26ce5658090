export interface MetricFacts {
  readonly type: string
  readonly help: string
  readonly unit: string
}

/** By the name of the family: a histogram's series have more names. */
export type Metadata = ReadonlyMap<string, MetricFacts>

const SUFFIXES = /_(?:bucket|count|sum|total|created|info)$/

/** Of a series' name; undefined when nothing is known of it. */
export function factsOf(metadata: Metadata, name: string): MetricFacts | undefined {
  return metadata.get(name) ?? metadata.get(name.replace(SUFFIXES, ''))
}

/** Whether the series only ever rises, so that its value says little and its rate much. */
export function isCounter(metadata: Metadata, name: string): boolean {
  const own = metadata.get(name)?.type
  if (own !== undefined && own !== 'unknown') return own === 'counter'
  const family = metadata.get(name.replace(SUFFIXES, ''))?.type
  if (/_(?:bucket|count|sum)$/.test(name)) return family === 'histogram' || family === 'summary'
  return name.endsWith('_total')
}
