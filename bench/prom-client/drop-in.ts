import peer from 'prom-client'
import boxman from 'boxman/prom-client'
import type { Contender, TimedCase } from '../case.ts'
import type { PromClient } from '../metrics/clients.ts'
import { latency, pair, requests, triple } from '../metrics/traffic.ts'

/** 500 label triples in a fixed scrambled order, so that no contender profits from going round in order. */
const TRIPLES = Array.from({ length: 500 }, (_, i) => triple(i))
const ORDER = Uint16Array.from({ length: 4096 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % TRIPLES.length)
const PICKED = Array.from(ORDER, (i) => TRIPLES[i] ?? triple(0))

const counterOf = (client: PromClient, registers = [new client.Registry()]) =>
  new client.Counter({ ...requests, registers })
const histogramOf = (client: PromClient, registers = [new client.Registry()]) =>
  new client.Histogram({ ...latency, registers })

/** The same program on both. */
function both(
  name: string,
  unit: TimedCase['unit'],
  program: (client: PromClient) => ReturnType<Contender>,
): TimedCase {
  // What compiles against prom-client's types is what is to run.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const ours = boxman as unknown as PromClient
  return { name, unit, peerName: 'prom-client 15.1.3', ours: () => program(ours), peer: () => program(peer) }
}

function pageOf(lines: number, name: string): TimedCase {
  return both(name, 'ms CPU', (client) => {
    const registry = new client.Registry()
    const counter = counterOf(client, [registry])
    const histogram = histogramOf(client, [registry])
    for (let i = 0; i < lines / 2; i++) counter.inc({ ...triple(i) })
    for (let i = 0; i < lines / 2 / (latency.buckets.length + 3); i++) histogram.observe(pair(i), (i % 100) / 37)
    return async (times) => {
      for (let i = 0; i < times; i++) Buffer.from(await registry.metrics())
    }
  })
}

export const cases: readonly TimedCase[] = [
  both('inc({3 labels}), 500 series, fresh object', 'ns CPU', (client) => {
    const counter = counterOf(client)
    return (times) => {
      for (let i = 0; i < times; i++) {
        const { method, route, status } = PICKED[i & 4095] ?? triple(0)
        counter.inc({ method, route, status })
      }
    }
  }),
  both('inc(), no labels', 'ns CPU', (client) => {
    const counter = new client.Counter({ name: 'bets_total', help: 'Bets.', registers: [new client.Registry()] })
    return (times) => {
      for (let i = 0; i < times; i++) counter.inc()
    }
  }),
  both('bound child inc()', 'ns CPU', (client) => {
    const counter = counterOf(client)
    const children = PICKED.map((picked) => counter.labels({ ...picked }))
    return (times) => {
      for (let i = 0; i < times; i++) children[i & 4095]?.inc()
    }
  }),
  both('labels(method, route, status).inc() each time', 'ns CPU', (client) => {
    const counter = counterOf(client)
    return (times) => {
      for (let i = 0; i < times; i++) {
        const { method, route, status } = PICKED[i & 4095] ?? triple(0)
        counter.labels(method, route, status).inc()
      }
    }
  }),
  both('observe({2 labels}, v), 11 buckets', 'ns CPU', (client) => {
    const histogram = histogramOf(client)
    return (times) => {
      for (let i = 0; i < times; i++) {
        const { method, route } = PICKED[i & 4095] ?? triple(0)
        histogram.observe({ method, route }, 0.07)
      }
    }
  }),
  both('summary observe(v), 60 s in 5 parts', 'ns CPU', (client) => {
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
