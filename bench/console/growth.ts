import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type CDPSession, chromium } from 'playwright-core'

/**
 * Whether a service, and the tab that looks at it, take more memory the longer they run.
 * `node bench/dist/console/growth.js [MINUTES] [PAGE...]`, such as `10 overview logs`; without a page no console is open.
 * A line of JSON a minute: MiB of the process, of it in use after a garbage collection, and of each tab the heap, nodes and listeners.
 */
const [minutes = '10', ...pages] = process.argv.slice(2)
const MINUTE_MS = 60_000
const MIB = 2 ** 20
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const QUIET = ['--disable-background-networking', '--disable-component-update', '--disable-sync']

interface Tab {
  readonly name: string
  readonly session: CDPSession
}

interface Memory {
  readonly rss: number
  readonly held: NodeJS.MemoryUsage
}

const mib = (bytes: number): number => Number((bytes / MIB).toFixed(2))

async function openTabs(browser: Browser, url: string): Promise<readonly Tab[]> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } })
  const tabs: Tab[] = []
  for (const name of pages) {
    const page = await context.newPage()
    await page.goto(`${url}/#/${name}`)
    const session = await context.newCDPSession(page)
    await session.send('Performance.enable')
    tabs.push({ name, session })
  }
  return tabs
}

async function sizeOf({ name, session }: Tab): Promise<readonly [name: string, size: object]> {
  await session.send('HeapProfiler.collectGarbage')
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (wanted: string): number => metrics.find(({ name: each }) => each === wanted)?.value ?? NaN
  return [name, { heap: mib(of('JSHeapUsedSize')), nodes: of('Nodes'), listeners: of('JSEventListeners') }]
}

const service = fork(fileURLToPath(new URL('service.js', import.meta.url)))
const browser =
  pages.length === 0
    ? undefined
    : await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, ...QUIET] })

async function told<T>(): Promise<T> {
  const [message]: unknown[] = await once(service, 'message')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as service.ts sends it
  return message as T
}

try {
  const { url } = await told<{ url: string }>()
  const tabs = browser === undefined ? [] : await openTabs(browser, url)
  for (let minute = 1; minute <= Number(minutes); minute++) {
    await sleep(MINUTE_MS)
    service.send('memory')
    const { rss, held } = await told<Memory>()
    const sizes: (readonly [string, object])[] = []
    for (const tab of tabs) sizes.push(await sizeOf(tab))
    const { heapUsed, external } = held
    const line = {
      minute,
      rss: mib(rss),
      heapUsed: mib(heapUsed),
      external: mib(external),
      ...Object.fromEntries(sizes),
    }
    process.stdout.write(`${JSON.stringify(line)}\n`)
  }
} finally {
  await browser?.close()
  service.kill()
}
