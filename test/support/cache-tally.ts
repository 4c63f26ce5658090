import type { CacheOptions } from '../../src/instrument/index.ts'

export type Told = Record<string, { hits: number; misses: number; evicted: number }>

/** What instruments of caches tell, by the cache's name. */
export function cacheTally(): { told: Told; faults: unknown[]; warnings: string[]; options: CacheOptions } {
  const told: Told = {}
  const faults: unknown[] = []
  const warnings: string[] = []
  const add =
    (what: 'hits' | 'misses' | 'evicted') =>
    (cache: string, by = 1): void => {
      const counts = (told[cache] ??= { hits: 0, misses: 0, evicted: 0 })
      counts[what] += by
    }
  const options: CacheOptions = {
    record: { hit: add('hits'), miss: add('misses'), evicted: add('evicted') },
    onFault: (error) => faults.push(error),
    warn: (message) => warnings.push(message),
  }
  return { told, faults, warnings, options }
}
