import client from 'prom-client'
import { Registry } from 'boxman/metrics'
import type { Case } from '../case.ts'

const PEER = 'prom-client 15.1.3'
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD']
const ROUTES = Array.from({ length: 20 }, (_, i) => `/tables/:id/part-${i}`)
const STATUSES = ['200', '202', '400', '404', '503']
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** 500 label triples in a fixed scrambled order, so that no contender profits from going round in order. */
const TRIPLES = METHODS.flatMap((method) =>
  ROUTES.flatMap((route) => STATUSES.map((status) => ({ method, route, status }))),
)
const ORDER = Uint16Array.from({ length: 4096 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % TRIPLES.length)

function eachTriple(times: number, visit: (triple: (typeof TRIPLES)[number]) => void): void {
  for (let i = 0; i < times; i++) {
    const triple = TRIPLES[ORDER[i & 4095] ?? 0]
    if (triple !== undefined) visit(triple)
  }
}

const labelNames = ['method', 'route', 'status'] as const
const ourCounter = () => new Registry().counter({ name: 'requests_total', help: 'Requests.', labelNames })
const peerCounter = () =>
  new client.Counter({ name: 'requests_total', help: 'Requests.', labelNames, registers: [new client.Registry()] })
const histogram = {
  name: 'latency_seconds',
  help: 'Latency.',
  labelNames: ['method', 'route'] as const,
  buckets: BUCKETS,
}
const ourHistogram = () => new Registry().histogram(histogram)
const peerHistogram = () => new client.Histogram({ ...histogram, registers: [new client.Registry()] })

export const cases: readonly Case[] = [
  {
    name: 'inc({3 labels}), 500 series, fresh object',
    peerName: PEER,
    unit: 'ns',
    ours: () => {
      const counter = ourCounter()
      return (times) => eachTriple(times, ({ method, route, status }) => counter.inc({ method, route, status }))
    },
    peer: () => {
      const counter = peerCounter()
      return (times) => eachTriple(times, ({ method, route, status }) => counter.inc({ method, route, status }))
    },
  },
  {
    name: 'bound child inc()',
    peerName: PEER,
    unit: 'ns',
    ours: () => {
      const children = TRIPLES.map((triple) => ourCounter().labels(triple))
      return (times) => {
        for (let i = 0; i < times; i++) children[ORDER[i & 4095] ?? 0]?.inc()
      }
    },
    peer: () => {
      const children = TRIPLES.map((triple) => peerCounter().labels(triple))
      return (times) => {
        for (let i = 0; i < times; i++) children[ORDER[i & 4095] ?? 0]?.inc()
      }
    },
  },
  {
    name: 'observe({2 labels}, v), 11 buckets',
    peerName: PEER,
    unit: 'ns',
    ours: () => {
      const latency = ourHistogram()
      return (times) => eachTriple(times, ({ method, route }) => latency.observe({ method, route }, 0.07))
    },
    peer: () => {
      const latency = peerHistogram()
      return (times) => eachTriple(times, ({ method, route }) => latency.observe({ method, route }, 0.07))
    },
  },
]
