import type { Counter, Gauge, Registry } from '../../metrics/index.ts'
import { Cells } from '../cells.ts'

/** Of a cache; those of one registry are shared, as its series are: the rate is over what all of them count. */
interface Cell {
  readonly hits: Counter
  readonly misses: Counter
  readonly evictions: Counter
  readonly rate: Gauge
  looked: number
  found: number
}

const shared = new WeakMap<Registry, Cells<Cell>>()

/**
 * `cache_hits_total{cache_type}`, `cache_misses_total{cache_type}`, `cache_evictions_total{cache_type}`, and `cache_hit_rate{cache_type}`:
 * the part of all look-ups so far that was answered, absent before the first.
 */
export class CacheMetrics {
  readonly #caches: Cells<Cell>

  constructor(registry: Registry) {
    const cells = shared.get(registry) ?? cellsOf(registry)
    shared.set(registry, cells)
    this.#caches = cells
  }

  hit(type: string, by = 1): void {
    const cell = this.#caches.get(type)
    cell.hits.inc(by)
    looked(cell, by, by)
  }

  miss(type: string, by = 1): void {
    const cell = this.#caches.get(type)
    cell.misses.inc(by)
    looked(cell, by, 0)
  }

  /** Thrown out to make room: neither deleted nor run out of time. */
  evicted(type: string, by = 1): void {
    this.#caches.get(type).evictions.inc(by)
  }
}

function looked(cell: Cell, by: number, found: number): void {
  cell.looked += by
  cell.found += found
  if (cell.looked > 0) cell.rate.set(cell.found / cell.looked)
}

function cellsOf(registry: Registry): Cells<Cell> {
  const labelNames = ['cache_type'] as const
  const hits = registry.counter({ name: 'cache_hits_total', help: 'Look-ups that a cache answered.', labelNames })
  const misses = registry.counter({ name: 'cache_misses_total', help: 'Look-ups that it could not.', labelNames })
  const evictions = registry.counter({
    name: 'cache_evictions_total',
    help: 'Entries thrown out for room.',
    labelNames,
  })
  const rate = registry.gauge({
    name: 'cache_hit_rate',
    help: 'Part of all look-ups so far that the cache answered, 0 to 1.',
    labelNames,
    aggregate: 'average',
  })
  // All from the first call on: a hit rate needs the misses at zero too.
  return new Cells((type) => ({
    hits: hits.labels(type),
    misses: misses.labels(type),
    evictions: evictions.labels(type),
    get rate() {
      return rate.labels(type)
    },
    looked: 0,
    found: 0,
  }))
}
