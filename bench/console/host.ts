import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { median, type Rows } from '../case.ts'

/** Rounds of queries by then, so that their code is compiled, and the pace is found. */
const WARM_UP_MS = 60_000
const WINDOW_MS = 30_000
/** As twenty charts of an overview ask them. */
const QUERIES = [
  ...['p50', 'p99', 'max'].map((figure) => `nodejs_event_loop_lag_${figure}_seconds`),
  'nodejs_event_loop_utilization_ratio',
  ...['used', 'total'].map((part) => `nodejs_heap_${part}_bytes`),
  'sum by (kind) (rate(nodejs_gc_duration_seconds_sum[60s]))',
  'sum(rate(rolls_total[60s]))',
  'sum by (outcome) (rate(rolls_total[60s]))',
  'topk(10, sum by (table) (rate(rolls_total[60s])))',
  ...[0.5, 0.95, 0.99].map((q) => `histogram_quantile(${q}, sum by (le) (rate(bet_seconds_bucket[60s])))`),
  'topk(10, histogram_quantile(0.99, sum by (le, route) (rate(bet_seconds_bucket[60s]))))',
  'topk(10, sum by (route) (rate(bet_seconds_count[60s])))',
  'sum by (le) (rate(bet_seconds_bucket[60s]))',
  'avg(bank)',
  'topk(5, bank)',
  'up',
  'boxman_tsdb_series',
]

/** What one open console takes of a service's processor: with one, and without. */
export const rows: Rows = async function* (processes) {
  const [ours, peer]: [number[], number[]] = [[], []]
  for (let round = 0; round < Math.min(processes, 3); round++) {
    const service = fork(fileURLToPath(new URL('service.js', import.meta.url)))
    const { url } = await told<{ url: string }>(service)
    await sleep(WARM_UP_MS / 2)
    peer.push(await shareOf(service))
    const leave = await watch(url)
    await sleep(WARM_UP_MS)
    ours.push(await shareOf(service))
    leave()
    service.kill()
  }
  yield {
    case: 'a service of 1700 series with one console open: 20 charts, live, against none open',
    peerName: 'no console open',
    better: 'lower',
    unit: '% of a core',
    ours: median(ours),
    peer: median(peer),
  }
}

async function told<T>(service: ChildProcess): Promise<T> {
  const [message]: unknown[] = await once(service, 'message')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as service.ts sends it
  return message as T
}

async function cpuMsOf(service: ChildProcess): Promise<number> {
  service.send('cpu')
  const { cpu } = await told<{ cpu: NodeJS.CpuUsage }>(service)
  return (cpu.user + cpu.system) / 1000
}

/** In percent of a core. */
async function shareOf(service: ChildProcess): Promise<number> {
  const [before, begun] = [await cpuMsOf(service), performance.now()]
  await sleep(WINDOW_MS)
  return (100 * ((await cpuMsOf(service)) - before)) / (performance.now() - begun)
}

/** A console as the server sees it. Returns what closes it. */
async function watch(url: string): Promise<() => void> {
  const abort = new AbortController()
  const { body } = await fetch(`${url}/api/console/stream`, { signal: abort.signal })
  if (body === null) throw new Error('the stream has no body')
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  const { value = '' } = await reader.read()
  const id = /"id":"([^"]+)"/.exec(value)?.[1] ?? ''
  const headers = { 'content-type': 'application/json' }
  const asked = await fetch(`${url}/api/console/stream/${id}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ queries: QUERIES }),
  })
  if (!asked.ok) throw new Error(`the stream refused its queries: ${await asked.text()}`)
  const read = async (): Promise<void> => {
    while (!(await reader.read()).done);
  }
  read().catch(() => undefined)
  return () => abort.abort()
}
