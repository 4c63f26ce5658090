import { describe, expect, it } from 'vitest'
import { type CheckOptions, Health, healthAnswer } from './index.ts'

const never = (): Promise<void> => new Promise(() => {})
const throws = (message: string) => (): never => {
  throw new Error(message)
}

/** A run that is settled by hand, and how often it was started. */
function byHand(): { run: () => Promise<void>; started: () => number; settle: () => void } {
  let started = 0
  let settle = (): void => {}
  return {
    run: () => {
      started++
      return new Promise((resolve) => (settle = resolve))
    },
    started: () => started,
    settle: () => settle(),
  }
}

describe('readiness (O8)', () => {
  const good: CheckOptions = { name: 'good', critical: true, run: () => {} }
  it.each<[string, CheckOptions[], 'pass' | 'warn' | 'fail', 200 | 503]>([
    ['no checks', [], 'pass', 200],
    ['all pass', [good, { name: 'b', run: async () => 'lag 3 ms' }], 'pass', 200],
    ['a non-critical one throws', [good, { name: 'b', run: throws('no route') }], 'warn', 200],
    ['a non-critical one rejects', [good, { name: 'b', run: async () => throws('no route')() }], 'warn', 200],
    ['a non-critical one hangs', [good, { name: 'b', timeoutMs: 1, run: never }], 'warn', 200],
    ['a critical one throws', [good, { name: 'b', critical: true, run: throws('no route') }], 'fail', 503],
    ['a critical one hangs', [good, { name: 'b', critical: true, timeoutMs: 1, run: never }], 'fail', 503],
    [
      'both kinds fail',
      [
        { ...good, run: throws('x') },
        { name: 'b', run: throws('y') },
      ],
      'fail',
      503,
    ],
  ])('%s', async (_, checks, status, code) => {
    const health = new Health({ now: () => 0 })
    for (const check of checks) health.check(check)
    const report = await health.readiness()
    expect([report.status, healthAnswer(report).code]).toEqual([status, code])
    expect(report.checks.map((check) => check.name)).toEqual(checks.map((check) => check.name))
    expect(health.liveness().status).toBe('pass')
  })

  it('says what failed, without the credentials a driver quotes', async () => {
    const health = new Health({ now: () => Date.UTC(2026, 0, 2) })
    health.check({ name: 'db', critical: true, run: throws('connect postgres://app:hunter2@db:5432 refused') })
    const { body, contentType } = healthAnswer(await health.readiness())
    expect(contentType).toBe('application/health+json')
    expect(JSON.parse(body)).toEqual({
      status: 'fail',
      time: '2026-01-02T00:00:00.000Z',
      checks: {
        db: [
          {
            status: 'fail',
            critical: true,
            time: '2026-01-02T00:00:00.000Z',
            output: 'connect postgres://***@db:5432 refused',
          },
        ],
      },
    })
  })

  it('fails while draining, without asking a check; liveness still passes', async () => {
    const health = new Health({ now: () => 0 })
    const check = byHand()
    health.check({ name: 'a', run: check.run })
    const asked = health.readiness()
    health.setDraining()
    check.settle()
    expect(await asked).toMatchObject({ status: 'fail', output: expect.stringContaining('draining') as unknown })
    expect(await health.readiness()).toMatchObject({ status: 'fail', checks: [] })
    expect(check.started()).toBe(1)
    expect(healthAnswer(health.liveness()).code).toBe(200)
  })
})

describe('a check', () => {
  it('is asked once by questions at the same time', async () => {
    const health = new Health({ now: () => 0 })
    const check = byHand()
    health.check({ name: 'a', cacheMs: 0, run: check.run })
    const both = Promise.all([health.readiness(), health.readiness()])
    check.settle()
    expect((await both).map((report) => report.status)).toEqual(['pass', 'pass'])
    expect(check.started()).toBe(1)
  })

  it.each([
    ['within the cache time', 4999, 1],
    ['after it', 5000, 2],
    ['when the clock was set back', -1, 2],
  ])('%s runs as often as it must', async (_, at, runs) => {
    let now = 0
    let started = 0
    const health = new Health({ now: () => now })
    health.check({ name: 'a', run: () => void started++ })
    await health.readiness()
    now = at
    await health.readiness()
    expect(started).toBe(runs)
  })

  it('that hangs is aborted, fails, is not started again, and recovers when it settles', async () => {
    const health = new Health({ now: () => 0 })
    const check = byHand()
    const aborted: boolean[] = []
    health.check({
      name: 'a',
      critical: true,
      timeoutMs: 1,
      cacheMs: 0,
      run: async (signal) => {
        signal.addEventListener('abort', () => aborted.push(signal.aborted))
        await check.run()
      },
    })
    for (const output of ['timed out after 1 ms', 'the earlier run timed out and still hangs']) {
      const report = await health.readiness()
      expect(report.checks).toMatchObject([{ status: 'fail', output }])
    }
    expect([check.started(), aborted]).toEqual([1, [true]])
    check.settle()
    await new Promise((resolve) => setImmediate(resolve))
    const recovered = health.readiness()
    check.settle()
    expect((await recovered).status).toBe('pass')
    expect(health.stats).toEqual({ runs: 2, failures: 2, timeouts: 1 })
  })

  it('can be removed, and its name used again', async () => {
    const health = new Health({ now: () => 0 })
    const remove = health.check({ name: 'a', critical: true, run: throws('x') })
    remove()
    health.check({ name: 'a', run: () => {} })
    remove()
    expect(await health.readiness()).toMatchObject({ status: 'pass', checks: [{ name: 'a' }] })
  })

  it.each<[string, Partial<CheckOptions>, RegExp]>([
    ['a name twice', { name: 'taken' }, /taken: there is one of that name already/],
    ['a name with a blank', { name: 'a b' }, /"a b"/],
    ['no time at all', { timeoutMs: 0 }, /timeoutMs 0/],
    ['a time-out beyond timers', { timeoutMs: 2 ** 31 }, /timeoutMs 2147483648/],
    ['NaN to cache', { cacheMs: NaN }, /cacheMs NaN/],
  ])('refuses %s', (_, options, message) => {
    const health = new Health({ now: () => 0 })
    health.check({ name: 'taken', run: () => {} })
    expect(() => health.check({ name: 'b', run: () => {}, ...options })).toThrow(message)
  })

  it('is one of at most a hundred', () => {
    const health = new Health({ now: () => 0 })
    for (let i = 0; i < 100; i++) health.check({ name: `c${i}`, run: () => {} })
    expect(() => health.check({ name: 'c100', run: () => {} })).toThrow(RangeError)
  })
})
