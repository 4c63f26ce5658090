import { createWriteStream } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'
import { createBoxman } from 'boxman'
import { mainThreadMs } from '../thread-clock.ts'
import { fill } from './data.ts'

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
  const now = mainThreadMs()
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
    last = mainThreadMs()
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
