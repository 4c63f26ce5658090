import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import client from 'prom-client'
import { attachCluster, expose, Registry } from 'boxman/metrics'
import type { Case } from '../case.ts'

const WORKERS = 4

let started: Promise<unknown> | undefined

/** The workers serve both contenders. */
async function startWorkers(): Promise<void> {
  cluster.setupPrimary({ exec: fileURLToPath(new URL('cluster-worker.js', import.meta.url)), args: [], execArgv: [] })
  const ready = async (worker: Worker): Promise<unknown> => once(worker, 'message')
  started ??= Promise.all(Array.from({ length: WORKERS }, async () => ready(cluster.fork())))
  await started
}

/** What a series on the page says. */
function valueOf(page: string): number {
  return Number(/^requests_total\{route="\/tables\/:id\/part-1249",status="203"\} (\d+)$/m.exec(page)?.[1] ?? NaN)
}

function checkPage(page: string): void {
  const lines = page.split('\n').filter((line) => line.startsWith('requests_total{')).length
  if (lines !== 5000 || !(valueOf(page) >= WORKERS))
    throw new Error(`the page has ${lines} lines: ${page.slice(0, 200)}`)
}

export const cases: readonly Case[] = [
  {
    name: 'cluster, 4 workers x 5 000 series, aggregator CPU',
    peerName: 'prom-client 15.1.3 clusterMetrics()',
    unit: 'ms CPU',
    ours: async () => {
      await startWorkers()
      const registry = new Registry()
      const { stats } = attachCluster(registry, cluster, { timeoutMs: 60_000 })
      const page = async (): Promise<Buffer> => {
        const pieces: Uint8Array[] = []
        for await (const piece of expose(registry).body) pieces.push(piece)
        return Buffer.concat(pieces)
      }
      checkPage((await page()).toString())
      return async (times) => {
        for (let i = 0; i < times; i++) await page()
        if (stats.scrapeFailures > 0) throw new Error(`${stats.scrapeFailures} workers did not answer`)
      }
    },
    peer: async () => {
      await startWorkers()
      const aggregator = new client.AggregatorRegistry()
      checkPage(await aggregator.clusterMetrics())
      return async (times) => {
        for (let i = 0; i < times; i++) Buffer.from(await aggregator.clusterMetrics())
      }
    },
  },
]
