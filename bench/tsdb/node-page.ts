import { LabelSet } from 'boxman/series'

/** A series of a page: its labels, and its value at each scrape in turn. */
export interface PageSeries {
  readonly labels: LabelSet
  next(): number
}

const BOUNDS = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000]
const ROUTES = ['/bets', '/tables/:id', '/players/:id', '/rolls', '/health', '/login', '/wallet', '/history']
/** Requests a scrape of the busiest route. */
const STATUSES = { '200': 400, '400': 4, '500': 0.05 }

/** Repeatable pseudo-random numbers in [0, 1): mulberry32. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** So many series of services like this one: as many pages as it takes. */
export function nodePages(series: number): PageSeries[] {
  const all: PageSeries[] = []
  for (let i = 0; all.length < series; i++) all.push(...nodePage(i + 1, `gateway-${i}`))
  return all.slice(0, series)
}

/** What a Node service of eight routes shows its scraper: request histograms and counters, process and heap figures. */
function nodePage(seed: number, instance: string): PageSeries[] {
  const random = seeded(seed)
  const series: PageSeries[] = []
  const add = (name: string, labels: Record<string, string>, next: () => number): void => {
    series.push({ labels: LabelSet.of({ __name__: name, job: 'gateway', instance, ...labels }), next })
  }
  ROUTES.forEach((route, place) => {
    for (const [status, rate] of Object.entries(STATUSES)) {
      addHistogram(add, { route, method: 'POST', status }, rate / (1 + place), random)
    }
  })
  const walk = (from: number, size: number, grain: number): (() => number) => {
    let value = from
    return () => (value = Math.max(0, value + Math.round(((random() - 0.5) * size) / grain) * grain))
  }
  for (const kind of ['user', 'system']) {
    let micros = 0
    add('process_cpu_seconds_total', { kind }, () => (micros += Math.floor(random() * 600_000)) / 1e6)
  }
  add('process_resident_memory_bytes', {}, walk(120e6, 8e6, 4096))
  for (const space of ['new', 'old', 'code', 'map', 'large', 'shared']) {
    add('nodejs_heap_space_size_used_bytes', { space }, walk(20e6, 2e6, 8))
    add('nodejs_heap_space_size_total_bytes', { space }, walk(30e6, 600_000, 262_144))
  }
  for (const quantile of ['0.5', '0.9', '0.99']) {
    add('nodejs_eventloop_lag_seconds', { quantile }, () => Math.floor(1e7 + random() * 3e6) / 1e9)
  }
  for (const table of ['T1', 'T2', 'T3', 'T4', 'T5', 'T6']) {
    let bets = 0
    add('craps_bets_total', { table }, () => (bets += Math.floor(random() * 12)))
    add('craps_players', { table }, walk(12, 3, 1))
    add('craps_table_open', { table }, () => 1)
  }
  add('process_start_time_seconds', {}, () => 1_760_000_000.123)
  add('nodejs_version_info', { version: 'v20' }, () => 1)
  add('process_open_fds', {}, walk(40, 4, 1))
  return series
}

type Add = (name: string, labels: Record<string, string>, next: () => number) => void

/** Durations of so many requests a scrape, each a number of its own. */
function addHistogram(add: Add, labels: Record<string, string>, rate: number, random: () => number): void {
  const counts = BOUNDS.map(() => 0)
  let total = 0
  let sum = 0
  const step = (): void => {
    const arrived = Math.floor(rate * (0.7 + 0.6 * random()) + random())
    for (let i = 0; i < arrived; i++) {
      const took = 3 * Math.exp(3 * random() * random() * random())
      sum += took
      total++
      const bucket = BOUNDS.findIndex((bound) => took <= bound)
      if (bucket >= 0) counts[bucket] = (counts[bucket] ?? 0) + 1
    }
  }
  BOUNDS.forEach((bound, b) => {
    add('http_request_duration_ms_bucket', { ...labels, le: String(bound) }, () => {
      if (b === 0) step()
      return counts.slice(0, b + 1).reduce((all, each) => all + each)
    })
  })
  add('http_request_duration_ms_bucket', { ...labels, le: '+Inf' }, () => total)
  add('http_request_duration_ms_count', labels, () => total)
  add('http_request_duration_ms_sum', labels, () => sum)
}
