import type { FaultHandler } from '../guard.ts'
import type { Fuse } from '../fuse.ts'

/** What look-ups come to, by the cache's name. */
export interface CacheRecorder {
  hit(cache: string, by?: number): void
  miss(cache: string, by?: number): void
  /** Thrown out to make room: neither deleted nor run out of time. */
  evicted(cache: string, by?: number): void
}

export interface CacheOptions {
  readonly record: CacheRecorder
  readonly onFault: FaultHandler
  /** Told once of each part that stays off, with its name. */
  readonly warn: (message: string) => void
}

/** What the parts below work with. */
export interface CacheWatch {
  readonly name: string
  readonly record: CacheRecorder
  readonly fuse: Fuse
}

/** Look-ups of several keys at once. */
export function recordLookups({ name, record }: Omit<CacheWatch, 'fuse'>, keys: number, found: number): void {
  if (found > 0) record.hit(name, found)
  if (keys > found) record.miss(name, keys - found)
}

/** Objects that have an instrument of their own: what watches all of a library leaves them out. */
export const ownWatch: WeakSet<object> = new WeakSet()
