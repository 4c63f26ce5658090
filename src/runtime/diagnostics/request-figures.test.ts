import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HttpExchange } from '../../instrument/index.ts'
import { API_BUCKETS_MS, QUANTILE_RELATIVE_ERROR } from '../../metrics/index.ts'
import { RequestFigures } from '../index.ts'

function exchange(route: string, durationMs: number, status = 200, method = 'GET'): HttpExchange {
  const rest = { protocolVersion: '1.1', requestBytes: undefined, responseBytes: undefined, context: undefined }
  return { method, scheme: 'http', route, status, durationMs, aborted: false, ...rest }
}

const WINDOW_MS = 5000
const SLICE_MS = WINDOW_MS / 5

describe('B1, B2: the requests of the window', () => {
  const request = fc.record({
    afterMs: fc.nat(1500),
    route: fc.constantFrom('/a', '/b', '/c'),
    method: fc.constantFrom('GET', 'POST'),
    status: fc.constantFrom(200, 404, 499, 500, 503),
    durationMs: fc.oneof(fc.double({ min: 0.01, max: 60_000, noNaN: true }), fc.constantFrom(...API_BUCKETS_MS)),
  })

  it('are those of the slices in it: all together, by bound and by route', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        const figures = new RequestFigures({ windowMs: WINDOW_MS })
        let at = 0
        figures.tick(at)
        const all = requests.map(({ afterMs, route, method, status, durationMs }) => {
          at += afterMs
          figures.tick(at)
          figures.record(exchange(route, durationMs, status, method))
          return { slice: Math.floor(at / SLICE_MS), key: `${method} ${route}`, failed: status >= 500, durationMs }
        })
        const inside = all.filter(({ slice }) => slice > Math.floor(at / SLICE_MS) - 5)
        const read = figures.read()
        const share = (of: typeof all): number | undefined =>
          of.length === 0 ? undefined : of.filter(({ failed }) => failed).length / of.length
        expect([read.count, read.errorRate]).toEqual([inside.length, share(inside)])
        expect(read.buckets).toEqual(
          [...API_BUCKETS_MS, Infinity].map((le) => ({
            le,
            count: inside.filter((one) => one.durationMs <= le).length,
          })),
        )
        const sorted = inside.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b)
        const exact = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0
        expect(Math.abs((read.p50 ?? 0) - exact)).toBeLessThanOrEqual(exact * QUANTILE_RELATIVE_ERROR * 1.000001)
        const ofRoute = (key: string): typeof all => inside.filter((one) => one.key === key)
        const wanted = new Map(inside.map(({ key }) => [key, [ofRoute(key).length, share(ofRoute(key))]]))
        const routes = figures.routes()
        expect(new Map(routes.map((one) => [`${one.method} ${one.route}`, [one.count, one.errorRate]]))).toEqual(wanted)
        expect(routes).toHaveLength(wanted.size)
      }),
    )
  })

  it('B11: takes less than 2 MB, whatever comes', () => {
    const figures = new RequestFigures({ windowMs: 300_000 })
    for (let i = 0; i < 300; i++) for (let ms = 1e-4; ms < 1e8; ms *= 1.9) figures.record(exchange(`/r${i}`, ms))
    const routes = figures.routes()
    expect(routes).toHaveLength(65)
    expect(routes[0]).toMatchObject({ route: '__overflow__', method: '__overflow__' })
    expect(routes.reduce((sum, { count }) => sum + count, 0)).toBe(figures.read().count)
    expect(figures.bytes).toBeLessThan(2_000_000)
  })

  it('B9: beyond so many requests the oldest leave before their time', () => {
    const figures = new RequestFigures({ windowMs: WINDOW_MS, maxRequests: 50, bucketsMs: [10] })
    for (let i = 0; i < 200; i++) {
      figures.tick((i * WINDOW_MS) / 400)
      figures.record(exchange('/a', i < 150 ? 5 : 500))
      expect(figures.read().count).toBeLessThanOrEqual(50)
    }
    const { count, buckets } = figures.read()
    expect(count).toBeGreaterThan(20)
    expect(buckets).toEqual([
      { le: 10, count: 0 },
      { le: Infinity, count },
    ])
    expect(figures.routes()).toMatchObject([{ count }])
    figures.tick(3 * WINDOW_MS)
    expect(figures.read().count).toBe(0)
  })

  it('a duration that is none is left out', () => {
    const figures = new RequestFigures({ windowMs: WINDOW_MS })
    for (const ms of [NaN, -1, Infinity]) figures.record(exchange('/a', ms))
    expect([figures.read().count, figures.routes()]).toEqual([0, []])
  })
})
