import client from 'prom-client'
import { Registry, serveMetrics } from 'boxman/metrics'

const SERIES = 5000

/** All series have changed whenever a page is asked for. */
const counter = { name: 'requests_total', help: 'Requests.', labelNames: ['route', 'status'] as const }
const labels = Array.from({ length: SERIES }, (_, i) => ({
  route: `/tables/:id/part-${i >> 2}`,
  status: String(200 + (i & 3)),
}))

const registry = new Registry()
registry.counter({
  ...counter,
  collect: (requests) => {
    for (const each of labels) requests.inc(each)
  },
})
serveMetrics(registry)

const theirs = new client.Registry()
const requests: client.Counter<'route' | 'status'> = new client.Counter({
  ...counter,
  registers: [theirs],
  collect: () => {
    for (const each of labels) requests.inc(each)
  },
})
client.AggregatorRegistry.setRegistries(theirs)
new client.AggregatorRegistry() // oxlint-disable-line no-new -- from here on it listens
process.send?.('ready')
