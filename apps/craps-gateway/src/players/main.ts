import { createBoxman } from 'boxman'
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

async function settingsOrExit(): Promise<PlayersSettings> {
  try {
    return readSettings(process.env)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    process.stderr.write(`players: ${error.message}\n`)
    await tell({ type: 'failed', reason: error.message })
    process.exit(1)
  }
}

const settings = await settingsOrExit()
const boxman = await createBoxman({
  service: 'craps-players',
  version: '0.1.0',
  admin: { port: 0 },
  log: { level: 'warn' },
  store: { enabled: false, instance: `players-${settings.process}` },
})
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
setTimeout(() => void leave(0), settings.maxDurationMs).unref()
const reports = setInterval(() => void tell({ type: 'stats', stats: crowd.stats() }), STATS_MS)

await crowd.open()
await tell({ type: 'ready', adminUrl: boxman.admin.url })
await crowd.done()
