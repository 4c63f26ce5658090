import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { apiService, SourceBook } from '../index.ts'

const MINUTE = 60_000

async function samples(registry: Registry): Promise<string[]> {
  return (await registry.collect())
    .flatMap(({ name, series }) =>
      series.map((one) => `${name} ${Object.values(one.labels).join(' ')} ${'value' in one ? one.value : ''}`),
    )
    .toSorted()
}

it('counts who may come in and who may not, by method and reason (M9); the source is no label', async () => {
  const registry = new Registry()
  const api = apiService().install(registry)
  api.authenticated('password')
  api.authenticated('password')
  const eve = { source: '203.0.113.7', at: 1000 }
  api.authenticationFailed({ method: 'password', reason: 'wrong_password', ...eve })
  api.authenticationFailed({ method: 'token', reason: 'expired', source: '203.0.113.8', at: 1500 })
  api.authenticationFailed({ method: 'token', reason: 'expired', ...eve, at: 2000 })
  api.rateLimited({ limit: 'per_client', ...eve })
  api.signatureInvalid({ method: 'webhook', ...eve })
  expect(await samples(registry)).toEqual([
    'authentication_failures_total password wrong_password 1',
    'authentication_failures_total token expired 2',
    'authentication_successes_total password 2',
    'invalid_signatures_total webhook 1',
    'rate_limit_hits_total per_client 1',
  ])
  expect(api.sources.top(1, 2000)).toEqual([
    {
      source: '203.0.113.7',
      authFailures: 2,
      invalidSignatures: 1,
      rateLimitHits: 1,
      signals: 4,
      firstAt: 1000,
      lastAt: 2000,
      untrackedAtMost: 0,
    },
  ])
})

describe('the book of sources (O13)', () => {
  it.each([
    ['in the window', 0, 59_999, 1],
    ['in the window before', 0, 119_999, 1],
    ['longer ago', 0, 120_000, undefined],
    ['much longer ago', 0, 1e9, undefined],
    ['after the clock was set back a little', 1e9, 1e9 - MINUTE, 1],
    ['after the clock was set back a lot', 1e9, 0, undefined],
  ])('tells of a signal %s', (_, at, asked, want) => {
    const book = new SourceBook()
    book.record('authFailures', 'a', at)
    expect(book.get('a', asked)?.authFailures).toBe(want)
    expect(book.top(9, asked)).toHaveLength(want ?? 0)
  })

  it('sums up both windows, the worst source first', () => {
    const book = new SourceBook()
    for (const at of [0, 1, MINUTE]) book.record('authFailures', 'often', at)
    book.record('rateLimitHits', 'once', MINUTE + 1)
    book.record('invalidSignatures', 'once more', MINUTE + 2)
    const seen = book.top(3, MINUTE + 3).map(({ source, signals }) => [source, signals])
    expect(seen).toEqual([
      ['often', 3],
      ['once more', 1],
      ['once', 1],
    ])
    expect(book.top(0, MINUTE)).toEqual([])
  })

  it('refuses what is no source, and counts it', () => {
    const book = new SourceBook()
    for (const source of ['', 'x'.repeat(129), 'x'.repeat(128)]) book.record('authFailures', source, 0)
    expect(book.stats).toEqual({ sources: 1, evicted: 0, refusedSources: 2 })
  })

  it.each([
    ['maxSources 0', () => new SourceBook({ maxSources: 0 })],
    ['windowMs NaN', () => new SourceBook({ windowMs: NaN })],
    ['top: 1.5', () => new SourceBook().top(1.5, 0)],
    ['at: NaN', () => new SourceBook().record('authFailures', 'a', NaN)],
  ])('refuses %s by name', (name, make) => {
    expect(make).toThrow(RangeError)
    expect(make).toThrow(name)
  })

  it('keeps every source that gives more than its share, within its ceiling, and never tells too much', () => {
    const signal = fc.record({
      source: fc.integer({ min: 0, max: 30 }).map((n) => `10.0.0.${Math.floor(n ** 2 / 31)}`),
      gapMs: fc.integer({ min: 0, max: 3000 }),
    })
    fc.assert(
      fc.property(fc.array(signal, { maxLength: 300 }), (signals) => {
        const book = new SourceBook({ maxSources: 5 })
        const given: { source: string; at: number }[] = []
        let at = 0
        for (const { source, gapMs } of signals) {
          at += gapMs
          book.record('authFailures', source, at)
          given.push({ source, at })
        }
        const begin = Math.floor(at / MINUTE) * MINUTE - MINUTE
        const known = new Map(book.top(100, at).map((stats) => [stats.source, stats]))
        expect(known.size).toBeLessThanOrEqual(10)
        for (const windowBegin of [begin, begin + MINUTE]) {
          const within = given.filter((one) => one.at >= windowBegin && one.at < windowBegin + MINUTE)
          const heavy = (source: string) => within.filter((one) => one.source === source).length > within.length / 5
          expect(within.filter(({ source }) => heavy(source) && !known.has(source))).toEqual([])
        }
        for (const [source, { signals: told, untrackedAtMost }] of known) {
          const truth = given.filter((one) => one.source === source && one.at >= begin).length
          expect(told).toBeLessThanOrEqual(truth)
          expect(told + untrackedAtMost).toBeGreaterThanOrEqual(truth)
        }
      }),
    )
  })
})
