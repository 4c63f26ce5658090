import type { Head } from '../head/head.ts'
import type { HeadSeries } from '../head/head-series.ts'
import type { OwnChunk } from '../head/own-samples.ts'
import type { Page } from '../head/page.ts'
import { nextTurn, type Pace } from '../pace.ts'
import { KIND, type StoredChunk } from './block-format.ts'
import type { BlockContent, BlockSeries } from './write-block.ts'

/** Microseconds: of one series noted, and of one whose open samples are closed. */
const INVOLVE_COST = 0.3
const CLOSE_COST = 15
const SERIES_COST = 15

/** What the head holds below `end`, by the window's start, oldest first; put together in turns. */
export async function contentsBelow(
  end: number,
  head: Head,
  windowMs: number,
  pace: Pace,
): Promise<(readonly [number, BlockContent])[]> {
  const pages = new Map<number, Page[]>()
  const own = new Map<number, Map<HeadSeries, OwnChunk[]>>()
  const involved = new Map<number, Set<HeadSeries>>()
  const windowAt = (time: number): number => Math.floor(time / windowMs) * windowMs
  const involve = (window: number, series: HeadSeries): void => {
    const set = involved.get(window)
    if (set === undefined) involved.set(window, new Set([series]))
    else set.add(series)
  }
  for (const group of head.groups) {
    for (const page of await group.pagesBefore(end, pace)) {
      const window = windowAt(page.minTime)
      pages.set(window, [...(pages.get(window) ?? []), page])
      for (const ref of page.refs) {
        const series = head.byRef(ref)
        if (series !== undefined) involve(window, series)
        if (pace.spent(INVOLVE_COST)) await nextTurn()
      }
    }
  }
  for (const series of head.allSeries) {
    if (pace.spent(series.own === undefined ? INVOLVE_COST : CLOSE_COST)) await nextTurn()
    for (const chunk of series.own?.chunksBefore(end) ?? []) {
      const window = windowAt(chunk.minTime)
      let chunks = own.get(window)
      if (chunks === undefined) own.set(window, (chunks = new Map()))
      chunks.set(series, [...(chunks.get(series) ?? []), chunk])
      involve(window, series)
    }
  }
  return [...involved]
    .sort(([a], [b]) => a - b)
    .map(([window, set]) => [window, contentOf(pages.get(window) ?? [], set, own.get(window))])
}

function contentOf(
  pages: readonly Page[],
  involved: ReadonlySet<HeadSeries>,
  own: ReadonlyMap<HeadSeries, readonly OwnChunk[]> | undefined,
): BlockContent {
  const chunksOf = (series: HeadSeries): readonly StoredChunk[] => {
    const shared = pages.flatMap((page, times) => {
      const bytes = page.chunk(series.ref)
      return bytes === undefined ? [] : [{ kind: KIND.shared, times, bytes }]
    })
    return [...shared, ...(own?.get(series) ?? []).map((chunk) => ({ ...chunk, kind: KIND[chunk.kind] }))]
  }
  const each = function* (): Generator<BlockSeries, void> {
    for (const series of involved) yield { ref: series.ref, labels: series.labels, chunks: () => chunksOf(series) }
  }
  return { times: pages.map(({ times }) => times), series: each(), seriesCost: SERIES_COST }
}
