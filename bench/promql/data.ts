import { LabelSet } from 'boxman/series'
import type { Tsdb } from 'boxman/tsdb'

/** Series of each of the three metrics: `x`, `h_bucket` and `g`. */
export const SERIES = 1000
export const STEP_MS = 15_000
export const SAMPLES: number = (6 * 3_600_000) / STEP_MS
/** Time of the last sample: the day's beginning, so that both sides hold the same data all day. */
export const END: number = Math.floor(Date.now() / 86_400_000) * 86_400_000
export const START: number = END - (SAMPLES - 1) * STEP_MS

const ROUTES = 10
const BOUNDS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '+Inf']

export interface Generated {
  readonly labels: LabelSet
  readonly values: Float64Array
}

/** Numbers from 0 to 1, the same in every run: Mulberry32 by Tommy Ettinger. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A counter of requests; one in ten restarts on the way. */
function counter(i: number): Generated {
  const random = randomFrom(i)
  const rate = 5 + 200 * random()
  const reset = i % 10 === 0 ? Math.floor(SAMPLES * random()) : -1
  let value = Math.floor(1e6 * random())
  const values = new Float64Array(SAMPLES).map((_, at) => {
    value = at === reset ? 0 : value + Math.floor(rate * 2 * random())
    return value
  })
  const labels = { __name__: 'x', route: `/api/route-${i % ROUTES}`, instance: `gateway-${i}:9090`, job: 'gateway' }
  return { labels: LabelSet.of(labels), values }
}

/** All buckets of one histogram: counts that include those below. */
function histogram(i: number): readonly Generated[] {
  const random = randomFrom(100_000 + i)
  const shares = BOUNDS.map(() => 20 * random())
  const counts = BOUNDS.map(() => 0)
  const columns = BOUNDS.map(() => new Float64Array(SAMPLES))
  for (let at = 0; at < SAMPLES; at++) {
    let below = 0
    columns.forEach((column, bucket) => {
      counts[bucket] = (counts[bucket] ?? 0) + Math.floor((shares[bucket] ?? 0) * random())
      below += counts[bucket] ?? 0
      column[at] = below
    })
  }
  const labels = { __name__: 'h_bucket', route: `/api/route-${i % ROUTES}`, instance: `gateway-${i}:9090` }
  return columns.map((values, bucket) => ({ labels: LabelSet.of({ ...labels, le: BOUNDS[bucket] ?? '' }), values }))
}

/** A gauge that wanders: every other one in whole steps of a thousandth, the others with all their digits. */
function gauge(i: number): Generated {
  const random = randomFrom(200_000 + i)
  let value = 100 * random()
  const values = new Float64Array(SAMPLES).map(() => {
    value += random() - 0.5
    return i % 2 === 0 ? Math.round(value * 1000) / 1000 : value
  })
  return { labels: LabelSet.of({ __name__: 'g', instance: `gateway-${i}:9090`, job: 'gateway' }), values }
}

export function generate(): readonly Generated[] {
  return [
    ...Array.from({ length: SERIES }, (_, i) => counter(i)),
    ...Array.from({ length: SERIES / BOUNDS.length }, (_, i) => histogram(i)).flat(),
    ...Array.from({ length: SERIES }, (_, i) => gauge(i)),
  ]
}

/** All of it put into a store, as scrapes of one target would leave it. */
export function fill(tsdb: Tsdb): void {
  const all = generate()
  const refs = Uint32Array.from(all, ({ labels }) => tsdb.series(labels) ?? 0)
  const group = tsdb.scrapeGroup()
  const row = new Float64Array(all.length)
  for (let at = 0; at < SAMPLES; at++) {
    all.forEach(({ values }, i) => {
      row[i] = values[at] ?? NaN
    })
    const { appended } = group.append(START + at * STEP_MS, refs, row)
    if (appended !== all.length) throw new Error(`${appended} of ${all.length} samples were taken`)
  }
}
