import peer from 'prom-client'
import boxman from 'boxman/prom-client'
import type { Case, Contender } from '../case.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD']
const ROUTES = Array.from({ length: 20 }, (_, i) => `/tables/:id/part-${i}`)
const STATUSES = ['200', '202', '400', '404', '503']
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** 500 label triples in a fixed scrambled order, so that no contender profits from going round in order. */
const TRIPLES = METHODS.flatMap((method) =>
  ROUTES.flatMap((route) => STATUSES.map((status) => ({ method, route, status }))),
)
const ORDER = Uint16Array.from({ length: 4096 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % TRIPLES.length)

type Client = typeof peer

const counterOf = (client: Client) =>
  new client.Counter({
    name: 'requests_total',
    help: 'Requests.',
    labelNames: ['method', 'route', 'status'],
    registers: [new client.Registry()],
  })
const histogramOf = (client: Client, registers = [new client.Registry()]) =>
  new client.Histogram({
    name: 'latency_seconds',
    help: 'Latency.',
    labelNames: ['method', 'route'],
    buckets: BUCKETS,
    registers,
  })

/** The same program on both. */
function both(name: string, unit: Case['unit'], program: (client: Client) => ReturnType<Contender>): Case {
  // What compiles against prom-client's types is what is to run.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const ours = boxman as unknown as Client
  return { name, unit, peerName: 'prom-client 15.1.3', ours: () => program(ours), peer: () => program(peer) }
}

function pageOf(lines: number, name: string): Case {
  return both(name, 'ms', (client) => {
    const registry = new client.Registry()
    const counter = new client.Counter({
      name: 'requests_total',
      help: 'Requests.',
      labelNames: ['route', 'status'],
      registers: [registry],
    })
    const histogram = histogramOf(client, [registry])
    for (let i = 0; i < lines / 2; i++) counter.inc({ route: `/tables/:id/part-${i}`, status: '200' })
    for (let i = 0; i < lines / 2 / (BUCKETS.length + 3); i++) {
      histogram.observe({ method: 'GET', route: `/tables/:id/part-${i}` }, (i % 100) / 37)
    }
    return async (times) => {
      for (let i = 0; i < times; i++) Buffer.from(await registry.metrics())
    }
  })
}

export const cases: readonly Case[] = [
  both('inc({3 labels}), 500 series, fresh object', 'ns', (client) => {
    const counter = counterOf(client)
    return (times) => {
      for (let i = 0; i < times; i++) {
        const { method = '', route = '', status = '' } = TRIPLES[ORDER[i & 4095] ?? 0] ?? {}
        counter.inc({ method, route, status })
      }
    }
  }),
  both('inc(), no labels', 'ns', (client) => {
    const counter = new client.Counter({ name: 'bets_total', help: 'Bets.', registers: [new client.Registry()] })
    return (times) => {
      for (let i = 0; i < times; i++) counter.inc()
    }
  }),
  both('bound child inc()', 'ns', (client) => {
    const counter = counterOf(client)
    const children = Array.from(ORDER, (i) => counter.labels(TRIPLES[i] ?? {}))
    return (times) => {
      for (let i = 0; i < times; i++) children[i & 4095]?.inc()
    }
  }),
  both('labels(method, route, status).inc() each time', 'ns', (client) => {
    const counter = counterOf(client)
    return (times) => {
      for (let i = 0; i < times; i++) {
        const { method = '', route = '', status = '' } = TRIPLES[ORDER[i & 4095] ?? 0] ?? {}
        counter.labels(method, route, status).inc()
      }
    }
  }),
  both('observe({2 labels}, v), 11 buckets', 'ns', (client) => {
    const histogram = histogramOf(client)
    return (times) => {
      for (let i = 0; i < times; i++) {
        const { method = '', route = '' } = TRIPLES[ORDER[i & 4095] ?? 0] ?? {}
        histogram.observe({ method, route }, 0.07)
      }
    }
  }),
  both('summary observe(v), 60 s in 5 parts', 'ns', (client) => {
    const summary = new client.Summary({
      name: 'sizes',
      help: 'Sizes.',
      maxAgeSeconds: 60,
      ageBuckets: 5,
      registers: [new client.Registry()],
    })
    return (times) => {
      for (let i = 0; i < times; i++) summary.observe(ORDER[i & 4095] ?? 0)
    }
  }),
  pageOf(10_000, 'metrics() of 10 000 lines, as bytes'),
]
