import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, type Incident, type Odds, type Outcome, Sampler } from '../index.ts'
import {
  ALWAYS,
  formatThreshold,
  NEVER,
  parseThreshold,
  probabilityOf,
  randomnessOf,
  thresholdOf,
} from '../probability.ts'
import { allocate } from './allocate.ts'
import { pseudoRandom, simulate } from './simulation.test.support.ts'

const HALF = thresholdOf(0.5)
const CLOSED: Odds = {
  rule: undefined,
  parentSampled: undefined,
  parentThreshold: undefined,
  parentShare: 1,
  base: NEVER,
  incident: NEVER,
  reservoir: NEVER,
  error: NEVER,
  slow: NEVER,
}

describe('decide', () => {
  const low = HALF - 1
  it.each<[string, number, Partial<Odds>, string, number | undefined]>([
    ['nothing speaks for it', NEVER - 1, {}, 'odds', undefined],
    ['at its threshold', HALF, { base: HALF }, 'base', HALF],
    ['one below', low, { base: HALF }, 'odds', undefined],
    ['the likeliest class', HALF, { base: HALF, slow: 5, error: ALWAYS }, 'error', ALWAYS],
    ['an error at the odds of the others', HALF, { base: HALF, error: HALF }, 'error', HALF],
    ['an incident', 9, { incident: 5 }, 'incident', 5],
    ['the first of a second', 0, { base: HALF, reservoir: ALWAYS }, 'reservoir', ALWAYS],
    ['a rule for it', 0, { rule: 'force' }, 'forced', ALWAYS],
    ['a rule against it', HALF, { rule: 'drop', error: ALWAYS, parentSampled: true }, 'ruled-out', undefined],
    ['the caller kept it', 0, { parentSampled: true }, 'parent', undefined],
    ['with a threshold', HALF, { parentSampled: true, parentThreshold: HALF }, 'parent', HALF],
    ['with one that cannot be', low, { parentSampled: true, parentThreshold: HALF }, 'parent', undefined],
    ['it failed besides', HALF, { parentSampled: true, parentThreshold: HALF, error: ALWAYS }, 'parent', ALWAYS],
    ['callers keep too much', low, { parentSampled: true, parentShare: 0.5 }, 'parent-capped', undefined],
    ['but it failed', low, { parentSampled: true, parentShare: 0.5, error: ALWAYS }, 'error', undefined],
    ['the caller did not', NEVER - 1, { parentSampled: false, base: ALWAYS, reservoir: ALWAYS }, 'odds', undefined],
    ['but it failed here', 0, { parentSampled: false, error: ALWAYS }, 'error', ALWAYS],
    ['but it was slow here', HALF, { parentSampled: false, slow: HALF, base: ALWAYS }, 'slow', HALF],
  ])('%s', (_, randomness, odds, reason, threshold) => {
    const keep = !['odds', 'ruled-out', 'parent-capped'].includes(reason)
    expect(decide(randomness, { ...CLOSED, ...odds })).toEqual({ keep, reason, threshold })
  })

  it('never keeps less where something is likelier', () => {
    const threshold = fc.integer({ min: 0, max: NEVER })
    const classes = fc.record({ base: threshold, incident: threshold, error: threshold, slow: threshold })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NEVER - 1 }), classes, threshold, (randomness, odds, lower) => {
        const before = decide(randomness, { ...CLOSED, ...odds })
        const after = decide(randomness, { ...CLOSED, ...odds, error: Math.min(odds.error, lower) })
        expect(Number(after.keep)).toBeGreaterThanOrEqual(Number(before.keep))
        expect(!after.keep || (after.threshold ?? NaN) <= randomness).toBe(true)
      }),
    )
  })
})

describe('thresholds', () => {
  it.each([
    [1, '0'],
    [0.5, '8'],
    [0.25, 'c'],
    [0.1, 'e6666'],
    [0.01, 'fd70a4'],
    [0.001, 'ffbe76d'],
    [1e-5, 'ffff583a5'],
  ])('of %d is %s', (probability, text) => {
    expect(formatThreshold(thresholdOf(probability))).toBe(text)
    expect(parseThreshold(text)).toBe(thresholdOf(probability))
    expect(probabilityOf(thresholdOf(probability)) / probability).toBeCloseTo(1, 4)
  })

  it.each([[''], ['g'], ['FD70A4'], ['0'.repeat(15)], ['-1'], ['fd 0']])('%j is none', (text) => {
    expect(parseThreshold(text)).toBeUndefined()
  })

  it('read the bits of a trace id that are random', () => {
    expect(randomnessOf(`${'a'.repeat(18)}8${'0'.repeat(13)}`)).toBe(2 ** 51)
    expect(randomnessOf('0'.repeat(31) + 'f')).toBe(0)
  })
})

describe('allocate', () => {
  it('spends the budget, gives nobody more than it needs, and of two who lack more to the weightier', () => {
    const demand = fc.record({
      rate: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      weight: fc.double({ min: 0.01, max: 10, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 1e4, noNaN: true }), fc.array(demand), (budget, demands) => {
        const given = allocate(budget, demands)
        const needed = demands.reduce((sum, { rate }) => sum + rate, 0)
        expect(given.reduce((sum, one) => sum + one, 0)).toBeCloseTo(Math.min(budget, needed), 4)
        const lacking = demands.flatMap(({ rate, weight }, i) => {
          const one = given[i] ?? NaN
          expect(one).toBeLessThanOrEqual(rate * 1.000001)
          return one < rate * 0.999999 ? [one / weight] : []
        })
        for (const each of lacking) expect(each / (lacking[0] ?? NaN)).toBeCloseTo(1, 4)
      }),
    )
  })
})

describe('sampler (G12)', () => {
  const phases = [
    { name: 'quiet', perSecond: 300, seconds: 60, errorShare: 0.002 },
    { name: 'step', perSecond: 3000, seconds: 5, errorShare: 0.002 },
    { name: 'busy', perSecond: 3000, seconds: 60, errorShare: 0.002 },
    { name: 'incident', perSecond: 3000, seconds: 60, errorShare: 0.2 },
    { name: 'calming', perSecond: 300, seconds: 30, errorShare: 0.002 },
    { name: 'recovered', perSecond: 300, seconds: 60, errorShare: 0.002 },
    { name: 'idle', perSecond: 30, seconds: 60, errorShare: 0.002 },
  ]

  it.each([[1], [2], [3]])('keeps to its budget and to the truth through load, step and incident (seed %i)', (seed) => {
    const budget = 200
    const results = simulate(phases, { budget }, seed)
    const of = (name: string) => {
      const found = results.find((one) => one.name === name)
      if (found === undefined) throw new Error(name)
      return found
    }
    for (const name of ['quiet', 'busy', 'recovered', 'idle']) {
      expect(of(name).spans, name).toBeLessThanOrEqual(1.1 * budget)
      expect(of(name).errors, name).toBeGreaterThanOrEqual(0.95)
    }
    expect(of('step').peak).toBeLessThanOrEqual(4 * budget)
    expect(of('incident').spans).toBeLessThanOrEqual(5 * budget)
    expect(of('incident').spans).toBeGreaterThan(3 * budget)
    expect(of('idle').spans).toBeGreaterThan(0.85 * 150)
    expect(of('busy').rarest).toBeGreaterThan(0.15)
    for (const { name, estimate } of results) expect(Math.abs(estimate - 1), name).toBeLessThan(0.06)
  })

  const outcome = (part: Partial<Outcome>): Outcome => ({
    route: '/',
    randomness: 0,
    parentSampled: undefined,
    parentThreshold: undefined,
    failed: part.failed ?? false,
    hasErrors: part.failed ?? false,
    durationMs: 10,
    spans: 1,
    head: undefined,
    ...part,
  })

  it.each([
    [20, 200],
    [200, 20],
  ])('keeps to a budget of %i that becomes %i', (before, after) => {
    const random = pseudoRandom(11)
    const sampler = new Sampler({ budget: before })
    let at = 0
    /** Spans kept a second in the last of two minutes of 1000 requests a second. */
    const kept = (): number => {
      let count = 0
      for (let second = 0; second < 120; second++) {
        for (let i = 0; i < 1000; i++, at++) {
          const { keep } = sampler.finish(outcome({ randomness: Math.floor(random() * NEVER) }), at)
          if (keep && second >= 60) count++
        }
      }
      return count / 60
    }
    expect(kept() / before).toBeCloseTo(1, 0)
    sampler.budget = after
    expect(kept() / after).toBeCloseTo(1, 0)
    expect(sampler.budget).toBe(after)
    for (const none of [0, -1, NaN, Infinity]) expect(() => (sampler.budget = none)).toThrow(/^budget: /)
  })

  it('decides alike in every process that saw the same', () => {
    const run = () => {
      const random = pseudoRandom(7)
      const sampler = new Sampler()
      return Array.from({ length: 20_000 }, (_, i) =>
        sampler.finish(
          outcome({ randomness: Math.floor(random() * NEVER), failed: random() < 0.02, route: `/${i % 3}` }),
          i * 2,
        ),
      )
    }
    expect(run()).toEqual(run())
  })

  it('keeps in a busy service a part of what it keeps in a quiet one: which, the trace id says', () => {
    const random = pseudoRandom(3)
    const [busy, quiet] = [
      new Sampler({ budget: 20, reservoir: false }),
      new Sampler({ budget: 200, reservoir: false }),
    ]
    let [both, onlyBusy, onlyQuiet] = [0, 0, 0]
    for (let at = 0; at < 60_000; at += 2) {
      const one = outcome({ randomness: Math.floor(random() * NEVER) })
      const [here, there] = [busy.finish(one, at).keep, quiet.finish(one, at).keep]
      if (at < 5000) continue
      if (here && there) both++
      else if (here) onlyBusy++
      else if (there) onlyQuiet++
    }
    expect(both).toBeGreaterThan(500)
    expect(onlyQuiet).toBeGreaterThan(both)
    expect(onlyBusy).toBe(0)
  })

  it('keeps its base rate, more where the p95 is above a second, and everything in an incident', () => {
    const incidents: Incident[] = []
    const sampler = new Sampler({
      budget: 1e6,
      baseRate: 0.1,
      reservoir: false,
      onIncident: (incident) => incidents.push(incident),
    })
    const random = pseudoRandom(11)
    const share = (from: number, seconds: number, part: Partial<Outcome>) => {
      let kept = 0
      for (let i = 0; i < seconds * 100; i++) {
        const one = outcome({ randomness: Math.floor(random() * NEVER), ...part, failed: false })
        if (sampler.finish(one, from + i * 10).keep) kept++
      }
      return kept / (seconds * 100)
    }
    expect(share(0, 50, {})).toBeCloseTo(0.1, 1)
    share(50_000, 30, { durationMs: 1500 })
    share(80_000, 30, { durationMs: 1500 })
    expect(share(110_000, 30, { durationMs: 1500 })).toBeCloseTo(0.5, 1)
    for (let i = 0; i < 1000; i++) expect(sampler.finish(outcome({ failed: true }), 140_000 + i * 2).keep).toBe(true)
    expect(sampler.state.incident).toBe(true)
    expect(share(142_000, 5, {})).toBe(1)
    share(147_000, 30, {})
    expect(sampler.state.incident).toBe(false)
    expect(incidents.map(({ turn, route }) => `${turn} ${route ?? 'service'}`)).toEqual([
      'entered service',
      'entered /',
      'left service',
      'left /',
    ])
    expect(incidents[0]?.errorShare).toBeGreaterThan(0.05)
  })

  it('stands by what callees were told, and only a rule against it takes it back', () => {
    const rule = ({ route }: { readonly route: string }) => (route === '/health' ? ('drop' as const) : undefined)
    const sampler = new Sampler({ rule, baseRate: 0 })
    const head = { keep: true, reason: 'base', threshold: HALF } as const
    expect(sampler.finish(outcome({ randomness: HALF, head }), 0)).toEqual(head)
    expect(sampler.finish(outcome({ randomness: HALF, head, failed: true }), 0)).toEqual({
      keep: true,
      reason: 'error',
      threshold: ALWAYS,
    })
    expect(sampler.finish(outcome({ head, route: '/health' }), 0).reason).toBe('ruled-out')
    expect(sampler.decisions).toMatchObject({ base: 1, error: 1, 'ruled-out': 1 })
  })

  it('bounds what callers make it keep', () => {
    const sampler = new Sampler({ budget: 10 })
    const random = pseudoRandom(5)
    let kept = 0
    for (let at = 0; at < 60_000; at++) {
      const one = outcome({ parentSampled: true, randomness: Math.floor(random() * NEVER) })
      if (sampler.finish(one, at).keep && at >= 10_000) kept++
    }
    expect(kept / 50).toBeLessThanOrEqual(5 * 10 * 1.1)
    expect(kept / 50).toBeGreaterThan(30)
  })

  it('knows only so many routes (G17)', () => {
    const sampler = new Sampler({ maxRoutes: 20 })
    for (let i = 0; i < 1000; i++) sampler.finish(outcome({ route: `/${i}` }), i)
    expect(sampler.state.routes).toHaveLength(20)
    sampler.finish(outcome({ route: '/new' }), 2_000_000)
    sampler.finish(outcome({ route: '/new' }), 2_001_000)
    expect(sampler.state.routes.length).toBeLessThan(20)
  })

  it.each([[{ budget: 0 }], [{ budget: NaN }], [{ baseRate: 1.1 }], [{ baseRate: NaN }], [{ maxRoutes: 0 }]])(
    'refuses %j',
    (options) => {
      expect(() => new Sampler(options)).toThrow(RangeError)
    },
  )
})
