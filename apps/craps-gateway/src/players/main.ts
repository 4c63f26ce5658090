import { once } from 'node:events'
import { type Boxman, createBoxman } from 'boxman'
import { verifyProof } from '../consensus/index.ts'
import { Crowd } from './crowd.ts'
import { type PlayersSettings, readSettings } from './settings.ts'

const STATS_MS = 1000

/** The parent may be gone, or there may be none. */
function tell(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve())
    else resolve()
  })
}

/** Where `PLAYERS_GATEWAY` is `parent`, the parent tells it later: it starts both at a time. */
async function readEnvironment(): Promise<NodeJS.ProcessEnv> {
  const { env } = process
  if (env['PLAYERS_GATEWAY'] !== 'parent' || !process.connected) return env
  const orphaned = (): never => process.exit(0)
  process.on('disconnect', orphaned)
  const [told]: readonly unknown[] = await once(process, 'message')
  process.off('disconnect', orphaned)
  const gateway = typeof told === 'object' && told !== null && 'gateway' in told ? String(told.gateway) : undefined
  return { ...env, PLAYERS_GATEWAY: gateway }
}

async function begin(): Promise<readonly [PlayersSettings, Boxman]> {
  return await Promise.all([
    readEnvironment().then(readSettings),
    createBoxman({
      service: 'craps-players',
      version: '0.1.0',
      admin: { port: 0 },
      log: { level: 'warn' },
      tracing: { maxSpans: 5000, openTelemetry: false },
      store: { enabled: false, instance: `players-${process.env['PLAYERS_PROCESS'] ?? 1}` },
    }),
  ])
}

async function fail(error: unknown): Promise<never> {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`players: ${reason}\n`)
  await tell({ type: 'failed', reason })
  process.exit(1)
}

const [settings, boxman] = await begin().catch(fail)
const crowd = new Crowd(settings, verifyProof, boxman.tracer)

let isLeaving = false
async function leave(code: number): Promise<void> {
  if (isLeaving) return
  isLeaving = true
  clearInterval(reports)
  await crowd.close()
  await boxman.stop()
  const stats = crowd.stats()
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(stats)}\n`)
  await tell({ type: 'stats', stats })
  process.exit(code)
}

// A terminal sends it to everyone at once: the parent decides who leaves first.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => void leave(0))
if (process.connected) process.on('disconnect', () => void leave(0))
else if (process.send !== undefined) await leave(0)
setTimeout(() => void leave(0), settings.maxDurationMs).unref()
const reports = setInterval(() => void tell({ type: 'stats', stats: crowd.stats() }), STATS_MS)

await crowd.open()
await tell({ type: 'ready', adminUrl: boxman.admin.url })
await crowd.done()
