import type { PlainSeries } from '../support/open-metrics.ts'

/** On a minute, ms since the epoch. */
export const DEMO_START = 1_760_000_040_000
export const DEMO_SAMPLES = 720
export const DEMO_STEP = 15_000

type Value = (i: number) => number | undefined

const INSTANCES = ['demo.promlabs.com:10000', 'demo.promlabs.com:10001', 'demo.promlabs.com:10002']
const BOUNDS = [0.0001, 0.001, 0.01, 0.1, 0.5, 1]

/** The metrics of the demonstration service that the compliance queries ask for. */
export function demoData(): readonly PlainSeries[] {
  const random = seeded(7)
  const series: PlainSeries[] = []
  const add = (name: string, labels: Readonly<Record<string, string>>, value: Value): void => {
    const samples = Array.from({ length: DEMO_SAMPLES }, (_, i) => [DEMO_START + i * DEMO_STEP, value(i)] as const)
    const present = samples.filter((sample): sample is readonly [number, number] => sample[1] !== undefined)
    series.push({ labels: { __name__: name, job: 'demo', ...labels }, samples: present })
  }
  for (const [n, instance] of INSTANCES.entries()) {
    for (const type of ['free', 'buffers', 'cached', 'used']) {
      let bytes = 1e9 * (1 + random())
      add('demo_memory_usage_bytes', { instance, type }, () => (bytes += Math.round((random() - 0.5) * 1e7)))
    }
    add('demo_num_cpus', { instance }, () => 4)
    for (const mode of ['idle', 'user', 'system']) {
      let seconds = 1000 * n
      const step: Value = (i) => {
        if (n === 1 && i === DEMO_SAMPLES / 2) seconds = 0
        return (seconds += random() * 15)
      }
      add('demo_cpu_usage_seconds_total', { instance, mode }, step)
    }
    add('demo_disk_usage_bytes', { instance }, (i) => 1e9 + i * 1e6 + Math.round(random() * 1e5))
    add('demo_batch_last_success_timestamp_seconds', { instance }, (i) => {
      return (DEMO_START + (i - (i % 20)) * DEMO_STEP) / 1000
    })
    add('demo_intermittent_metric', { instance }, (i) => (i % 40 < 15 ? undefined : i))
    for (const [path, method] of [
      ['/api/foo', 'GET'],
      ['/api/bar', 'POST'],
    ] as const) {
      for (const status of ['200', '500']) addHistogram({ instance, path, method, status }, random, add)
    }
  }
  return series
}

function addHistogram(
  labels: Readonly<Record<string, string>>,
  random: () => number,
  add: (name: string, labels: Readonly<Record<string, string>>, value: Value) => void,
): void {
  const rows: { readonly counts: readonly number[]; readonly count: number; readonly sum: number }[] = []
  let [counts, count, sum] = [BOUNDS.map(() => 0), 0, 0]
  for (let i = 0; i < DEMO_SAMPLES; i++) {
    const taken = Array.from({ length: Math.floor(random() * 20) }, () => random() ** 4 * 1.2)
    counts = counts.map((known, b) => known + taken.filter((took) => took <= (BOUNDS[b] ?? 0)).length)
    count += taken.length
    sum = taken.reduce((total, took) => total + took, sum)
    rows.push({ counts, count, sum })
  }
  BOUNDS.forEach((bound, b) => {
    add('demo_api_request_duration_seconds_bucket', { ...labels, le: String(bound) }, (i) => rows[i]?.counts[b])
  })
  add('demo_api_request_duration_seconds_bucket', { ...labels, le: '+Inf' }, (i) => rows[i]?.count)
  add('demo_api_request_duration_seconds_count', labels, (i) => rows[i]?.count)
  add('demo_api_request_duration_seconds_sum', labels, (i) => rows[i]?.sum)
}

/** Mulberry32: the same numbers everywhere. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
