import { describe, expect, it } from 'vitest'
import { LabelSet } from '../series/index.ts'
import { openTsdb, type Tsdb } from '../tsdb/index.ts'
import { Engine, type EngineLimits } from './index.ts'

const SERIES = 400
const SCRAPES = 60
const STEP_MS = 15_000
const END = 1_700_000_000_000

async function filled(): Promise<Tsdb> {
  const tsdb = await openTsdb()
  const refs = Uint32Array.from({ length: SERIES }, (_, i) => {
    const labels = { __name__: `m${i % 20}`, host: `host-${i}`, word: 'a'.repeat(1 + (i % 40)) }
    return tsdb.series(LabelSet.of(labels)) ?? 0
  })
  const group = tsdb.scrapeGroup()
  for (let at = 0; at < SCRAPES; at++) {
    const values = Float64Array.from(refs, (ref) => ref * at + ((ref * at) % 7))
    group.append(END - (SCRAPES - 1 - at) * STEP_MS, refs, values)
  }
  return tsdb
}

const tsdb = filled()

interface Asked {
  readonly outcome: string
  /** Of the event loop, while the query was under way. */
  readonly turns: number
}

/** Asks while the event loop is watched; `ranged`: at 400 moments. */
async function ask(
  query: string,
  limits: Partial<EngineLimits>,
  ranged: boolean,
  signal?: AbortSignal,
): Promise<Asked> {
  let clock = 0
  const engine = new Engine({
    queryable: await tsdb,
    limits,
    // A look at the clock costs more than a slice: a slice is then as long as the engine lets it be between two looks.
    now: () => (clock += 5),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  })
  let turns = 0
  let over = false
  const turn = (): void => {
    turns++
    if (!over) setImmediate(turn)
  }
  setImmediate(turn)
  const options = signal === undefined ? {} : { signal }
  const result = await (ranged
    ? engine.range(query, END - 399_000, END, 1000, options)
    : engine.instant(query, END, options))
  over = true
  const { value } = result.ok ? result : { value: undefined }
  const size = value?.type === 'vector' ? value.samples.length : value?.type === 'matrix' ? value.series.length : 0
  return { outcome: result.ok ? `${size} series` : `${result.error.kind}: ${result.error.message}`, turns }
}

function nested(depth: number, around: (inner: string, level: number) => string): string {
  return Array.from({ length: depth }).reduce<string>((inner, _, level) => around(inner, level), 'm1')
}

const TOO_MANY = 'execution: query processing would load too many samples into memory in query execution'
const doubled = nested(20, (inner, i) => `label_replace(${inner}, "x", "$1$1$1", "${i === 0 ? 'host' : 'x'}", "(.*)")`)

describe('a query of the worst kind', () => {
  it.each([
    ['{__name__=~".+"}[24h]', false, TOO_MANY, 10],
    ['{__name__=~".+"}', true, TOO_MANY, 5],
    ['count_values("v", {__name__=~".+"})', true, TOO_MANY, 5],
    ['m1 + on (host) group_left m1', false, '20 series', 0],
    ['sum by (host) (rate({__name__=~".+"}[5m]))', true, TOO_MANY, 5],
    ['sum(rate({__name__=~".+"}[5m]))', true, '1 series', 10],
    ['topk(3, {__name__=~".+"})', false, '3 series', 5],
    ['sort_desc({__name__=~".+"})', false, '400 series', 5],
    ['count_over_time(m1[5h:1s])', false, '20 series', 20],
    ['max_over_time(m1[10y:1s])', false, 'execution: subquery would take 315360000 points of each series', 0],
    [nested(3, (inner) => `max_over_time(${inner}[4m:1s])`), false, '20 series', 8],
    ['quantile_over_time(0.9, m1[15m])', true, '20 series', 20],
    [doubled, false, 'execution: a label that label_replace() sets would be longer than 65536 characters', 1],
    ['label_replace({__name__=~".+"}, "x", "$1", "word", "((a*)*)*b?")', false, '400 series', 5],
    ['{word=~"(a*)*b"}', false, '0 series', 0],
    ['{__name__=~".+", word!~"(a|aa|aaa)*b"}', false, '400 series', 1],
    [nested(400, (inner) => `${inner} + m1`), false, '20 series', 20],
    [nested(900, (inner) => `(${inner})`), false, '20 series', 0],
    [nested(900, (inner) => `-${inner}`), false, '20 series', 5],
    [nested(2000, (inner) => `(${inner})`), false, 'bad_data: invalid parameter "query": ', 0],
    [`m1${' + m1'.repeat(200_000)}`, false, 'query of 1000002 characters is too long: 50000 at most', 0],
  ])('%.60s (range: %s) ends, and others have their turns', async (query, ranged, outcome, turns) => {
    const asked = await ask(query, { samples: 20_000 }, ranged)
    expect(asked.outcome).toContain(outcome)
    expect(asked.turns).toBeGreaterThanOrEqual(turns)
  })

  it('ends when its time is over, at the next rest', async () => {
    const controller = new AbortController()
    setImmediate(() => controller.abort(new DOMException('late', 'TimeoutError')))
    const bomb = nested(5, (inner) => `max_over_time(${inner}[1h:1s])`)
    const { outcome, turns } = await ask(bomb, {}, false, controller.signal)
    expect(outcome).toBe('timeout: query timed out in expression evaluation')
    expect(turns).toBeLessThan(10)
  })

  it('gives queries that are asked at once one slice a turn, all together', async () => {
    let [pending, most, pauses] = [0, 0, 0]
    const pause = async (): Promise<void> => {
      pauses++
      most = Math.max(most, ++pending)
      await new Promise((resolve) => setImmediate(resolve))
      pending--
    }
    const engine = new Engine({ queryable: await tsdb, now: () => 0, pause })
    const results = await Promise.all(Array.from({ length: 10 }, () => engine.instant('count(m1)', END)))
    expect(results.filter(({ ok }) => ok)).toHaveLength(10)
    expect({ pauses, most }).toEqual({ pauses: 9, most: 1 })
  })
})
