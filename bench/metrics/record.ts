import client from 'prom-client'
import { Registry } from 'boxman/metrics'
import type { Case } from '../case.ts'

const PEER = 'prom-client 15.1.3'
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD']
const ROUTES = Array.from({ length: 20 }, (_, i) => `/tables/:id/part-${i}`)
const STATUSES = ['200', '202', '400', '404', '503']
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const UNINLINED = ['--no-turbo-inlining']

/** 500 label triples in a fixed scrambled order, so that no contender profits from going round in order. */
const TRIPLES = METHODS.flatMap((method) =>
  ROUTES.flatMap((route) => STATUSES.map((status) => ({ method, route, status }))),
)
const ORDER = Uint16Array.from({ length: 4096 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % TRIPLES.length)
const PICKED = Array.from(ORDER, (i) => TRIPLES[i] ?? { method: '', route: '', status: '' })
/** One for each place in ORDER: in every bucket, and the branches unforeseeable. */
const DURATIONS = Float64Array.from(ORDER, (i) => 0.002 * 1.0197 ** i)

type Triple = (typeof TRIPLES)[number]

function eachTriple(times: number, visit: (triple: Triple) => void): void {
  for (let i = 0; i < times; i++) {
    const triple = TRIPLES[ORDER[i & 4095] ?? 0]
    if (triple !== undefined) visit(triple)
  }
}

const labelNames = ['method', 'route', 'status'] as const
const ourCounter = () => new Registry().counter({ name: 'requests_total', help: 'Requests.', labelNames })
const peerCounter = () =>
  new client.Counter({ name: 'requests_total', help: 'Requests.', labelNames, registers: [new client.Registry()] })
const ourGauge = () => new Registry().gauge({ name: 'open', help: 'Open.', labelNames: ['method', 'route'] as const })
const peerGauge = () =>
  new client.Gauge({
    name: 'open',
    help: 'Open.',
    labelNames: ['method', 'route'] as const,
    registers: [new client.Registry()],
  })
const histogram = {
  name: 'latency_seconds',
  help: 'Latency.',
  labelNames: ['method', 'route'] as const,
  buckets: BUCKETS,
}
const ourHistogram = () => new Registry().histogram(histogram)
const peerHistogram = () => new client.Histogram({ ...histogram, registers: [new client.Registry()] })

const UNLABELLED: Pick<Case, 'peerName' | 'unit' | 'ours' | 'peer'> = {
  peerName: PEER,
  unit: 'ns',
  ours: () => {
    const counter = new Registry().counter({ name: 'bets_total', help: 'Bets.' })
    return (times) => {
      for (let i = 0; i < times; i++) counter.inc()
    }
  },
  peer: () => {
    const counter = new client.Counter({ name: 'bets_total', help: 'Bets.', registers: [new client.Registry()] })
    return (times) => {
      for (let i = 0; i < times; i++) counter.inc()
    }
  },
}

const BOUND: Pick<Case, 'peerName' | 'unit' | 'ours' | 'peer'> = {
  peerName: PEER,
  unit: 'ns',
  ours: () => {
    const counter = ourCounter()
    const children = PICKED.map((triple) => counter.labels(triple))
    return (times) => {
      for (let i = 0; i < times; i++) children[i & 4095]?.inc()
    }
  },
  peer: () => {
    const counter = peerCounter()
    const children = PICKED.map((triple) => counter.labels(triple))
    return (times) => {
      for (let i = 0; i < times; i++) children[i & 4095]?.inc()
    }
  },
}

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
  { name: 'bound child inc()', ...BOUND },
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
  { name: 'inc(), no labels', ...UNLABELLED },
  { name: 'inc(), no labels, not inlined', ...UNLABELLED, flags: UNINLINED },
  { name: 'bound child inc(), not inlined', ...BOUND, flags: UNINLINED },
  {
    name: 'labels(method, route, status).inc() each time, 500 series',
    peerName: PEER,
    unit: 'ns',
    ours: () => {
      const counter = ourCounter()
      return (times) => eachTriple(times, ({ method, route, status }) => counter.labels(method, route, status).inc())
    },
    peer: () => {
      const counter = peerCounter()
      return (times) => eachTriple(times, ({ method, route, status }) => counter.labels(method, route, status).inc())
    },
  },
  {
    name: 'inc({3 labels}), 500 series, route cut from a longer text, status a number',
    peerName: PEER,
    unit: 'ns',
    ours: () => {
      const counter = ourCounter()
      return (times) =>
        eachTriple(times, ({ method, route, status }) => {
          counter.inc({ method, route: `${route}?x`.slice(0, -2), status: Number(status) })
        })
    },
    peer: () => {
      const counter = peerCounter()
      return (times) =>
        eachTriple(times, ({ method, route, status }) => {
          counter.inc({ method, route: `${route}?x`.slice(0, -2), status: Number(status) })
        })
    },
  },
  {
    name: 'bound child observe(v), 11 buckets',
    peerName: PEER,
    unit: 'ns',
    ours: () => {
      const latency = ourHistogram()
      const children = PICKED.map(({ method, route }) => latency.labels({ method, route }))
      return (times) => {
        for (let i = 0; i < times; i++) children[i & 4095]?.observe(DURATIONS[i & 4095] ?? 0)
      }
    },
    peer: () => {
      const latency = peerHistogram()
      const children = PICKED.map(({ method, route }) => latency.labels({ method, route }))
      return (times) => {
        for (let i = 0; i < times; i++) children[i & 4095]?.observe(DURATIONS[i & 4095] ?? 0)
      }
    },
  },
  {
    name: 'set({2 labels}, v)',
    peerName: PEER,
    unit: 'ns',
    ours: () => {
      const gauge = ourGauge()
      return (times) => eachTriple(times, ({ method, route }) => gauge.set({ method, route }, 3))
    },
    peer: () => {
      const gauge = peerGauge()
      return (times) => eachTriple(times, ({ method, route }) => gauge.set({ method, route }, 3))
    },
  },
]
