import { askJson } from '../../data/ask.ts'
import type { Metadata, MetricFacts } from './metadata.ts'

interface MetadataAnswer {
  readonly data: Readonly<Record<string, readonly MetricFacts[]>>
}

export async function loadMetadata(signal: AbortSignal): Promise<Metadata> {
  const { data } = await askJson<MetadataAnswer>('api/v1/metadata', { signal })
  return new Map(Object.entries(data).flatMap(([name, [facts]]) => (facts === undefined ? [] : [[name, facts]])))
}
