import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8'

export interface HeapReading {
  readonly usedBytes: number
  readonly totalBytes: number
  /** Beyond it the process ends. */
  readonly limitBytes: number
  /** Of objects that live outside of the heap, buffers included. */
  readonly externalBytes: number
  readonly spaces: readonly { readonly name: string; readonly usedBytes: number; readonly sizeBytes: number }[]
}

export function readHeap(): HeapReading {
  const heap = getHeapStatistics()
  return {
    usedBytes: heap.used_heap_size,
    totalBytes: heap.total_heap_size,
    limitBytes: heap.heap_size_limit,
    externalBytes: heap.external_memory,
    spaces: getHeapSpaceStatistics().map((space) => ({
      name: space.space_name.replace(/_space$/, ''),
      usedBytes: space.space_used_size,
      sizeBytes: space.space_size,
    })),
  }
}

/** What keeps the event loop alive, by kind: timers, sockets, requests to the file system. */
export function readActiveResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}
