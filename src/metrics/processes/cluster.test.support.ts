import cluster from 'node:cluster'
import { once } from 'node:events'
import { Registry } from '../registry.ts'
import { attachCluster } from './attach-cluster.ts'
import { serveMetrics } from './serve-metrics.ts'

/** The primary of a cluster of three, each of which counts to ten. It tells its own parent what it sees. */
const registry = new Registry()
const hits = registry.counter({ name: 'hits_total', help: 'Hits.' })

async function total(): Promise<number> {
  const [family] = await registry.collect()
  const [series] = family?.series ?? []
  return series !== undefined && 'value' in series ? series.value : NaN
}

if (cluster.isPrimary) {
  const attached = attachCluster(registry, cluster, { timeoutMs: 20_000 })
  const workers = [cluster.fork(), cluster.fork(), cluster.fork()]
  await Promise.all(workers.map(async (worker) => once(worker, 'message')))
  const all = await total()
  workers[0]?.process.kill('SIGKILL')
  if (workers[0] !== undefined) await once(workers[0], 'exit')
  const afterKill = await total()
  await once(cluster.fork(), 'message')
  const said = { all, afterKill, afterRestart: await total(), failures: attached.stats.scrapeFailures }
  process.send?.(said, () => process.exit(0))
} else {
  hits.inc(10)
  serveMetrics(registry)
}
