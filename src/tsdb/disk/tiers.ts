import type { LabelSet, MetricMetadata } from '../../series/index.ts'
import { METRIC_NAME_LABEL } from '../../series/index.ts'
import { downsample } from '../downsample.ts'
import type { Head } from '../head/head.ts'
import { type OwnChunk, OwnSamples } from '../head/own-samples.ts'
import { assemble, Shared } from '../read/assemble.ts'
import type { Sources } from '../read/source.ts'
import type { Block } from './block.ts'
import { KIND } from './block-format.ts'
import type { BlockContent, BlockSeries } from './write-block.ts'

/** Samples of a series to a block of a tier, at least. */
const SAMPLES = 120
/** Microseconds that it takes to read a series of several blocks, and to write what stays of it. */
const SERIES_COST = 250

/** How finely samples are kept, and how long: the finest as they came, and then each coarser than the one before. */
export interface Level {
  /** 0: as they came. */
  readonly resolutionMs: number
  readonly retentionMs: number
  /** Of time in one block: a whole number of the blocks of the level before. */
  readonly windowMs: number
}

export function levelsOf(
  windowMs: number,
  retentionMs: number,
  tiers: readonly Omit<Level, 'windowMs'>[],
): readonly [Level, ...Level[]] {
  const levels: [Level, ...Level[]] = [{ resolutionMs: 0, retentionMs, windowMs }]
  let before = windowMs
  for (const tier of tiers) {
    before *= Math.ceil((tier.resolutionMs * SAMPLES) / before)
    levels.push({ ...tier, windowMs: before })
  }
  return levels
}

/** What stays of the samples of the blocks, which are of one window, at a coarser resolution. */
export function coarserContent(blocks: readonly Block[], { resolutionMs, windowMs }: Level, head: Head): BlockContent {
  const chunksOf = (ref: number, labels: LabelSet): readonly OwnChunk[] => {
    const sources: Sources = { floats: [], histograms: [] }
    for (const block of blocks) block.collect(ref, sources, -Infinity, Infinity)
    const columns = assemble(sources, -Infinity, Infinity, new Shared(), false)
    const { times, values, startTimes, histograms } = columns
    const kept = downsample(columns, resolutionMs, onlyGrows(labels, head.metadata, startTimes))
    const own = new OwnSamples(windowMs, () => {})
    for (const i of kept.floats) own.append(times[i] ?? 0, values, i, startTimes?.[i] ?? 0)
    for (const i of kept.histograms) {
      const value = histograms?.values[i]
      if (value !== undefined) own.appendHistogram(histograms?.times[i] ?? 0, value, histograms?.startTimes?.[i] ?? 0)
    }
    return own.chunksBefore(Infinity)
  }
  const each = function* (): Generator<BlockSeries, void> {
    const refs = new Set(blocks.flatMap((block) => Array.from(block.refs)))
    for (const ref of refs) {
      const labels = head.byRef(ref)?.labels
      if (labels === undefined) continue
      const chunks = (): readonly (Omit<OwnChunk, 'kind'> & { kind: 1 | 2 })[] =>
        chunksOf(ref, labels).map((chunk) => ({ ...chunk, kind: KIND[chunk.kind] }))
      yield { ref, labels, chunks }
    }
  }
  return { times: [], series: each(), seriesCost: SERIES_COST }
}

const PART_OF_HISTOGRAM = /_(bucket|count|sum)$/

/** Whether the series is a counter, as its metadata says; without, as its name does, or that it has a start. */
function onlyGrows(
  labels: LabelSet,
  metadata: ReadonlyMap<string, MetricMetadata>,
  starts: Float64Array | undefined,
): boolean {
  const name = labels.get(METRIC_NAME_LABEL)
  const type = (metadata.get(name) ?? metadata.get(name.replace(PART_OF_HISTOGRAM, '')))?.type ?? 'unknown'
  switch (type) {
    case 'counter':
      return true
    case 'histogram':
    case 'summary':
      return PART_OF_HISTOGRAM.test(name)
    case 'gauge':
    case 'gaugehistogram':
    case 'info':
    case 'stateset':
      return false
    case 'unknown':
      return starts !== undefined || name.endsWith('_total') || PART_OF_HISTOGRAM.test(name)
  }
}
