import { expose, Registry } from 'boxman/metrics'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needPeer } from '../support/peer.ts'
import { isRecent, Prometheus } from '../support/prometheus.ts'
import { serve, type Served } from '../support/serve.ts'

const OBSERVATIONS = 1000

/** A page whose values are known: 1 to 1000 ms, and as many losses and wins of a table. */
function registryOf(): Registry {
  const registry = new Registry({ now: () => Date.now() })
  const labelNames = ['table'] as const
  const native = registry.histogram({ name: 'native_seconds', help: 'Native only.', labelNames, native: { schema: 5 } })
  const both = registry.histogram({
    name: 'both_seconds',
    help: 'Both.',
    buckets: [0.1, 0.5, 1],
    native: { schema: 3 },
  })
  const balance = registry.histogram({ name: 'balance', help: 'Below and above zero.', native: { zeroThreshold: 1 } })
  for (let i = 1; i <= OBSERVATIONS; i++) {
    native.observe({ table: 'T"7' }, i / 1000)
    both.observe(i / 1000)
    balance.observe(i - 500)
  }
  return registry
}

describe('peer: Prometheus and native histograms', () => {
  let served: Served
  beforeAll(async () => {
    const registry = registryOf()
    served = await serve((request, response) => {
      const { accept, 'accept-encoding': acceptEncoding } = request.headers
      const { contentType, contentEncoding, body } = expose(registry, {
        accept,
        acceptEncoding: String(acceptEncoding),
      })
      response.setHeader('content-type', contentType)
      if (contentEncoding !== undefined) response.setHeader('content-encoding', contentEncoding)
      void pipeline(Readable.from(body, { objectMode: false }), response)
    })
  })
  afterAll(() => served.close())

  it('stores them from protobuf, and asks the same of them as of what went in (S3)', async ({ skip }) => {
    const binary = needPeer('prometheus', (reason) => skip(reason))
    if (!isRecent(binary)) skip('this Prometheus is older than 2.49')
    const target = served.url.host
    const prometheus = await Prometheus.start(binary, {
      native: { target, protocols: ['PrometheusProto'] },
      both: { target, protocols: ['PrometheusProto'], alsoClassic: true },
      text: { target, protocols: ['OpenMetricsText1.0.0'] },
    })
    const ask = async (query: string): Promise<number[]> =>
      (await prometheus.query(query)).map(({ value }) => Number(value[1]))
    try {
      await expect.poll(() => ask('count(count_over_time(up[1m]) > 2)'), { timeout: 30_000 }).toEqual([3])
      const up = { health: 'up', lastError: '' }
      expect(await prometheus.targets()).toEqual({ native: up, both: up, text: up })
      expect(await ask(`histogram_count(native_seconds{job="native",table='T"7'})`)).toEqual([OBSERVATIONS])
      expect(await ask('histogram_sum(native_seconds{job="native"})')).toEqual([expect.closeTo(500.5, 6)])
      for (const quantile of [0.01, 0.5, 0.9, 0.99]) {
        const [found = NaN] = await ask(`histogram_quantile(${quantile}, native_seconds{job="native"})`)
        // A bucket of schema 5 is 2.2 % wide.
        expect(Math.abs(found / quantile - 1), `quantile ${quantile}`).toBeLessThan(0.022)
      }
      expect(await ask('histogram_fraction(-1, 1, balance{job="native"}) * 1000')).toEqual([expect.closeTo(3, 6)])
      // 498 below the zero bucket, and half of that.
      expect(await ask('histogram_fraction(-Inf, 0, balance{job="native"}) * 1000')).toEqual([expect.closeTo(499.5, 6)])
      expect(await ask('histogram_count(both_seconds{job=~"native|both"})')).toEqual([OBSERVATIONS, OBSERVATIONS])
      expect(await ask('both_seconds_bucket{job="native"}')).toEqual([])
      for (const job of ['both', 'text']) {
        expect(await ask(`sort(both_seconds_bucket{job="${job}"})`)).toEqual([100, 500, 1000, 1000])
      }
      expect(await ask('native_seconds_count{job="text"}')).toEqual([OBSERVATIONS])
    } finally {
      await prometheus.stop()
    }
  }, 90_000)
})
