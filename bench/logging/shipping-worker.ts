import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { mainThreadMs } from '../thread-clock.ts'
import { createLogger, createSink, type LineSink } from 'boxman/logging'

export type Sink = 'none' | 'refused' | 'hanging' | 'spooled'

export interface Figures {
  readonly loopP99Ms: number
  /** CPU time of the main thread from one tick to the next. */
  readonly tickP99Ms: number
  readonly cpuPercent: number
  readonly heldMb: number
}

const TICK_MS = 10
const LINES_A_TICK = 100
const WARM_UP_MS = 3000
const RUN_MS = 12_000
const MB = 1e6

async function sinkOf(kind: Sink, folder: string): Promise<LineSink | undefined> {
  if (kind === 'none') return undefined
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.resume()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (kind !== 'hanging') server.close()
  const spool = kind === 'spooled' ? { spool: folder, spoolMaxBytes: 16 * 1024 * 1024 } : {}
  return createSink(
    { kind: 'fluentd', url: `tcp://127.0.0.1:${port}`, maxBackoffMs: 1000, timeoutMs: 2000, ...spool },
    { service: 'bench', host: 'here', pid: process.pid, now: Date.now },
  )
}

async function run(kind: Sink): Promise<Figures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-bench-'))
  const sink = await sinkOf(kind, folder)
  const log = createLogger({
    service: 'bench',
    destination: { write: () => undefined },
    ...(sink === undefined ? {} : { sinks: [sink] }),
  })
  globalThis.gc?.()
  const before = memory()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let number = 0
  let measuring = false
  let busyMs = 0
  const ticks: number[] = []
  const timer = setInterval(() => {
    const busy = mainThreadMs()
    if (measuring) ticks.push(busy - busyMs)
    busyMs = busy
    for (let i = 0; i < LINES_A_TICK; i++) {
      log.info({ number: number++, route: '/tables/:id/rolls', table: 'T7', amount: 25 }, 'Dice have been rolled')
    }
  }, TICK_MS)
  await sleep(WARM_UP_MS)
  const cpu = process.cpuUsage()
  delay.enable()
  measuring = true
  await sleep(RUN_MS)
  delay.disable()
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(timer)
  globalThis.gc?.()
  const heldMb = (memory() - before) / MB
  await sink?.stop(0)
  rmSync(folder, { recursive: true, force: true })
  return {
    loopP99Ms: delay.percentile(99) / 1e6,
    tickP99Ms: ticks.toSorted((a, b) => a - b)[Math.floor(ticks.length * 0.99)] ?? NaN,
    cpuPercent: (user + system) / 10 / RUN_MS,
    heldMb,
  }
}

function memory(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const figures = await run((process.argv[2] ?? 'none') as Sink) // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own parent's word
process.send?.(figures, () => process.exit(0))
