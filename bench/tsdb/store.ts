import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openTsdb } from 'boxman/tsdb'
import type { Case, ReadCase, Reading } from '../case.ts'
import { installedPrometheus, Prometheus } from '../prometheus.ts'
import { bytesIn, newFolder, requestsOf, REQUEST_SAMPLES, rowsOf, Scraped, STEP_MS } from './load.ts'
import { nodePages } from './node-page.ts'

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url))
const HOUR = 3_600_000
const LIMITS = { maxBytes: 2 ** 30, retentionMs: 24 * HOUR }
const ROWS_A_READING = 40
/** Steps of a second: all readings together stay within the hours that a head holds. */
const RATE_STEP_MS = 1000
const SAMPLES_TO_REPLAY = 5_000_000

const installed = installedPrometheus()

/** The figure is the same every time, or takes minutes: it is taken once a process. */
function onceOnly(take: () => Promise<number>): Reading {
  let taken: Promise<number> | undefined
  return () => () => (taken ??= take())
}

function startWorker(...args: string[]): { child: ChildProcess; figure: Promise<number> } {
  const child = spawn(process.execPath, [WORKER, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  process.on('exit', () => child.kill('SIGKILL'))
  const figure = new Promise<number>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', (text: string) => resolve(Number(text)))
    child.once('exit', (code) => reject(new Error(`the worker ended with code ${code}`)))
  })
  return { child, figure }
}

const page = nodePages(REQUEST_SAMPLES)

/** Samples a second of `append`, which takes one row. */
function rate(start: () => Promise<(at: number, values: Float64Array) => Promise<() => Promise<void>>>): Reading {
  return () => {
    const started = start()
    let at = Date.now() - 2 * HOUR
    return async () => {
      const prepare = await started
      const ready: (() => Promise<void>)[] = []
      for (const values of rowsOf(page, ROWS_A_READING)) ready.push(await prepare((at += RATE_STEP_MS), values))
      const began = performance.now()
      for (const append of ready) await append()
      return (ROWS_A_READING * page.length) / ((performance.now() - began) / 1000)
    }
  }
}

const appended = rate(async () => {
  const scraped = new Scraped(await openTsdb({ ...LIMITS, folder: newFolder() }), page)
  return async (at, values) => async () => scraped.append(at, values)
})

const received = rate(async () => {
  const peer = await started()
  return async (at, values) => {
    const requests = await requestsOf(page, values, at)
    return async () => {
      for (const request of requests) await peer.write(request)
    }
  }
})

async function started(): Promise<Prometheus> {
  if (installed === undefined) throw new Error('no Prometheus')
  const peer = new Prometheus(installed.binary)
  await peer.start()
  return peer
}

/** Bytes a sample of blocks of the page over six hours. */
async function blockBytes(): Promise<number> {
  const pages = nodePages(2000)
  const folder = newFolder()
  const db = await openTsdb({ ...LIMITS, folder })
  const scraped = new Scraped(db, pages)
  const start = Math.ceil(1_760_000_000_000 / (2 * HOUR)) * 2 * HOUR
  for (const [i, values] of rowsOf(pages, 6 * 240).entries()) await scraped.append(start + i * STEP_MS, values)
  await db.step(start + 9 * HOUR)
  await db.close()
  return bytesIn(`${folder}/blocks`) / (pages.length * 6 * 240)
}

async function chunkBytes(): Promise<number> {
  const pages = nodePages(2000)
  const peer = await started()
  const start = Date.now() - 3 * HOUR
  const rows = rowsOf(pages, 2 * 240)
  for (const [i, values] of rows.entries()) {
    for (const request of await requestsOf(pages, values, start + i * STEP_MS)) await peer.write(request)
  }
  const bytes = bytesIn(await peer.snapshot(), (file) => file.includes('/chunks/'))
  await peer.stop()
  return bytes / (pages.length * rows.length)
}

async function openAfterKill(): Promise<number> {
  const folder = newFolder()
  const { child, figure } = startWorker('fill', folder, String(SAMPLES_TO_REPLAY))
  await figure
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  return startWorker('open', folder).figure
}

/** Ready, with the same samples, minus what an empty one takes. */
async function peerOpenAfterKill(): Promise<number> {
  const empty = await started()
  await empty.kill()
  const idle = await empty.start()
  await empty.stop()
  const peer = await started()
  const pages = nodePages(10_000)
  const start = Date.now() - 2.5 * HOUR
  for (let row = 0; row < SAMPLES_TO_REPLAY / pages.length; row++) {
    const [values] = rowsOf(pages, 1)
    if (values === undefined) continue
    for (const request of await requestsOf(pages, values, start + row * STEP_MS)) await peer.write(request)
  }
  await peer.kill()
  const ms = await peer.start()
  await peer.stop()
  return ms - idle
}

async function peerMemory(): Promise<number> {
  const peer = await started()
  const pages = nodePages(10_000)
  const start = Date.now() - 6 * HOUR
  const before = peer.residentBytes
  for (let row = 0; row < 6 * 240; row++) {
    const [values] = rowsOf(pages, 1)
    if (values === undefined) continue
    for (const request of await requestsOf(pages, values, start + row * STEP_MS)) await peer.write(request)
  }
  const bytes = peer.residentBytes - before
  await peer.stop()
  return bytes / 1e6
}

const memory = onceOnly(() => startWorker('memory').figure)
const opened = onceOnly(openAfterKill)

const bounds: readonly ReadCase[] = [
  bound('bytes a sample, mixed page of a Node service', 'bytes', onceOnly(blockBytes), 1),
  bound('memory, 10 000 series x 6 h', 'MB', memory, 80),
  bound('open after a kill, 5 million samples', 'ms', opened, 1000),
  bound(
    'longest event-loop block during appends, blocks and queries, CPU time of the main thread',
    'ms',
    onceOnly(() => startWorker('block', newFolder()).figure),
    10,
  ),
]

function bound(name: string, unit: ReadCase['unit'], ours: Reading, most: number): ReadCase {
  return { name, unit, ours, peerName: 'the bound', peer: () => () => most }
}

const peerName = installed?.name ?? ''
const peers: readonly ReadCase[] = [
  {
    name: "direct append from the registry against Prometheus' receive rate",
    unit: 'samples/s',
    peerName,
    ours: appended,
    peer: received,
  },
  {
    name: 'bytes a sample, mixed page of a Node service',
    unit: 'bytes',
    peerName,
    ours: onceOnly(blockBytes),
    peer: onceOnly(chunkBytes),
  },
  {
    name: 'open after a kill, 5 million samples',
    unit: 'ms',
    peerName,
    ours: opened,
    peer: onceOnly(peerOpenAfterKill),
  },
  { name: 'memory, 10 000 series x 6 h', unit: 'MB', peerName, ours: memory, peer: onceOnly(peerMemory) },
]

export const cases: readonly Case[] = [...bounds, ...(installed === undefined ? [] : peers)]
