import { type Bucket, Registry } from 'boxman/metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantile, summarize, type Summary } from './summary.ts'

const NOTHING: Summary = {
  requestsPerSecond: undefined,
  p95Ms: undefined,
  ingressToProofP95Ms: undefined,
  subscribers: undefined,
  rolls: undefined,
  houseEdge: undefined,
  errors: undefined,
}

const MS = [50, 100, 200, 500, 1000, 2000, 5000]

function house() {
  const registry = new Registry()
  return {
    registry,
    requests: registry.counter({
      name: 'bitcraps_gateway_requests_by_route_method_total',
      help: 'Requests.',
      labelNames: ['route', 'method'],
    }),
    latency: registry.histogram({
      name: 'http_request_duration_seconds',
      help: 'Latency.',
      labelNames: ['path'],
      buckets: MS.map((ms) => ms / 1000),
    }),
    proof: registry.histogram({ name: 'bitcraps_gateway_ingress_to_proof_ms', help: 'Proof.', buckets: MS }),
    subscribers: registry.gauge({
      name: 'bitcraps_gateway_ws_subscribers',
      help: 'Subscribers.',
      labelNames: ['topic'],
    }),
    rolls: registry.counter({ name: 'bitcraps_dice_rolls_total', help: 'Rolls.', labelNames: ['total'] }),
    edge: registry.gauge({ name: 'bitcraps_house_edge_ratio', help: 'Edge.' }),
    errors: registry.counter({
      name: 'bitcraps_errors_total',
      help: 'Errors.',
      labelNames: ['category', 'severity'],
    }),
  }
}

function cumulative(counts: readonly number[]): readonly Bucket[] {
  let sum = 0
  return [...MS, Infinity].map((le, i) => ({ le, count: (sum += counts[i] ?? 0) }))
}

describe('summarize', () => {
  it('knows nothing of an empty collection', () => {
    expect(summarize([], [], 1000)).toEqual(NOTHING)
  })

  it('adds the series up, and takes rates and quantiles of what happened in between alone', async () => {
    const { registry, requests, latency, proof, subscribers, rolls, edge, errors } = house()
    requests.inc({ route: '/tables', method: 'GET' }, 1000)
    for (let i = 0; i < 1000; i++) latency.observe({ path: '/tables' }, 4)
    const before = await registry.collect()
    requests.inc({ route: '/tables', method: 'GET' }, 30)
    requests.inc({ route: '/players', method: 'POST' }, 10)
    for (let i = 0; i < 10; i++) {
      latency.observe({ path: '/tables' }, 0.02)
      latency.observe({ path: '/players' }, 0.15)
    }
    proof.observe(300)
    subscribers.set({ topic: 'table:T1' }, 7)
    subscribers.set({ topic: 'proofs' }, 2)
    rolls.inc({ total: 7 }, 3)
    rolls.inc({ total: 2 }, 1)
    edge.set(-0.25)
    errors.inc({ category: 'network', severity: 'warning' }, 5)
    expect(summarize(before, await registry.collect(), 2000)).toEqual({
      requestsPerSecond: 20,
      p95Ms: 190, // rank 19 of 20: the ninth of ten in (100, 200]
      ingressToProofP95Ms: 200 + 300 * 0.95,
      subscribers: 9,
      rolls: 4,
      houseEdge: -0.25,
      errors: 5,
    })
  })

  it('takes what has begun anew from nought, and a gauge without a value as unknown', async () => {
    const old = house()
    old.requests.inc({ route: '/tables', method: 'GET' }, 500)
    for (let i = 0; i < 9; i++) old.proof.observe(10)
    const anew = house()
    anew.requests.inc({ route: '/tables', method: 'GET' }, 5)
    anew.proof.observe(9999)
    anew.edge.set(NaN)
    const summary = summarize(await old.registry.collect(), await anew.registry.collect(), 1000)
    expect(summary).toMatchObject({ requestsPerSecond: 5, ingressToProofP95Ms: 5000, houseEdge: undefined })
  })

  it.each([0, -1, NaN])('refuses %d ms between two collections', (elapsedMs) => {
    expect(() => summarize([], [], elapsedMs)).toThrow(new RangeError(`elapsedMs ${elapsedMs}: must be above 0`))
  })
})

describe('quantile', () => {
  it.each([
    ['the first bucket starts at 0', 0.5, [10], 25],
    ['inside a bucket', 0.95, [0, 0, 100], 195],
    ['across buckets', 0.5, [10, 10, 20], 100],
    ['beyond the last finite bound', 0.99, [0, 0, 0, 0, 0, 0, 0, 10], 5000],
    ['the last finite bucket', 0.5, [0, 0, 0, 0, 0, 0, 4], 3500],
    ['empty buckets between', 0.9, [5, 0, 0, 5], 440],
  ] as const)('%s', (_, q, counts, want) => {
    expect(quantile(q, cumulative(counts))).toBeCloseTo(want, 9)
  })

  it.each([[[]], [[{ le: Infinity, count: 4 }]], [cumulative([0])]] as const)('has no answer in %j', (buckets) => {
    expect(quantile(0.95, buckets)).toBeUndefined()
  })

  it('stays in the bucket of the observation at that rank', () => {
    const inBuckets = fc.array(fc.nat(50), { minLength: 8, maxLength: 8 }).filter((counts) => counts.some((n) => n > 0))
    fc.assert(
      fc.property(inBuckets, fc.double({ min: 0.01, max: 1, noNaN: true }), (counts, q) => {
        const buckets = cumulative(counts)
        const rank = q * (buckets.at(-1)?.count ?? 0)
        const at = buckets.findIndex(({ count }) => count >= rank)
        const value = quantile(q, buckets) ?? NaN
        expect(value).toBeGreaterThanOrEqual(at === 0 ? 0 : Math.min(MS[at - 1] ?? NaN, 5000))
        expect(value).toBeLessThanOrEqual(MS[at] ?? 5000)
      }),
    )
  })
})
