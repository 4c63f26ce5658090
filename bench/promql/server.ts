import { createWriteStream, openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { createBoxman } from 'boxman'
import { fill } from './data.ts'

/** CPU time of this thread so far: others may have the processor meanwhile, which is not this thread's doing. Linux tells it. */
const schedule = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
const text = Buffer.alloc(64)

function ownMs(): number {
  const length = readSync(schedule, text, 0, text.length, 0)
  return Number(text.toString('latin1', 0, length).split(' ')[0]) / 1e6
}

/** Turns of the event loop and garbage collections since they were last asked for, ms. */
export interface Probe {
  readonly longestTurnMs: number
  readonly turns: number
  readonly longestGcMs: number
  readonly gcMs: number
}

const boxman = await createBoxman(
  {
    service: 'bench',
    admin: { port: 0 },
    store: { retentionMs: 3 * 86_400_000, intervalMs: 3_600_000 },
    log: { enabled: false },
  },
  { logDestination: createWriteStream('/dev/null') },
)
if (boxman.store === undefined) throw new Error('BUG: a service without a store')
fill(boxman.store)

let probe = { longestTurnMs: 0, turns: 0, longestGcMs: 0, gcMs: 0 }
let probing = false
let last = 0

function turn(): void {
  const now = ownMs()
  if (now - last > probe.longestTurnMs) probe.longestTurnMs = now - last
  probe.turns++
  last = now
  if (probing) setImmediate(turn)
}

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    probe.gcMs += duration
    if (duration > probe.longestGcMs) probe.longestGcMs = duration
  }
}).observe({ entryTypes: ['gc'] })

/** `probe` begins to look at the turns; `told` ends it and answers. */
process.on('message', (message) => {
  if (message === 'probe') {
    probe = { longestTurnMs: 0, turns: 0, longestGcMs: 0, gcMs: 0 }
    last = ownMs()
    probing = true
    setImmediate(turn)
    process.send?.('probing')
  } else {
    probing = false
    process.send?.(probe)
  }
})
process.on('disconnect', () => process.exit(0))
process.send?.(boxman.admin.url)
