import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUANTILE_RELATIVE_ERROR, Registry } from '../index.ts'
import { OPENMETRICS, textOf } from '../page.test.support.ts'

const START = 1_700_000_000_000
const MINUTE = 60_000

describe('a summary', () => {
  it('shows quantiles of what was observed lately, and the count and sum of everything', async () => {
    let at = START
    const registry = new Registry({ now: () => at })
    const options = { name: 's', help: 'S', quantiles: [0.5, 1], maxAgeMs: 10 * MINUTE, ageBuckets: 5 }
    const summary = registry.summary(options)
    expect(await textOf(registry)).toBe(
      '# HELP s S\n# TYPE s summary\ns{quantile="0.5"} NaN\ns{quantile="1"} NaN\ns_sum 0\ns_count 0\n',
    )
    for (const value of [-2, 0, 0, 4]) summary.observe(value)
    await registry.refresh()
    expect(await textOf(registry)).toMatch(
      /^s\{quantile="0.5"\} 0\ns\{quantile="1"\} (3.9|4.0)\d*\ns_sum 2\ns_count 4$/m,
    )
    at += 10 * MINUTE
    expect(await textOf(registry, OPENMETRICS)).toBe(
      '# HELP s S\n# TYPE s summary\ns{quantile="0.5"} NaN\ns{quantile="1.0"} NaN\ns_sum 2\ns_count 4\n' +
        `s_created ${START / 1000}\n# EOF\n`,
    )
  })

  it('is within 1 % of the exact value of each rank, series by series', async () => {
    const value = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), value), { maxLength: 60 }), async (observed) => {
        const registry = new Registry({ now: () => START })
        const summary = registry.summary({ name: 's', help: '', labelNames: ['k'], quantiles: [0, 0.5, 0.9, 1] })
        for (const [k, each] of observed) summary.observe({ k }, each)
        const [family] = await registry.collect()
        if (family?.kind !== 'summary') throw new Error('no summary')
        expect(new Set(family.series.map(({ labels }) => labels['k']))).toEqual(
          new Set(observed.map(([k]) => String(k))),
        )
        for (const { labels, count, quantiles } of family.series) {
          const own = observed.filter(([k]) => String(k) === labels['k']).map(([, each]) => each)
          own.sort((a, b) => a - b)
          expect(count).toBe(own.length)
          for (const { quantile, value: shown } of quantiles) {
            const exact = own[Math.max(1, Math.ceil(quantile * own.length)) - 1] ?? NaN
            expect(Math.abs(shown / exact - 1)).toBeLessThanOrEqual(QUANTILE_RELATIVE_ERROR + 1e-9)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('is removed, reset, limited and expired as any other metric', async () => {
    const registry = new Registry({ now: () => START })
    const options = { name: 's', help: '', quantiles: [0.5], maxSeries: 2, expireAfterMs: 1000 }
    const summary = registry.summary({ ...options, labelNames: ['k'] })
    const gone = summary.labels('gone')
    for (const k of ['gone', 'b', 'c', 'd']) summary.observe({ k }, 0)
    summary.remove({ k: 'gone' })
    gone.observe(0)
    summary.labels('b').observe(0)
    const lines = async (): Promise<string[]> => (await textOf(registry)).split('\n').slice(2, -1)
    expect(await lines()).toEqual([
      's{k="b",quantile="0.5"} 0',
      's_sum{k="b"} 0',
      's_count{k="b"} 2',
      's{k="__overflow__",quantile="0.5"} 0',
      's_sum{k="__overflow__"} 0',
      's_count{k="__overflow__"} 2',
    ])
    summary.reset()
    registry.expire(0)
    summary.observe({ k: 'b' }, 0) // its quantiles are not up to date: this alone must keep it
    expect(registry.expire(1000)).toBe(1)
    expect(await lines()).toEqual(['s{k="b",quantile="0.5"} 0', 's_sum{k="b"} 0', 's_count{k="b"} 1'])
  })

  it('times what it is asked to time', async () => {
    let ms = 0
    const registry = new Registry({ now: () => START, monotonicNow: () => ms })
    const summary = registry.summary({ name: 's_seconds', help: '', labelNames: ['k'] })
    const [bound, open] = [summary.labels('a').startTimer(), summary.startTimer()]
    ms = 250
    expect([bound(), open({ k: 'b' })]).toEqual([0.25, 0.25])
  })

  it('refuses what is no number, and keeps its values', async () => {
    const registry = new Registry({ now: () => START })
    const summary = registry.summary({ name: 's', help: '', quantiles: [0.5], labelNames: ['k'] })
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(() => summary.observe({ k: 'a' }, value)).toThrow(RangeError)
      expect(() => summary.labels('b').observe(value)).toThrow(`s: observe(${value}) must be a finite number`)
    }
    expect(await textOf(registry)).toContain('\ns{k="b",quantile="0.5"} NaN\ns_sum{k="b"} 0\ns_count{k="b"} 0\n')
    expect(await textOf(registry)).not.toContain('"a"')
  })

  it.each([
    [{ quantiles: [1.5] }, 'quantile 1.5 must be from 0 to 1'],
    [{ quantiles: [0.5, 0.5] }, 'quantile 0.5 must be from 0 to 1, and there once'],
    [{ maxAgeMs: 0 }, 'a window of 0 ms'],
    [{ ageBuckets: 0 }, '0 slices'],
    [{ labelNames: ['quantile'] }, 'label name "quantile" is already taken'],
  ])('refuses %j', (options, why) => {
    const registry = new Registry({ now: () => START })
    expect(() => registry.summary({ name: 's', help: '', labelNames: ['k'], ...options })).toThrow(why)
  })

  it('needs a clock, and a name whose lines stay its own', () => {
    expect(() => new Registry().summary({ name: 's', help: '' })).toThrow(
      "s: such a summary needs the registry's option now",
    )
    const registry = new Registry({ now: () => START })
    registry.summary({ name: 's', help: '' })
    expect(() => registry.counter({ name: 's_count', help: '' })).toThrow('its lines would mix with those of s')
  })
})
