import { describe, expect, it } from 'vitest'
import { Engine, explainParseError, histogramText, MemoryStore, parse, print } from '../promql/index.ts'
import { LabelSet } from '../series/index.ts'
import {
  type OutgoingAlert,
  type ReadExpression,
  Rulebook,
  type RulebookOptions,
  type RuleGroup,
  type RuleQuery,
  type RuleSample,
  Schedule,
} from './index.ts'

const MINUTE = 60_000
const readExpression: ReadExpression = (expr) => {
  const parsed = parse(expr)
  if (parsed.ok) return { ok: true, printed: print(parsed.expr) }
  const [first] = parsed.errors
  return { ok: false, fault: first === undefined ? '' : explainParseError(first) }
}

/** A process with rules over a store that outlives it. */
class World {
  readonly store: MemoryStore
  readonly book: Rulebook
  readonly written: RuleSample[] = []
  readonly told: (OutgoingAlert & { readonly toldAt: number; readonly rule: string })[] = []
  at = 0
  refuses = false
  throws = false

  constructor(store = new MemoryStore(), options: Partial<RulebookOptions> = {}, query?: RuleQuery) {
    this.store = store
    const engine = new Engine({ queryable: store })
    this.book = new Rulebook({
      host: {
        query: query ?? ((expr, at, { signal }) => engine.instant(expr, at, { signal })),
        append: (samples) => {
          if (this.refuses) return { refused: samples.length, fault: 'full' }
          this.written.push(...samples)
          for (const { labels, at, value } of samples) store.append(labels, { time: at, value, startTime: 0 })
          return { refused: 0, fault: undefined }
        },
        select: (matchers, from, to) => store.select(matchers, from, to),
        histogramText,
        monotonicNow: () => 0,
      },
      notify: (alerts, { rule }) => {
        if (this.throws) throw new Error('nobody listens')
        for (const alert of alerts) this.told.push({ ...alert, toldAt: this.at, rule })
      },
      readExpression,
      ...options,
    })
  }

  load(...groups: readonly RuleGroup[]): void {
    this.book.load([{ file: 'f', groups }], this.at)
  }

  put(series: string, value: number | 'stale', at = this.at): void {
    const [name = '', job = ''] = series.split(' ')
    this.store.append(LabelSet.of({ __name__: name, job }), { time: at, value, startTime: 0 })
  }

  /** Goes on minute by minute; `input` gives the series of each. */
  async run(minutes: number, input: (minute: number) => void = () => undefined): Promise<void> {
    for (let i = 0; i < minutes; i++) {
      input(i)
      await this.step(this.at + MINUTE)
    }
  }

  async step(at: number): Promise<void> {
    this.at = at
    await this.book.step(at)
  }

  /** `name{labels} value` of what was written last, sorted. */
  get last(): readonly string[] {
    const at = this.written.at(-1)?.at
    return this.written
      .filter((sample) => sample.at === at)
      .map(({ labels, value }) => `${labels.toString()} ${typeof value === 'object' ? 'histogram' : value}`)
      .sort()
  }

  states(): readonly string[] {
    return this.book.status.flatMap(({ rules }) =>
      rules.flatMap((rule) =>
        rule.kind === 'alerting' ? rule.alerts.map(({ labels, state }) => `${labels.get('job')} ${state}`) : [],
      ),
    )
  }
}

const alerting = (more: Partial<Extract<RuleGroup['rules'][number], { alert: string }>> = {}): RuleGroup => ({
  name: 'g',
  rules: [{ alert: 'High', expr: 'x > 5', ...more }],
})
/** Loaded a second time, rules have nothing to restore, and write from the start. */
function worldWith(...groups: readonly RuleGroup[]): World {
  const world = new World()
  world.book.load([], 0)
  world.load(...groups)
  return world
}

describe('schedule', () => {
  // As Prometheus 3.5.3 evaluated them.
  it.each([
    ['g', 3000, 2426],
    ['other group', 3000, 1555],
    ['third', 2000, 1748],
  ])('%s every %i ms: moved by %i', (name, intervalMs, offset) => {
    expect(new Schedule('rules.yml', name, intervalMs).dueAt(1_800_000_000_000) % intervalMs).toBe(offset)
  })

  it.each([0, 1, 59_999, 60_000, 1_700_000_000_123])('the time that is due at %i is at most an interval ago', (at) => {
    const schedule = new Schedule('a', 'g', MINUTE)
    const due = schedule.dueAt(at)
    expect(due).toBeLessThanOrEqual(at)
    expect(at - due).toBeLessThan(MINUTE)
    expect(schedule.dueAt(due)).toBe(due)
    expect(schedule.dueAt(due + MINUTE)).toBe(due + MINUTE)
  })
})

describe('recording rules', () => {
  const sums: RuleGroup = {
    name: 'g',
    labels: { team: 'a', kind: 'group' },
    rules: [
      { record: 'y', expr: 'sum by (job) (x)', labels: { kind: 'sum' } },
      { record: 'z', expr: 'y + 1' },
      { record: 'one', expr: '1' },
    ],
  }

  it('store their series, and later rules see them', async () => {
    const world = worldWith(sums)
    await world.run(1, () => world.put('x a', 3))
    expect(world.last).toEqual([
      'one{kind="group", team="a"} 1',
      'y{job="a", kind="sum", team="a"} 3',
      'z{job="a", kind="group", team="a"} 4',
    ])
  })

  it('end the series that they give no more', async () => {
    const world = worldWith(sums)
    await world.run(2, (minute) => world.put('x a', minute === 0 ? 3 : 'stale'))
    expect(world.last).toContain('y{job="a", kind="sum", team="a"} stale')
    await world.run(1)
    expect(world.last.filter((line) => line.includes('stale'))).toEqual([])
  })

  it('look back by the query offset, and store there', async () => {
    const world = worldWith({ ...sums, queryOffset: '1m' })
    await world.run(2, () => world.put('x a', 3))
    const { lastEvaluation = 0 } = world.book.status[0] ?? {}
    expect(world.written.at(-1)?.at).toBe(lastEvaluation - MINUTE)
  })

  it.each([
    ['the same labels twice', [{ record: 'y', expr: 'x', labels: { job: 'q' } }], {}, 'same labelset'],
    ['too many', [{ record: 'y', expr: 'x' }], { limit: 1 }, 'exceeded limit of 1 with 2 series'],
    ['a range', [{ record: 'y', expr: 'x[5m]' }], {}, 'not a vector or scalar'],
    ['an error', [{ record: 'y', expr: 'x * on () x' }], {}, 'many-to-many'],
  ])('%s: told of, and the other rules go on', async (_, rules, more, fault) => {
    const world = worldWith({ name: 'g', ...more, rules: [...rules, { record: 'after', expr: '1' }] })
    await world.run(1, () => {
      world.put('x a', 1)
      world.put('x b', 2)
    })
    expect(world.book.status[0]?.rules).toMatchObject([
      { health: 'err', lastError: expect.stringContaining(fault) as unknown, samples: 0 },
      { health: 'ok', lastError: undefined, samples: 1 },
    ])
    expect(world.book.stats).toMatchObject({ evaluations: 2, failures: 1 })
    expect(world.last).toEqual(['after 1'])
  })

  it('tell of a store that refuses', async () => {
    const world = worldWith(sums)
    world.refuses = true
    await world.run(1)
    expect(world.book.status[0]?.rules.map(({ lastError }) => lastError)).toEqual([undefined, undefined, 'full'])
    expect(world.book.stats).toMatchObject({ refused: 1, samples: 0 })
  })
})

describe('alerting rules', () => {
  it('pend, fire and resolve', async () => {
    const world = worldWith(alerting({ for: '2m' }))
    const seen: (readonly string[])[] = []
    for (const value of [6, 6, 7, 1, 1]) {
      await world.run(1, () => world.put('x a', value))
      seen.push(world.states())
    }
    expect(seen).toEqual([['a pending'], ['a pending'], ['a firing'], [], []])
    expect(world.told.map(({ resolved, value, isNews }) => [resolved, value, isNews])).toEqual([
      [false, 7, true],
      [true, 7, true],
    ])
    const [fired, resolved] = world.told
    expect(fired?.endsAt).toBe((fired?.startsAt ?? 0) + 4 * MINUTE)
    expect(fired?.startsAt).toBe((fired?.activeAt ?? 0) + 2 * MINUTE)
    expect(resolved?.startsAt).toBe(fired?.startsAt)
    expect(resolved?.endsAt).toBe((fired?.startsAt ?? 0) + MINUTE)
  })

  it('write ALERTS and ALERTS_FOR_STATE, and end the state that is over', async () => {
    const world = worldWith(alerting({ for: '1m', labels: { severity: 'page' } }))
    await world.run(1, () => world.put('x a', 6))
    const seconds = Math.floor((world.written[0]?.at ?? 0) / 1000)
    const labels = 'job="a", severity="page"'
    expect(world.last).toEqual([
      `ALERTS_FOR_STATE{alertname="High", ${labels}} ${seconds}`,
      `ALERTS{alertname="High", alertstate="pending", ${labels}} 1`,
    ])
    await world.run(1, () => world.put('x a', 6))
    expect(world.last).toEqual([
      `ALERTS_FOR_STATE{alertname="High", ${labels}} ${seconds}`,
      `ALERTS{alertname="High", alertstate="firing", ${labels}} 1`,
      `ALERTS{alertname="High", alertstate="pending", ${labels}} stale`,
    ])
  })

  it('are told of again: firing ones after more than a minute, resolved ones for a quarter of an hour', async () => {
    const world = worldWith(alerting())
    await world.run(5, () => world.put('x a', 6))
    expect(world.told.map(({ isNews }) => isNews)).toEqual([true, false, false])
    world.told.length = 0
    await world.run(30, () => world.put('x a', 1))
    expect(world.told.length).toBe(8)
    expect(world.told.every(({ resolved }) => resolved)).toBe(true)
    expect(world.told.map(({ isNews }) => isNews).indexOf(false)).toBe(1)
  })

  it('that nobody took are told of at the next evaluation', async () => {
    const world = worldWith(alerting())
    world.throws = true
    await world.run(2, () => world.put('x a', 6))
    world.throws = false
    expect(world.book.stats).toMatchObject({ notified: 0, notifyFailures: 2 })
    await world.run(1, () => world.put('x a', 6))
    expect(world.told).toMatchObject([{ isNews: true, resolved: false }])
  })

  it('fire on for keep_firing_for', async () => {
    const world = worldWith(alerting({ keepFiringFor: '3m' }))
    const seen: (readonly string[])[] = []
    for (const value of [6, 1, 1, 6, 1, 1, 1, 1]) {
      await world.run(1, () => world.put('x a', value))
      seen.push(world.states())
    }
    expect(seen.map((states) => states[0] ?? '')).toEqual([...Array<string>(7).fill('a firing'), ''])
    expect(world.last.filter((line) => line.includes('KEEP'))).toEqual([
      'ALERTS_KEEP_FIRING_SINCE{alertname="High", job="a"} stale',
    ])
  })

  it('over the limit: none is kept', async () => {
    const world = worldWith({ ...alerting(), limit: 1 })
    await world.run(1, () => {
      world.put('x a', 6)
      world.put('x b', 6)
    })
    expect(world.states()).toEqual([])
    expect(world.book.status[0]?.rules[0]?.lastError).toBe('exceeded limit of 1 with 2 alerts')
    expect(world.told).toEqual([])
  })

  it('with the same labels twice fail as a whole', async () => {
    const world = worldWith(alerting({ labels: { job: 'q' } }))
    await world.run(1, () => {
      world.put('x a', 6)
      world.put('x b', 6)
    })
    expect(world.book.status[0]?.rules[0]?.lastError).toMatch('same labelset after applying alert labels')
  })

  it('fill in their templates', async () => {
    const world = worldWith(
      alerting({
        labels: { severity: '{{ if gt $value 8.0 }}page{{ else }}ticket{{ end }}', job: '' },
        annotations: {
          a: '{{ $labels.job }}: {{ humanize $value }} of {{ query "count(x)" | first | value }}',
          b: '{{ first (query "nope") }}',
          c: 'plain',
        },
      }),
    )
    await world.run(1, () => world.put('x a', 9000))
    expect(world.told).toHaveLength(1)
    expect(world.told[0]?.labels.toObject()).toEqual({ alertname: 'High', severity: 'page' })
    expect(world.told[0]?.annotations.toObject()).toEqual({
      a: 'a: 9k of 1',
      b: expect.stringContaining('<error expanding template: error executing template __alert_High: ') as unknown,
      c: 'plain',
    })
  })
})

describe('groups', () => {
  it('go on while a query of another hangs, and the hanging one ends with its time', async () => {
    const world = new World(new MemoryStore(), { queryTimeoutMs: 20 }, (expr) =>
      expr === 'hang'
        ? new Promise(() => undefined)
        : Promise.resolve({ ok: true, value: { type: 'scalar', value: 1 } }),
    )
    world.load(
      { name: 'a', rules: [{ record: 'r', expr: 'hang' }] },
      { name: 'b', rules: [{ record: 's', expr: '1' }] },
    )
    world.at = 2 * MINUTE
    const first = world.book.step(world.at)
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
    expect(world.last).toEqual(['s 1'])
    await first
    expect(world.book.status[0]?.rules[0]?.lastError).toBe('query timed out after 20 ms')
  })

  it.each([
    ['throws', () => Promise.reject(new Error('broken'))],
    [
      'throws at once',
      () => {
        throw new Error('broken')
      },
    ],
  ] as const)('a query that %s is an error of its rule', async (_, query) => {
    const world = new World(new MemoryStore(), {}, query)
    world.load(alerting())
    await world.run(1)
    expect(world.book.status[0]?.rules[0]).toMatchObject({ health: 'err', lastError: 'broken' })
  })

  it('that were not evaluated in time are counted, not made up for', async () => {
    const world = worldWith({ name: 'g', rules: [{ record: 'r', expr: '1' }] })
    await world.run(1)
    await world.step(world.at + 5 * MINUTE)
    expect(world.written).toHaveLength(2)
    expect(world.book.stats.missed).toBe(4)
    await world.step(world.at)
    expect(world.written).toHaveLength(2)
  })

  it('go on when the clock is set back', async () => {
    const world = worldWith({ name: 'g', rules: [{ record: 'r', expr: '1' }] })
    await world.run(100)
    world.at -= 50 * MINUTE
    await world.run(3)
    expect(world.written).toHaveLength(103)
  })

  it('keep alerts and series over a reload, by name and labels', async () => {
    const world = worldWith(alerting({ for: '2m' }))
    await world.run(2, () => world.put('x a', 6))
    world.load({
      name: 'g',
      rules: [
        { record: 'new', expr: '1' },
        { alert: 'High', expr: 'x > 4', for: '2m', annotations: { now: 'told' } },
      ],
    })
    await world.run(1, () => world.put('x a', 6))
    expect(world.told).toMatchObject([{ resolved: false }])
    expect(world.told[0]?.annotations.get('now')).toBe('told')
    expect(world.last.filter((line) => line.includes('stale'))).toEqual([
      'ALERTS{alertname="High", alertstate="pending", job="a"} stale',
    ])
  })

  it('end the series of a rule that was taken away, and fire no more', async () => {
    const world = worldWith({
      name: 'g',
      rules: [
        { record: 'r', expr: '1' },
        { record: 's', expr: '1' },
      ],
    })
    await world.run(1)
    world.load({ name: 'g', rules: [{ record: 's', expr: '1' }] })
    await world.run(1)
    expect(world.last).toEqual(['r stale', 's 1'])
  })

  it('that were taken away end their series after two intervals', async () => {
    const world = worldWith(
      {
        name: 'g',
        rules: [
          { record: 'r', expr: '1' },
          { record: 's', expr: '1' },
        ],
      },
      { name: 'h', rules: [{ record: 't', expr: '1' }] },
    )
    await world.run(1)
    const loadedAt = world.at
    world.load({
      name: 'h',
      rules: [
        { record: 't', expr: '1' },
        { record: 's', expr: '1' },
      ],
    })
    await world.run(3)
    expect(
      world.written.filter(({ value }) => value === 'stale').map(({ labels, at }) => [labels.toString(), at]),
    ).toEqual([['r', loadedAt]])
  })

  it('a longer `for` makes a firing alert pend again', async () => {
    const world = worldWith(alerting())
    await world.run(2, () => world.put('x a', 6))
    expect(world.states()).toEqual(['a firing'])
    world.load(alerting({ for: '10m' }))
    await world.run(1, () => world.put('x a', 6))
    expect(world.states()).toEqual(['a pending'])
  })

  it('rules that are wrong are refused, and all stays', async () => {
    const world = worldWith(alerting())
    expect(() => world.load({ name: 'g', rules: [{ record: 'r', expr: 'sum(' }] })).toThrow(
      'f: group "g", rule 1, "r": could not parse',
    )
    await world.run(1, () => world.put('x a', 6))
    expect(world.states()).toEqual(['a firing'])
  })

  it('what is under way when rules are loaded has no effect', async () => {
    let answer: (() => void) | undefined
    const world = new World(new MemoryStore(), {}, async () => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return { ok: true, value: { type: 'scalar', value: 1 } }
    })
    world.load({ name: 'g', rules: [{ record: 'r', expr: '1' }] })
    world.at = 2 * MINUTE
    const step = world.book.step(world.at)
    world.load({ name: 'g', rules: [{ record: 's', expr: '1' }] })
    answer?.()
    await step
    expect(world.written).toEqual([])
  })
})

describe('after a restart', () => {
  /** Another process over the same store, so many minutes later. */
  function restarted(before: World, minutes: number): World {
    const world = new World(before.store)
    world.at = before.at + minutes * MINUTE
    return world
  }
  const high = (world: World) => (): void => world.put('x a', 6)

  it('nothing is written before what was stored has been read', async () => {
    const before = worldWith(alerting({ for: '30m' }))
    await before.run(5, high(before))
    const world = restarted(before, 5)
    world.load(alerting({ for: '30m' }))
    await world.run(2, high(world))
    expect(world.written).toEqual([])
    await world.run(1, high(world))
    expect(world.written).toHaveLength(2)
  })

  it.each([
    // Ran, was down, and then fires with so many evaluations more: the second restores it, at the time of the step, which
    // is a bit after the evaluation was due; so what is left of `for` takes one evaluation more.
    ['was about to fire', 25, 10, 13],
    ['had far to go', 10, 10, 24],
    ['had fired', 40, 10, 3],
    ['was down too long', 25, 70, 31],
  ])('an alert that %s', async (_, ran, down, wanted) => {
    const before = worldWith(alerting({ for: '30m' }))
    await before.run(ran, high(before))
    const world = restarted(before, down)
    world.load(alerting({ for: '30m' }))
    let minutes = 0
    while (world.states()[0] !== 'a firing' && minutes < 100) {
      await world.run(1, high(world))
      minutes++
    }
    expect(minutes).toBe(wanted)
  })

  it('a short `for` begins anew', async () => {
    const before = worldWith(alerting({ for: '5m' }))
    await before.run(4, high(before))
    const world = restarted(before, 1)
    world.load(alerting({ for: '5m' }))
    await world.run(5, high(world))
    expect(world.states()).toEqual(['a pending'])
  })

  const kept = alerting({
    keepFiringFor: '10m',
    labels: { severity: 'page' },
    annotations: { a: 'of {{ $labels.job }}' },
  })
  const low = (world: World) => (): void => world.put('x a', 1)

  it('an alert that was kept firing is kept for what was left', async () => {
    const before = worldWith(kept)
    await before.run(2, high(before))
    await before.run(4, low(before))
    expect(before.states()).toEqual(['a firing'])
    const world = restarted(before, 20)
    world.load(kept)
    const seen: string[] = []
    for (let i = 0; i < 10; i++) {
      await world.run(1, low(world))
      seen.push(world.states()[0] ?? '')
    }
    // It was kept for 3 minutes, and its time stood still until the step of the second evaluation: 7 are left from there.
    expect(seen).toEqual(['', ...Array<string>(8).fill('a firing'), ''])
    const last = world.told.findLast(({ isNews }) => isNews)
    expect(last).toMatchObject({ resolved: true })
    expect(last?.annotations.get('a')).toBe('of a')
    expect(last?.labels.toObject()).toEqual({ alertname: 'High', job: 'a', severity: 'page' })
  })

  it('an alert that fired and whose cause ended meanwhile is kept from then on', async () => {
    const before = worldWith(kept)
    await before.run(3, high(before))
    const world = restarted(before, 5)
    world.load(kept)
    await world.run(12, low(world))
    expect(world.states()).toEqual(['a firing'])
    await world.run(1, low(world))
    expect(world.states()).toEqual([])
  })

  it('an alert that fired and goes on fires, without waiting again', async () => {
    const waits = alerting({ for: '5m', keepFiringFor: '10m' })
    const before = worldWith(waits)
    await before.run(8, high(before))
    const world = restarted(before, 1)
    world.load(waits)
    await world.run(2, high(world))
    expect(world.states()).toEqual(['a firing'])
    expect(world.told.every(({ resolved }) => !resolved)).toBe(true)
  })

  it('of rules of one name, each keeps the alerts that have its labels', async () => {
    const two: RuleGroup = {
      name: 'g',
      rules: [
        { alert: 'High', expr: 'x > 5', keepFiringFor: '10m', labels: { severity: 'page' } },
        { alert: 'High', expr: 'x > 50', keepFiringFor: '10m', labels: { severity: 'ticket' } },
      ],
    }
    const before = worldWith(two)
    await before.run(3, high(before))
    const world = restarted(before, 1)
    world.load(two)
    await world.run(3, low(world))
    expect(world.book.status[0]?.rules.map((rule) => (rule.kind === 'alerting' ? rule.state : ''))).toEqual([
      'firing',
      'inactive',
    ])
  })

  it('a store that cannot be read: everything begins anew', async () => {
    const world = new World()
    world.store.select = () => Promise.reject(new Error('gone'))
    world.load(alerting({ for: '30m' }))
    await world.run(3)
    expect(world.book.status[0]?.rules[0]?.health).toBe('err')
  })
})
