import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LabelSet, type Queryable } from '../series/index.ts'
import { DEFAULT_LIMITS, Engine, type EngineOptions, parse, type QueryResult } from './index.ts'
import { MemoryStore } from './testing/memory-store.ts'

/** Ten series of a counter that rises by `index` a second, with a sample every 15 s for an hour. */
function storeOf(series = 10): MemoryStore {
  const store = new MemoryStore()
  for (let index = 0; index < series; index++) {
    const labels = LabelSet.of({ __name__: 'rolls_total', table: `t${index}`, room: `r${index % 2}` })
    for (let i = 0; i <= 240; i++) store.append(labels, { time: i * 15_000, value: i * 15 * index, startTime: 0 })
  }
  return store
}

function engineOf(options: Partial<EngineOptions> = {}): Engine {
  return new Engine({ queryable: storeOf(), pause: () => Promise.resolve(), ...options })
}

function told(result: QueryResult): unknown {
  if (!result.ok) return result.error
  const { value } = result
  switch (value.type) {
    case 'scalar':
    case 'string':
      return value.value
    case 'vector':
      return Object.fromEntries(value.samples.map(({ labels, value: own }) => [String(labels), own]))
    case 'matrix':
      return Object.fromEntries(value.series.map(({ labels, values }) => [String(labels), [...values]]))
  }
}

describe('engine', () => {
  it.each([
    ['1 + 2', 3],
    ['"seven"', 'seven'],
    ['round(sum by (room) (rate(rolls_total[5m])))', { '{room="r0"}': 20, '{room="r1"}': 25 }],
    ['rolls_total{table="t1"}[30s]', { 'rolls_total{room="r1", table="t1"}': [3585, 3600] }],
    ['rolls_total + on() rolls_total', expect.objectContaining({ kind: 'execution' })],
    ['rolls_total[0s]', { kind: 'bad_data', message: expect.stringContaining('parse error: duration must be') }],
    ['sum(', { kind: 'bad_data', message: expect.stringContaining('invalid parameter "query": 1:5: parse error') }],
    [' '.repeat(50_001), { kind: 'bad_data', message: expect.stringContaining('too long: 50000 at most') }],
    ['count_values("", rolls_total)', { kind: 'execution', message: 'invalid label name ""' }],
    ['resets(rolls_total[1m] smoothed)', { kind: 'execution', message: expect.stringContaining('not with resets') }],
    ['step()', 0],
    ['rolls_total{table="t1"}[1m:30s] offset 30s', { 'rolls_total{room="r1", table="t1"}': [3540, 3570] }],
  ])('answers %.60s', async (query, answer) => {
    expect(told(await engineOf().instant(query, 3_600_000))).toEqual(answer)
  })

  it('answers ranges step by step, sorted by labels', async () => {
    const query = 'rolls_total{table=~"t[21]"} - rolls_total offset 1m'
    expect(told(await engineOf().range(query, 120_000, 240_000, 60_000))).toEqual({
      '{room="r0", table="t2"}': [120, 120, 120],
      '{room="r1", table="t1"}': [60, 60, 60],
    })
  })

  it.each([
    ['1', 0, -1, 1, 'end timestamp must not be before start time'],
    ['1', 0, 1, 0, 'zero or negative query resolution'],
    ['1', 0, 1, NaN, 'zero or negative query resolution'],
    ['1', 0, 11_001, 1, 'exceeded maximum resolution of 11,000 points'],
    ['"a"', 0, 1, 1, 'invalid expression type "string" for range query'],
    ['rolls_total[1m]', 0, 1, 1, 'invalid expression type "range vector" for range query'],
  ])('refuses the range of %s from %d to %d by %d', async (query, start, end, step, message) => {
    const answer = told(await engineOf().range(query, start, end, step))
    expect(answer).toEqual({ kind: 'bad_data', message: expect.stringContaining(message) })
  })

  it('answers a tree as its text, but for the places of its notes', async () => {
    const query = 'rate(rolls_total[5m]) + quantile(2, rolls_total)'
    const parsed = parse(query)
    if (!parsed.ok) throw new Error(query)
    const [text, tree] = [await engineOf().instant(query, 60_000), await engineOf().instant(parsed.expr, 60_000)]
    expect(told(tree)).toEqual(told(text))
    expect(text.warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 2 (1:34)'])
    expect(tree.warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 2'])
  })

  it('gives what many and one make in the order of the many', async () => {
    const of = async (query: string): Promise<readonly string[]> => {
      const answer = await engineOf().instant(query, 60_000)
      return answer.ok && answer.value.type === 'vector' ? answer.value.samples.map((each) => String(each.labels)) : []
    }
    const plain = await of('rolls_total + 0')
    expect(plain.length).toBeGreaterThan(2)
    const grouped = 'rolls_total + on(x) group_left() label_replace(vector(1), "y", "", "", "")'
    expect(await of(grouped)).toEqual(plain)
    expect(await of('sort_desc(rolls_total) * on() group_left() vector(1)')).toEqual(
      await of('sort_desc(rolls_total) + 0'),
    )
  })

  it('writes large numbers in its notes as Go does', async () => {
    const { warnings } = await engineOf().instant('quantile(1000000, vector(1))', 0)
    expect(warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 1e+06 (1:10)'])
  })

  const tooMany = {
    kind: 'execution',
    message: 'query processing would load too many samples into memory in query execution',
  }

  it.each([
    ['rolls_total[1h:1m]', tooMany],
    ['count_over_time(sum(rolls_total)[10m:1s])', tooMany],
    ['rolls_total[1h]', tooMany],
    ['count(rate(rolls_total[1h]))', { '{}': 10 }],
    ['count(max_over_time(rolls_total[4m:1s]))', { '{}': 10 }],
    ['count_over_time(sum(rolls_total)[2m:1s])', { '{}': 120 }],
  ])('holds no more than 500 samples at a time: %s', async (query, answer) => {
    const engine = engineOf({ limits: { samples: 500 } })
    expect(told(await engine.instant(query, 3_600_000))).toEqual(answer)
  })

  it('tells how many samples it took, and how many it held at once', async () => {
    const result = await engineOf().instant('count(rate(rolls_total[1h]))', 3_600_000)
    expect(result).toMatchObject({ ok: true, samples: 2401, peakSamples: 241 })
  })

  it('looks back as far as it is told', async () => {
    const at = 3_600_000 + 120_000
    expect(told(await engineOf().instant('count(rolls_total)', at))).toEqual({ '{}': 10 })
    expect(told(await engineOf().instant('count(rolls_total)', at, { lookbackMs: 60_000 }))).toEqual({})
    expect(told(await engineOf({ limits: { lookbackMs: 60_000 } }).instant('count(rolls_total)', at))).toEqual({})
  })

  it.each([
    [new DOMException('late', 'TimeoutError'), 'timeout', 'query timed out in expression evaluation'],
    [new DOMException('gone', 'AbortError'), 'canceled', 'query was canceled in expression evaluation'],
  ])('stops between slices: %s', async (reason, kind, message) => {
    const controller = new AbortController()
    let pauses = 0
    const pause = (): Promise<void> => {
      if (++pauses === 2) controller.abort(reason)
      return Promise.resolve()
    }
    const engine = engineOf({ pause })
    const result = await engine.range('rate(rolls_total[1m:1s])', 0, 3_600_000, 1000, { signal: controller.signal })
    expect(told(result)).toEqual({ kind, message })
    expect(pauses).toBe(2)
  })

  it.each([
    'rolls_total',
    'rate(rolls_total[5m])',
    'sum(rolls_total)',
    'rolls_total + rolls_total',
    'rolls_total or rolls_total',
    'max_over_time(rolls_total[5m:15s])',
    'topk(3, rolls_total)',
    'count_values("v", rolls_total)',
    'histogram_quantile(0.9, label_replace(rolls_total, "le", "$1", "table", "t(.*)"))',
  ])('pauses in proportion to its work: %s', async (query) => {
    const paused = async (series: number): Promise<number> => {
      let pauses = 0
      const pause = (): Promise<void> => {
        pauses++
        return Promise.resolve()
      }
      await new Engine({ queryable: storeOf(series), pause }).range(query, 0, 3_600_000, 2000)
      return pauses
    }
    const [few, many] = [await paused(30), await paused(90)]
    expect(few).toBeGreaterThan(0)
    expect(many).toBeGreaterThan(few * 2)
  })

  it('passes on what the store throws', async () => {
    const queryable: Queryable = Object.assign(new MemoryStore(), { select: () => Promise.reject(new Error('disk')) })
    await expect(new Engine({ queryable }).instant('up', 0)).rejects.toThrow('disk')
  })

  it('refuses misuse', () => {
    expect(() => engineOf({ limits: { points: 0 } })).toThrow('limit points: 0 must be a number above 0')
    expect(() => engineOf().instant('1', NaN)).toThrow('at: NaN must be milliseconds since the epoch')
    expect(DEFAULT_LIMITS.points).toBe(11_000)
  })
})

describe('a range query', () => {
  const queries = [
    'rolls_total',
    'rate(rolls_total[2m])',
    'avg_over_time(rolls_total[90s])',
    'max_over_time(rate(rolls_total[1m])[5m:30s])',
    'sum by (room) (rolls_total) / ignoring (room) group_left sum(rolls_total)',
    'rolls_total offset 90s',
    'rolls_total @ 600',
    'quantile(0.3, rolls_total) > bool 1000',
    'timestamp(rolls_total)',
    'deriv(rolls_total[3m] offset -1m)',
  ]

  it('gives at each step what an instant query gives', async () => {
    const engine = engineOf()
    const start = fc.integer({ min: -60_000, max: 3_000_000 })
    const step = fc.integer({ min: 1, max: 200_000 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...queries), start, step, fc.nat({ max: 4 }), async (query, from, by, nth) => {
        const range = await engine.range(query, from, from + 4 * by, by)
        const at = from + nth * by
        const instant = await engine.instant(query, at)
        if (!range.ok || range.value.type !== 'matrix') throw new Error('no matrix')
        const column = range.value.series.flatMap(({ labels, times, values }) => {
          const i = times.indexOf(at)
          return i < 0 ? [] : [[String(labels), values[i]] as const]
        })
        expect(Object.fromEntries(column)).toEqual(told(instant))
      }),
    )
  })

  const functions =
    'rate increase delta irate resets changes sum_over_time avg_over_time min_over_time max_over_time ts_of_min_over_time'

  it.each(functions.split(' '))('slides %s over whatever values there are', async (name) => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(0, -0, NaN, Infinity, 1e-300, 1e300, 0.1),
      fc.double(),
    )
    const sample = fc.record({ value, startTime: fc.constantFrom(0, 0, 0, 5, 40, 90) })
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 40 }), async (samples) => {
        const store = new MemoryStore()
        const labels = LabelSet.of({ __name__: 'any_total' })
        samples.forEach((own, i) => store.append(labels, { time: i * 10, ...own }))
        const engine = engineOf({ queryable: store })
        const query = `${name}(any_total[95ms])`
        const range = await engine.range(query, 0, 500, 7)
        if (!range.ok || range.value.type !== 'matrix') throw new Error('no matrix')
        const slid = new Map(
          range.value.series.flatMap(({ times, values }) => Array.from(times, (at, i) => [at, values[i]] as const)),
        )
        for (let at = 0; at <= 500; at += 7) {
          const [own] = Object.values(Object(told(await engine.instant(query, at))) as Record<string, number>)
          expect(near(slid.get(at), own)).toBe(true)
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** But for the last digits, in which sums may differ. */
function near(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b))
}
