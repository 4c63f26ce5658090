import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkAnswer,
  checkProbeAnswer,
  type CheckOptions,
  type CheckOutcome,
  Health,
  healthAnswer,
  probeAnswer,
} from './index.ts'

const never = (): Promise<void> => new Promise(() => {})
const throws = (message: string) => (): never => {
  throw new Error(message)
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs that are settled by hand, and how often one was started. */
function byHand(): { run: () => Promise<void>; started: () => number; settle: (error?: Error) => Promise<void> } {
  let started = 0
  let end: ((error?: Error) => void) | undefined
  return {
    run: () => {
      started++
      return new Promise((resolve, reject) => {
        end = (error) => (error === undefined ? resolve() : reject(error))
      })
    },
    started: () => started,
    settle: async (error) => {
      await turn()
      end?.(error)
      await turn()
    },
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
    ['a critical one warns', [good, { name: 'b', critical: true, run: () => ({ status: 'warn' }) }], 'warn', 200],
    ['a critical one says that it fails', [{ ...good, run: () => ({ status: 'fail' }) }], 'fail', 503],
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
    await health.settled()
    const report = health.readiness()
    expect([report.status, healthAnswer(report).code]).toEqual([status, code])
    expect(report.checks.map((check) => check.name)).toEqual(checks.map((check) => check.name))
    expect([health.liveness().status, health.startup().status]).toEqual(['pass', 'pass'])
  })

  it.each([
    [true, 'fail'],
    [false, 'warn'],
  ])(
    'waits for no check: while one (critical: %j) has not ended its first run, it is a %s',
    async (critical, status) => {
      const health = new Health({ now: () => 0 })
      const check = byHand()
      health.check({ name: 'a', critical, run: check.run })
      expect(health.readiness()).toMatchObject({ status, checks: [{ outcome: 'pending', output: 'not checked yet' }] })
      await check.settle()
      expect(health.readiness().status).toBe('pass')
    },
  )

  it('is up to date with checks that answer without a promise', async () => {
    const health = new Health({ now: () => 0 })
    let lost = false
    const run = (): string => {
      if (lost) throw new Error('no quorum')
      return `asked while ${health.readiness().status}`
    }
    health.check({ name: 'a', critical: true, cacheMs: 0, run })
    await health.settled()
    expect(health.readiness()).toMatchObject({ status: 'pass', checks: [{ output: 'asked while pass' }] })
    lost = true
    expect(health.readiness()).toMatchObject({ status: 'fail', checks: [{ output: 'no quorum' }] })
    expect(health.result('a')?.outcome).toBe('fail')
  })

  it('answers with the stale result while the check runs anew', async () => {
    let now = 0
    const health = new Health({ now: () => now })
    const check = byHand()
    health.check({ name: 'a', critical: true, run: check.run })
    await check.settle()
    now = 5000
    expect([health.readiness().status, health.readiness().status]).toEqual(['pass', 'pass'])
    await check.settle(new Error('gone'))
    expect(health.readiness()).toMatchObject({ status: 'fail', checks: [{ output: 'gone', at: 5000 }] })
    expect(check.started()).toBe(2)
  })

  it('says what failed, without the credentials a driver quotes', async () => {
    const health = new Health({ now: () => Date.UTC(2026, 0, 2) })
    health.check({ name: 'db', critical: true, run: throws('connect postgres://app:hunter2@db:5432\n  refused') })
    await health.settled()
    const { body, contentType } = healthAnswer(health.readiness(), { serviceId: 'wallet', releaseId: '2.1.0' })
    expect(contentType).toBe('application/health+json')
    const time = '2026-01-02T00:00:00.000Z'
    expect(JSON.parse(body)).toEqual({
      status: 'fail',
      time,
      version: '2',
      releaseId: '2.1.0',
      serviceId: 'wallet',
      checks: { db: [{ status: 'fail', critical: true, time, output: 'connect postgres://***@db:5432 refused' }] },
    })
    expect(healthAnswer(health.readiness(), { details: false }).body).not.toContain('refused')
  })

  it('fails while draining, without asking a check; liveness still passes', async () => {
    const health = new Health({ now: () => 0 })
    const check = byHand()
    health.check({ name: 'a', cacheMs: 0, run: check.run })
    await check.settle()
    health.setDraining()
    expect(health.readiness()).toMatchObject({
      status: 'fail',
      checks: [],
      output: expect.stringContaining('draining') as unknown,
    })
    await turn()
    expect(check.started()).toBe(1)
    expect(healthAnswer(health.liveness()).code).toBe(200)
  })

  it('leaves out what is excluded', async () => {
    const health = new Health({ now: () => 0 })
    health.check({ name: 'a', critical: true, run: throws('x') })
    health.check({ name: 'b', critical: true, run: () => {} })
    await health.settled()
    expect(health.readiness({ exclude: new Set(['a', 'z']) })).toMatchObject({
      status: 'pass',
      checks: [{ name: 'b' }],
    })
    expect(health.readiness().status).toBe('fail')
  })
})

describe('start-up', () => {
  it('is over when all that blocks it is done', async () => {
    const health = new Health({ now: () => 0 })
    const done = health.blockStartup('migrate')
    health.blockStartup('warm up', Promise.resolve())
    expect(health.startup()).toMatchObject({ status: 'fail', output: 'starting: waits for migrate, warm up' })
    expect(health.readiness().status).toBe('fail')
    expect(health.liveness().status).toBe('pass')
    await turn()
    expect(health.startup().output).toBe('starting: waits for migrate')
    done()
    expect([health.startup().status, health.readiness().status]).toEqual(['pass', 'pass'])
    health.blockStartup('migrate')
    done()
    expect(health.startup().status).toBe('fail')
    expect(() => health.blockStartup('migrate')).toThrow('start-up task migrate: there is one of that name already')
  })

  it('does not end where a task fails, and says so', async () => {
    const health = new Health({ now: () => 0 })
    health.blockStartup('migrate', Promise.reject(new Error('no schema')))
    await turn()
    expect(health.startup().output).toBe('starting: waits for migrate (failed: no schema)')
  })
})

it('liveness fails for a deadlock that the service declares, and nothing else', async () => {
  const health = new Health({ now: () => 0 })
  health.check({ name: 'db', critical: true, run: throws('x') })
  health.blockStartup('migrate')
  health.setDraining()
  await health.settled()
  expect(healthAnswer(health.liveness()).code).toBe(200)
  health.setDeadlocked('the worker has not moved for 5 min')
  expect(health.liveness()).toMatchObject({
    status: 'fail',
    output: 'deadlocked: the worker has not moved for 5 min',
  })
})

describe('thresholds', () => {
  it.each<[string, number, number, string, string]>([
    // Runs: + passes, - fails. Outcomes: p pass, f fail, . pending.
    ['one and one', 1, 1, '+-+--+', 'pfpffp'],
    ['three to fail', 3, 1, '+--+---+', 'ppppppfp'],
    ['two to recover', 1, 2, '+-+-++-', 'pffffpf'],
    ['a failing start stays pending', 3, 2, '---+-++', '..ffffp'],
    ['the first pass counts at once', 3, 2, '--+', '..p'],
  ])('%s', async (_, failureThreshold, successThreshold, runs, outcomes) => {
    const health = new Health({ now: () => 0 })
    const todo = runs.split('')
    health.check({
      name: 'a',
      cacheMs: 0,
      failureThreshold,
      successThreshold,
      run: () => {
        if (todo.shift() === '-') throw new Error('x')
      },
    })
    let seen = ''
    for (const _run of runs) {
      await health.settled()
      seen += { pass: 'p', fail: 'f', warn: 'w', pending: '.' }[health.results()[0]?.outcome ?? 'warn']
      health.refresh()
    }
    expect(seen).toBe(outcomes)
  })

  it('the outcome turns only after as many runs in a row as were asked for', async () => {
    const runs = fc.array(fc.boolean(), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), async (all, f, s) => {
        const health = new Health({ now: () => 0 })
        let passes = true
        const run = (): void => {
          if (!passes) throw new Error('x')
        }
        health.check({ name: 'a', cacheMs: 0, failureThreshold: f, successThreshold: s, run })
        await health.settled()
        let [model, row]: [CheckOutcome, number] = ['pass', 0]
        for (passes of all) {
          health.refresh()
          await health.settled()
          row = (model === 'pass') === passes ? 0 : row + 1
          if (row === (passes ? s : f)) [model, row] = [passes ? 'pass' : 'fail', 0]
          expect(health.results()[0]?.outcome).toBe(model)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('a failure that does not count yet is told', async () => {
    const health = new Health({ now: () => 0 })
    const check = byHand()
    health.check({ name: 'a', cacheMs: 0, failureThreshold: 3, run: check.run })
    await check.settle()
    health.refresh()
    await check.settle(new Error('no route'))
    expect(health.results()).toMatchObject([{ outcome: 'pass', output: 'failed: no route (1 of 3)' }])
  })
})

describe('a check', () => {
  it('is asked once by questions at the same time', async () => {
    const health = new Health({ now: () => 0 })
    const check = byHand()
    health.check({ name: 'a', cacheMs: 0, run: check.run })
    health.readiness()
    health.readiness()
    health.refresh()
    await check.settle()
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
    await health.settled()
    now = at
    health.readiness()
    await health.settled()
    expect(started).toBe(runs)
  })

  it('is run where the host says, and its runs and changes are told', async () => {
    const told: unknown[] = []
    let clock = 0
    const health = new Health({
      now: () => 0,
      monotonicNow: () => (clock += 5),
      around: (work) => {
        told.push('around')
        work()
      },
      onRun: (name, durationMs) => told.push([name, durationMs]),
      onChange: ({ name, outcome, output }, before) => told.push([name, before, outcome, output]),
    })
    const errors = [undefined, 'no route', 'no route']
    health.check({
      name: 'a',
      cacheMs: 0,
      run: () => {
        const message = errors.shift()
        if (message !== undefined) throw new Error(message)
      },
    })
    for (let i = 0; i < 3; i++) {
      health.refresh()
      await health.settled()
    }
    const run = ['around', ['a', 5]]
    expect(told).toEqual([
      ...run,
      ['a', 'pending', 'pass', undefined],
      ...run,
      ['a', 'pass', 'fail', 'no route'],
      ...run,
    ])
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
    await health.settled()
    expect(health.results()).toMatchObject([{ status: 'fail', output: 'timed out after 1 ms' }])
    health.refresh()
    expect(health.results()).toMatchObject([{ status: 'fail', output: 'the earlier run timed out and still hangs' }])
    expect([check.started(), aborted]).toEqual([1, [true]])
    await check.settle()
    health.refresh()
    await check.settle()
    expect(health.results()).toMatchObject([{ status: 'pass' }])
    expect(health.stats).toEqual({ runs: 2, failures: 2, timeouts: 1 })
  })

  it('whose answer came while the event loop was held up has not timed out', async () => {
    const health = new Health({ now: () => 0 })
    health.check({ name: 'a', timeoutMs: 5, run: () => new Promise((resolve) => setTimeout(resolve, 6)) })
    await turn()
    const until = performance.now() + 30
    while (performance.now() < until);
    await health.settled()
    expect(health.results()).toMatchObject([{ outcome: 'pass' }])
  })

  it('can be removed, and its name used again', async () => {
    const health = new Health({ now: () => 0 })
    const remove = health.check({ name: 'a', critical: true, run: throws('x') })
    remove()
    health.check({ name: 'a', run: () => {} })
    remove()
    await health.settled()
    expect(health.readiness()).toMatchObject({ status: 'pass', checks: [{ name: 'a' }] })
  })

  it.each<[string, Partial<CheckOptions>, RegExp]>([
    ['a name twice', { name: 'taken' }, /taken: there is one of that name already/],
    ['a name with a blank', { name: 'a b' }, /"a b"/],
    ['no time at all', { timeoutMs: 0 }, /timeoutMs 0/],
    ['a time-out beyond timers', { timeoutMs: 2 ** 31 }, /timeoutMs 2147483648/],
    ['NaN to cache', { cacheMs: NaN }, /cacheMs NaN/],
    ['no failures to fail', { failureThreshold: 0 }, /failureThreshold 0/],
    ['half a success', { successThreshold: 1.5 }, /successThreshold 1.5/],
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

describe('answers', () => {
  const health = new Health({ now: () => 0 })
  const told = { verbose: true, details: true }
  health.check({ name: 'db', critical: true, run: throws('no route') })
  health.check({ name: 'mail', run: throws('no relay') })
  health.check({
    name: 'disk',
    run: () => ({ status: 'warn', output: '90 %', observedValue: 90, observedUnit: 'percent' }),
  })
  health.check({ name: 'cache', run: () => {} })
  const lines = (options: object, exclude: string[] = []): readonly [number, ...string[]] => {
    const excluded = new Map(exclude.map((name) => [name, health.result(name) !== undefined]))
    const report = health.readiness({ exclude: new Set(exclude) })
    const { code, body } = probeAnswer('readyz', report, { ...told, excluded, ...options })
    return [code, ...body.trimEnd().split('\n')]
  }

  it('of a probe are `ok`, or a line for each check as a Kubernetes API server writes them', async () => {
    await health.settled()
    const rest = ['[!]disk warns: 90 %', '[+]cache ok']
    expect(lines({ verbose: false })).toEqual([
      503,
      '[-]db failed: no route',
      '[-]mail failed, which only degrades: no relay',
      ...rest,
      'readyz check failed',
    ])
    expect(lines({}, ['db', 'nothing'])).toEqual([
      200,
      '[-]mail failed, which only degrades: no relay',
      ...rest,
      '[+]db excluded: ok',
      'warn: no such checks to exclude: "nothing"',
      'readyz check passed',
    ])
    expect(lines({ verbose: false }, ['db'])).toEqual([200, 'ok'])
    expect(lines({ details: false })[1]).toBe('[-]db failed: reason withheld')
  })

  it.each([
    ['db', 503, 'fail', '[-]db failed: no route\n'],
    ['mail', 503, 'fail', '[-]mail failed, which only degrades: no relay\n'],
    ['disk', 200, 'warn', 'ok\n'],
    ['cache', 200, 'pass', 'ok\n'],
  ])('of the check %s alone go by what it came to', async (name, code, status, text) => {
    await health.settled()
    const check = health.result(name)
    if (check === undefined) throw new Error('there is no such check')
    expect(checkProbeAnswer(check, { verbose: false, details: true })).toMatchObject({ code, body: text })
    const answer = checkAnswer(check)
    expect([answer.code, JSON.parse(answer.body)]).toMatchObject([code, { status, checks: { [name]: [{ status }] } }])
  })

  it('tell what was observed', () => {
    expect(JSON.parse(healthAnswer(health.readiness()).body)).toMatchObject({
      checks: { disk: [{ status: 'warn', observedValue: 90, observedUnit: 'percent' }] },
    })
  })
})
