import { type ChildProcess, fork } from 'node:child_process'
import { Agent, get } from 'node:http'
import { fileURLToPath } from 'node:url'
import { type Case, median, type Reading } from '../case.ts'
import { END, SAMPLES, SERIES, START } from './data.ts'
import { installedPrometheus } from '../prometheus.ts'
import { startPeer } from './peer.ts'
import type { Probe } from './server.ts'

const RATE = 'sum by (route) (rate(x[5m]))'
const QUANTILE = 'histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m])))'
const AVERAGE = 'sum(avg_over_time(g[1h]))'
const QUERIES = [RATE, QUANTILE, AVERAGE, 'x']

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function instantPath(query: string): string {
  return `/api/v1/query?query=${encodeURIComponent(query)}&time=${END / 1000}`
}

function rangePath(query: string): string {
  return `/api/v1/query_range?query=${encodeURIComponent(query)}&start=${START / 1000}&end=${END / 1000}&step=60`
}

/** Reads the whole answer; returns how many bytes it has. */
async function ask(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(`${url}${path}`, { agent }, (response) => {
      let bytes = 0
      response
        .on('data', (piece: Buffer) => (bytes += piece.length))
        .once('end', () => {
          if (response.statusCode === 200) resolve(bytes)
          else reject(new Error(`${path}: ${response.statusCode}`))
        })
        .once('error', reject)
    }).once('error', reject)
  })
}

async function message<T>(child: ChildProcess, question?: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the server ended with code ${code}`))
    child.once('exit', ended)
    child.once('message', (answer) => {
      child.off('exit', ended)
      resolve(answer as T) // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own child's message
    })
    if (question !== undefined) child.send(question)
  })
}

async function startOurs(): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('./server.js', import.meta.url)))
  process.once('exit', () => child.kill('SIGKILL'))
  return { url: await message<string>(child), child }
}

/** Milliseconds from the request to the end of the answer; short ones are asked several times. */
function timed(start: () => Promise<string>, path: string, times: number): Reading {
  return () => {
    const started = start()
    return async () => {
      const url = await started
      const took: number[] = []
      for (let i = 0; i < times; i++) {
        const begun = performance.now()
        const bytes = await ask(url, path)
        took.push(performance.now() - begun)
        if (bytes < 500) throw new Error(`${path}: an answer of ${bytes} bytes`)
      }
      return median(took)
    }
  }
}

/** Of the turns that the event loop takes while all queries are asked. */
function probed(pick: (probe: Probe) => number): Reading {
  return () => {
    const started = startOurs()
    return async () => {
      const { url, child } = await started
      await message(child, 'probe')
      const paths = [...QUERIES.map(rangePath), ...QUERIES.map(instantPath)]
      for (const path of paths) await ask(url, path)
      return pick(await message<Probe>(child, 'told'))
    }
  }
}

const what = `${SERIES} series of ${3 * SERIES}, ${SAMPLES} samples each`

const installed = installedPrometheus()

/** None without a Prometheus. */
function against(name: string, path: string, times = 1): readonly Case[] {
  if (installed === undefined) return []
  const { binary, name: peerName } = installed
  const ours = timed(async () => (await startOurs()).url, path, times)
  return [{ name, peerName, unit: 'ms', ours, peer: timed(() => startPeer(binary), path, times) }]
}

export const cases: readonly Case[] = [
  ...against(`${RATE}, ${what}`, rangePath(RATE)),
  ...against(`${QUANTILE}, ${what}`, rangePath(QUANTILE)),
  ...against(`${AVERAGE}, ${what}`, rangePath(AVERAGE)),
  ...against(`raw x as JSON, ${what}`, rangePath('x')),
  ...against(`the same as an instant query: ${RATE}, ${what}`, instantPath(RATE), 20),
  {
    name: 'longest event-loop block during all of it, CPU time of the main thread',
    peerName: 'a ceiling of 10 ms',
    unit: 'ms',
    ours: probed(({ longestTurnMs }) => longestTurnMs),
    peer: () => () => 10,
  },
  {
    name: 'longest garbage collection during all of it',
    peerName: 'a ceiling of 10 ms',
    unit: 'ms',
    ours: probed(({ longestGcMs }) => longestGcMs),
    peer: () => () => 10,
  },
]
