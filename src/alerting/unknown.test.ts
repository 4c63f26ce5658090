import { describe, expect, it } from 'vitest'
import { Engine, histogramText, MemoryStore, readExpression } from '../promql/index.ts'
import { LabelSet } from '../series/index.ts'
import {
  explainRuleFault,
  type OnUnknown,
  printRuleFile,
  readRuleChoices,
  type RuleAnswer,
  Rulebook,
  type RuleGroup,
  type RuleSample,
} from './index.ts'

const MINUTE = 60_000

/** A rule over a store that outlives it, minute by minute. */
class World {
  readonly store: MemoryStore
  readonly told: string[] = []
  readonly annotations: string[] = []
  fails = false
  at: number
  readonly #book: Rulebook

  constructor(group: RuleGroup, { store = new MemoryStore(), at = 0 }: Partial<Pick<World, 'store' | 'at'>> = {}) {
    this.store = store
    this.at = at
    const engine = new Engine({ queryable: store })
    const failure: RuleAnswer = { ok: false, error: { message: 'the store is away' } }
    this.#book = new Rulebook({
      host: {
        query: (expr, when, { signal }) =>
          this.fails ? Promise.resolve(failure) : engine.instant(expr, when, { signal }),
        append: (samples: readonly RuleSample[]) => {
          for (const { labels, at: when, value } of samples) store.append(labels, { time: when, value, startTime: 0 })
          return { refused: 0, fault: undefined }
        },
        select: (matchers, from, to) => store.select(matchers, from, to),
        histogramText,
        monotonicNow: () => 0,
      },
      notify: (alerts) => {
        for (const { labels, annotations, resolved, isNews } of alerts) {
          const name = `${labels.get('alertname')}${labels.get('job') && ` ${labels.get('job')}`}`
          this.told.push(`${this.at / MINUTE} ${isNews ? '' : 'again '}${resolved ? '-' : ''}${name}`)
          this.annotations.push(annotations.get('description'))
        }
      },
      readExpression,
    })
    if (at === 0) this.#book.load([], 0)
    this.load(group)
  }

  load(group: RuleGroup): void {
    this.#book.load([{ file: 'f', groups: [group] }], this.at)
  }

  /** Values of `x` by job; who is not there has ended. */
  async run(minutes: number, values: Readonly<Record<string, number>> = {}): Promise<void> {
    for (let i = 0; i < minutes; i++) {
      for (const job of ['a', 'b']) {
        const value = values[job] ?? 'stale'
        this.store.append(LabelSet.of({ __name__: 'x', job }), { time: this.at, value, startTime: 0 })
      }
      this.at += MINUTE
      await this.#book.step(this.at)
    }
  }

  get state(): string {
    const [rule] = this.#book.status[0]?.rules ?? []
    return rule?.kind === 'alerting' ? `${rule.state}, ${rule.condition ?? 'known'}` : ''
  }

  get news(): readonly string[] {
    return this.told.filter((one) => !one.includes('again'))
  }
}

function high(unknown?: OnUnknown, more: { readonly for?: string; readonly expr?: string } = {}): RuleGroup {
  const labels = { severity: 'page', team: 'of {{ $labels.job }}' }
  return { name: 'g', rules: [{ alert: 'High', expr: 'x > 5', labels, ...more, ...(unknown && { unknown }) }] }
}

describe('a rule whose series are gone while it fires', () => {
  it('by default is over, as in Prometheus, and says that it has no data until there is some', async () => {
    const world = new World(high())
    await world.run(2, { a: 9 })
    expect(world.state).toBe('firing, known')
    await world.run(2)
    expect(world.news).toEqual(['1 High a', '3 -High a'])
    expect(world.state).toBe('inactive, nodata')
    await world.run(1, { a: 1 })
    expect(world.state).toBe('inactive, known')
  })

  it('is over as any other when the series is there', async () => {
    const world = new World(high({ noData: 'keep' }))
    await world.run(2, { a: 9, b: 9 })
    await world.run(1, { a: 1, b: 9 })
    expect(world.state).toBe('firing, known')
    expect(world.news).toEqual(['1 High a', '1 High b', '3 -High a'])
  })

  it('keep: fires on, each alert whose series is gone, until it is seen to be over', async () => {
    const world = new World(high({ noData: 'keep' }))
    await world.run(2, { a: 9, b: 9 })
    await world.run(30, { b: 1 })
    expect(world.state).toBe('firing, nodata')
    expect(world.news).toEqual(['1 High a', '1 High b', '3 -High b'])
    expect(world.told.at(-1)).toMatch(/^3[12] again High a$/)
    await world.run(1, { a: 1, b: 1 })
    expect(world.news.at(-1)).toBe('33 -High a')
    expect(world.state).toBe('inactive, known')
  })

  it('keep: for a day, when it never comes back', async () => {
    const world = new World(high({ noData: 'keep' }))
    await world.run(1, { a: 9 })
    await world.run(24 * 60 + 2)
    expect(world.news).toEqual(['1 High a', '1443 -High a'])
    expect(world.state).toBe('inactive, known')
  })

  it('keep: through a restart', async () => {
    const before = new World(high({ noData: 'keep' }))
    await before.run(2, { a: 9 })
    await before.run(5)
    const world = new World(high({ noData: 'keep' }), { store: before.store, at: before.at + 5 * MINUTE })
    await world.run(6)
    expect(world.state).toBe('firing, nodata')
    await world.run(1, { a: 1 })
    expect(world.news.at(-1)).toBe('19 -High a')
  })

  it('alert: one alert of the rule says so, until there is data', async () => {
    const world = new World(high({ noData: 'alert' }))
    await world.run(2, { a: 9, b: 9 })
    await world.run(3)
    expect(world.news).toEqual(['1 High a', '1 High b', '3 -High a', '3 -High b', '3 NoData'])
    expect(world.annotations[world.told.indexOf('3 NoData')]).toMatch(
      /^2 of its alerts fired when their series went away, the first at 1970-01-01T00:02:.*Z: x$/,
    )
    await world.run(1, { a: 1, b: 9 })
    expect(world.news.slice(5)).toEqual(['6 High b', '6 -NoData'])
  })

  it('alert: through a restart', async () => {
    const before = new World(high({ noData: 'alert' }))
    await before.run(2, { a: 9 })
    await before.run(3)
    const world = new World(high({ noData: 'alert' }), { store: before.store, at: before.at + MINUTE })
    await world.run(5)
    expect(world.news).toEqual(['9 NoData'])
    await world.run(1, { a: 1 })
    expect(world.news).toEqual(['9 NoData', '12 -NoData'])
  })

  it('alert: not for a rule that waits for nothing, or whose expression does not tell', async () => {
    const world = new World(high({ noData: 'alert' }, { expr: 'absent(x{job="a"})' }))
    await world.run(2)
    await world.run(2, { a: 1 })
    expect(world.state).toBe('inactive, known')
    expect(world.news).toEqual(['1 High a', '3 -High a'])
  })

  it('stays so over a reload, and is over when the rule no longer says so', async () => {
    const world = new World(high({ noData: 'alert' }))
    await world.run(1, { a: 9 })
    await world.run(1)
    world.load(high({ noData: 'alert' }, { for: '1m' }))
    await world.run(2)
    expect(world.news).toEqual(['1 High a', '2 -High a', '2 NoData'])
    world.load(high())
    await world.run(1)
    expect(world.news.at(-1)).toBe('5 -NoData')
  })
})

describe('a rule whose query fails', () => {
  it('by default fires on, and is told of again', async () => {
    const world = new World(high())
    await world.run(1, { a: 9 })
    world.fails = true
    await world.run(20, { a: 9 })
    expect(world.state).toBe('firing, error')
    expect(world.told.at(-1)).toBe('21 again High a')
    expect(world.news).toEqual(['1 High a'])
  })

  it('alert: one alert says so once that has lasted as long as the rule waits, and is over with the fault', async () => {
    const world = new World(high({ error: 'alert' }, { for: '5m' }))
    await world.run(1, { a: 9, b: 9 })
    world.fails = true
    await world.run(3)
    world.fails = false
    await world.run(1)
    world.fails = true
    await world.run(7)
    expect(world.news).toEqual(['11 EvaluationFailed'])
    expect(world.annotations[0]).toBe('the store is away: x > 5')
    world.fails = false
    await world.run(1)
    expect(world.news).toEqual(['11 EvaluationFailed', '13 -EvaluationFailed'])
  })

  it('ok: its alerts are over', async () => {
    const world = new World(high({ error: 'ok' }))
    await world.run(1, { a: 9 })
    world.fails = true
    await world.run(1, { a: 9 })
    expect(world.news).toEqual(['1 High a', '2 -High a'])
    expect(world.state).toBe('inactive, error')
  })
})

describe('choices beside a file of rules', () => {
  const rule = (alert: string): RuleGroup['rules'][number] => ({ alert, expr: 'x > 5' })
  const groups: readonly RuleGroup[] = [{ name: 'g', rules: [rule('High'), rule('Low'), { record: 'r', expr: 'x' }] }]

  it('are those of the rules that they name, and of all others', () => {
    const text = "unknown:\n- {alert: High, no_data: keep, error: alert}\n- {alert: '*', error: ok}\n"
    expect(readRuleChoices(text, groups)).toEqual({
      ok: true,
      groups: [
        {
          name: 'g',
          rules: [
            { ...rule('High'), unknown: { noData: 'keep', error: 'alert' } },
            { ...rule('Low'), unknown: { error: 'ok' } },
            { record: 'r', expr: 'x' },
          ],
        },
      ],
    })
  })

  it('that are wrong are all named, with their place', () => {
    const text = `unknown:
- {alert: Hihg}
- {no_data: keep}
- {alert: Low, nodata: ok}
- {alert: Low, error: stop}
unknwon: 1
`
    const read = readRuleChoices(text, groups)
    expect(read.ok ? [] : read.faults.map((fault) => explainRuleFault(fault)).sort()).toEqual([
      '2:11: no rule of the file is called Hihg; did you mean High?',
      '3:3: missing alert: the name of a rule, or "*" for all others',
      '4:16: unknown key nodata; did you mean no_data?',
      '5:11: Low comes twice',
      '5:23: error: stop; write keep, alert or ok',
      '6:1: unknown key unknwon; did you mean unknown?',
    ])
  })

  it('are no part of what Prometheus reads', () => {
    expect(printRuleFile([high({ noData: 'keep' })])).not.toContain('keep')
  })
})

it('a choice that there is not is refused', () => {
  // @ts-expect-error what a caller without types may pass
  const wrong = high({ noData: 'kep' })
  expect(() => new World(wrong)).toThrow('unknown.noData: "kep"; write keep, alert or ok')
})
