import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { createBoxman } from 'boxman'
import type { Dashboard } from 'boxman/packs'
import { chromium } from 'playwright-core'

/**
 * What an open console costs: the CPU of all processes of Chromium, and the heap of the tab, with 20 live charts of 5 lines in sight.
 * `node bench/dist/console/tab.js [SECONDS] [ROUNDS]`, a line of JSON a round.
 */
const [seconds = 60, rounds = 1] = process.argv.slice(2).map(Number)
const CHARTS = 20
const LINES = 5
const WARM_MS = 20_000
const TICKS_A_SECOND = 100
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

const dashboard: Dashboard = {
  id: 'twenty',
  title: 'Twenty charts',
  rows: [
    {
      title: 'All',
      panels: Array.from({ length: CHARTS }, (_, i) => ({
        kind: 'time-series',
        title: `Chart ${i + 1}`,
        width: 6,
        unit: 'per-second',
        queries: [{ expr: `sum by (line) (rate(twenty_total{chart="${i}"}[$__rate_interval]))`, legend: '{{line}}' }],
      })),
    },
  ],
}

const boxman = await createBoxman({ service: 'twenty', admin: { port: 0 }, log: false, store: { intervalMs: 1000 } })
const counter = boxman.metrics.counter({ name: 'twenty_total', help: 'Something.', labelNames: ['chart', 'line'] })
boxman.use({ name: 'twenty', dashboards: [dashboard], install: () => undefined })
const feeding = setInterval(() => {
  for (let chart = 0; chart < CHARTS; chart++) {
    for (let line = 0; line < LINES; line++) counter.inc({ chart, line }, Math.random() * (line + 1))
  }
}, 100)

interface Process {
  readonly parent: number
  readonly ticks: number
}

/** CPU of all that this process has started, in seconds. */
function cpuOfChildren(): number {
  const all = new Map<number, Process>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      all.set(Number(entry), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) })
    } catch {
      // It has ended.
    }
  }
  const isOurs = (pid: number): boolean => {
    const parent = all.get(pid)?.parent
    return parent !== undefined && (parent === process.pid || isOurs(parent))
  }
  let ticks = 0
  for (const [pid, each] of all) if (isOurs(pid)) ticks += each.ticks
  return ticks / TICKS_A_SECOND
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, ...QUIET] })
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 2400 } })
  await page.goto(`${boxman.admin.url ?? ''}/#/dashboards/twenty?from=now-10m`)
  await page
    .locator('canvas')
    .nth(CHARTS - 1)
    .waitFor({ timeout: 60_000 })
  await page.waitForTimeout(WARM_MS)
  // The button that says when the last tick came changes with each.
  await page.evaluate(
    `globalThis.ticks = 0; new MutationObserver(() => globalThis.ticks++)
      .observe(document.querySelector('.live'), { attributes: true, attributeFilter: ['title'] })`,
  )
  const ticksOf = async (): Promise<number> => Number(await page.evaluate('globalThis.ticks'))
  const session = await page.context().newCDPSession(page)
  for (let round = 0; round < rounds; round++) {
    await session.send('HeapProfiler.collectGarbage')
    const ticksBefore = await ticksOf()
    const [begun, before] = [performance.now(), cpuOfChildren()]
    await page.waitForTimeout(seconds * 1000)
    const took = (performance.now() - begun) / 1000
    const cpu = cpuOfChildren() - before
    await session.send('HeapProfiler.collectGarbage')
    const { usedSize } = await session.send('Runtime.getHeapUsage')
    process.stdout.write(
      `${JSON.stringify({
        round,
        cpuPercent: Number(((cpu / took) * 100).toFixed(1)),
        ticksASecond: Number((((await ticksOf()) - ticksBefore) / took).toFixed(2)),
        heapMiB: Number((usedSize / 2 ** 20).toFixed(2)),
      })}\n`,
    )
  }
} finally {
  await browser.close()
  clearInterval(feeding)
  await boxman.stop()
}
