import type { Head } from '../head/head.ts'
import type { HeadSeries } from '../head/head-series.ts'
import type { OwnChunk } from '../head/own-samples.ts'
import type { Page } from '../head/page.ts'
import type { BlockContent } from './write-block.ts'

/** What the head holds below `end`, by the window's start, oldest first. */
export function contentsBelow(end: number, head: Head, windowMs: number): (readonly [number, BlockContent])[] {
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
    for (const page of group.pagesBefore(end)) {
      const window = windowAt(page.minTime)
      pages.set(window, [...(pages.get(window) ?? []), page])
      for (const ref of page.refs) {
        const series = head.byRef(ref)
        if (series !== undefined) involve(window, series)
      }
    }
  }
  for (const series of head.allSeries) {
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
    .map(([window, set]) => [
      window,
      {
        pages: pages.get(window) ?? [],
        series: Array.from(set, (series) => ({ series, own: own.get(window)?.get(series) ?? [] })),
      },
    ])
}
