import client from 'prom-client'
import { expose, Registry } from 'boxman/metrics'
import type { Case } from '../case.ts'

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** A histogram series with 11 buckets is 14 lines. */
const LINES_A_HISTOGRAM = BUCKETS.length + 3

interface Sink {
  count: (route: string, status: string) => void
  observe: (route: string, value: number) => void
}

/** Half counter lines, half histogram lines. */
function fill(lines: number, { count, observe }: Sink): void {
  for (let i = 0; i < lines / 2; i++) count(`/tables/:id/part-${i}`, '200')
  for (let i = 0; i < lines / 2 / LINES_A_HISTOGRAM; i++) observe(`/tables/:id/part-${i}`, (i % 100) / 37)
}

const counter = { name: 'requests_total', help: 'Requests.', labelNames: ['route', 'status'] as const }
const histogram = { name: 'latency_seconds', help: 'Latency.', labelNames: ['route'] as const, buckets: BUCKETS }

function pageOf(lines: number): Case {
  return {
    name: `page of ${lines.toLocaleString('en').replaceAll(',', ' ')} lines, as bytes`,
    peerName: 'prom-client 15.1.3',
    unit: 'ms',
    ours: () => {
      const registry = new Registry({ maxSeriesPerMetric: 100_000 })
      const requests = registry.counter(counter)
      const latency = registry.histogram(histogram)
      fill(lines, {
        count: (route, status) => requests.inc({ route, status }),
        observe: (route, value) => latency.observe({ route }, value),
      })
      return async (times) => {
        for (let i = 0; i < times; i++) for await (const _ of expose(registry).body);
      }
    },
    peer: () => {
      const registers = [new client.Registry()]
      const requests = new client.Counter({ ...counter, registers })
      const latency = new client.Histogram({ ...histogram, registers })
      fill(lines, {
        count: (route, status) => requests.inc({ route, status }),
        observe: (route, value) => latency.observe({ route }, value),
      })
      return async (times) => {
        for (let i = 0; i < times; i++) Buffer.from((await registers[0]?.metrics()) ?? '')
      }
    },
  }
}

export const cases: readonly Case[] = [pageOf(1000), pageOf(10_000)]
