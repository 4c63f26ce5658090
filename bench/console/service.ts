import v8 from 'node:v8'
import vm from 'node:vm'
import { createBoxman } from 'boxman'

/** A service of some 1700 series: counters by table, a histogram by route, and what every service has. Tells its parent where it is. */
const TABLES = 150
const ROUTES = 50
const OUTCOMES = ['pass', 'miss', 'push', 'void']
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]

const boxman = await createBoxman({ service: 'bench', admin: { port: 0 } }, { env: { BOXMAN_LOG_LEVEL: 'silent' } })
const { metrics } = boxman
const rolls = metrics.counter({ name: 'rolls_total', help: 'Rolls.', labelNames: ['table', 'outcome'] })
const bank = metrics.gauge({ name: 'bank', help: 'What the house holds.', labelNames: ['table'] })
const bets = metrics.histogram({ name: 'bet_seconds', help: 'Bets.', labelNames: ['route'], buckets: BUCKETS })

function play(): void {
  for (let table = 0; table < TABLES; table++) {
    for (const outcome of OUTCOMES) rolls.inc({ table: `T${table}`, outcome })
    bank.set({ table: `T${table}` }, Math.random())
  }
  for (let route = 0; route < ROUTES; route++) bets.observe({ route: `/r${route}` }, Math.random())
}

play()
setInterval(play, 1000)
v8.setFlagsFromString('--expose-gc')
const collect: unknown = vm.runInNewContext('gc')

/** Before what is garbage is taken away, as it would go by itself, and after. */
function memory(): Readonly<Record<'rss' | 'held', NodeJS.MemoryUsage | number>> {
  const { rss } = process.memoryUsage()
  if (typeof collect === 'function') collect()
  return { rss, held: process.memoryUsage() }
}

process.on('message', (asked) => process.send?.(asked === 'memory' ? memory() : { cpu: process.cpuUsage() }))
process.send?.({ url: boxman.admin.url })
