import { Engine } from 'boxman/promql'
import { openTsdb } from 'boxman/tsdb'
import { bytesInUse, collectGarbage } from '../heap.ts'
import { mainThreadMs } from '../thread-clock.ts'
import { rowsOf, Scraped, STEP_MS } from './load.ts'
import { nodePages } from './node-page.ts'

const SERIES = 10_000
const WINDOW_MS = 7_200_000
const T0 = Math.ceil(1_760_000_000_000 / WINDOW_MS) * WINDOW_MS
const LIMITS = { maxBytes: 2 ** 30, retentionMs: 86_400_000 }

const QUERIES = [
  'sum by (route) (rate(http_request_duration_ms_count[5m]))',
  'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_ms_bucket[5m])))',
  'count({__name__=~".+", instance!~"gateway-1.*"})',
]

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function memoryUsed(): Promise<{ resident: number; inUse: number }> {
  for (let i = 0; i < 3; i++) await collectGarbage()
  return { resident: process.memoryUsage.rss(), inUse: bytesInUse() }
}

/**
 * MB that six hours of the page take, all of them in memory: how much more of the process is resident, or how much more is in use if
 * that is more, since the system does not take back at once what was used before.
 */
async function memory(): Promise<number> {
  const page = nodePages(SERIES)
  const before = await memoryUsed()
  const db = await openTsdb(LIMITS)
  const scraped = new Scraped(db, page)
  const values = new Float64Array(page.length)
  for (let row = 0; row < 6 * 240; row++) {
    page.forEach((series, i) => (values[i] = series.next()))
    await scraped.append(T0 + row * STEP_MS, values)
  }
  const after = await memoryUsed()
  // Used once more: what nobody needs any longer is collected.
  if (db.stats.series !== SERIES) throw new Error(`${db.stats.series} series`)
  return Math.max(after.resident - before.resident, after.inUse - before.inUse) / 1e6
}

/** Puts samples into the folder's log, and waits for the end. */
async function fill(folder: string, samples: number): Promise<number> {
  const page = nodePages(SERIES)
  const scraped = new Scraped(await openTsdb({ ...LIMITS, folder }), page)
  for (let row = 0; row < samples / SERIES; row++) {
    await scraped.append(
      T0 + row * STEP_MS,
      Float64Array.from(page, (series) => series.next()),
    )
  }
  setInterval(() => undefined, 1000)
  return samples
}

/** How long it takes to open the folder, in ms; on a busy machine no more than the time in which this process worked. */
async function open(folder: string): Promise<number> {
  const began = performance.now()
  const before = process.cpuUsage()
  const db = await openTsdb({ ...LIMITS, folder })
  const { user, system } = process.cpuUsage(before)
  const ms = Math.min(performance.now() - began, (user + system) / 1000)
  await db.close()
  return ms
}

/**
 * The longest time between two turns of the event loop, in ms, while six hours are appended, blocks are written and queries read.
 * It is the main thread's CPU time: other processes may hold the machine for a while.
 */
async function longestBlock(folder: string): Promise<number> {
  const page = nodePages(SERIES)
  const rows = rowsOf(page, 6 * 240)
  const db = await openTsdb({ ...LIMITS, folder })
  const engine = new Engine({ queryable: db, pause: nextTurn, now: () => performance.now() })
  const scraped = new Scraped(db, page)
  // The first scrape makes the series, in code that was never run before.
  await scraped.append(T0 - STEP_MS, rows[0] ?? new Float64Array(0))
  let longest = 0
  let last = mainThreadMs()
  const look = (): void => {
    const now = mainThreadMs()
    longest = Math.max(longest, now - last)
    last = now
    next = setImmediate(look)
  }
  let next = setImmediate(look)
  for (const [i, values] of rows.entries()) {
    const at = T0 + i * STEP_MS
    await scraped.append(at, values)
    await nextTurn()
    if (i % 41 !== 40) continue
    const answer = await engine.range(QUERIES[i % QUERIES.length] ?? '', at - 3_600_000, at, 60_000)
    if (!answer.ok) throw new Error(answer.error.message)
  }
  clearImmediate(next)
  await db.close()
  return longest
}

const [role, folder = '', count = '0'] = process.argv.slice(2)
const figure =
  role === 'memory'
    ? await memory()
    : role === 'fill'
      ? await fill(folder, Number(count))
      : role === 'open'
        ? await open(folder)
        : await longestBlock(folder)
process.stdout.write(`${figure}\n`)
