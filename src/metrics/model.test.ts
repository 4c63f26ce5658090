import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { naivePage } from './exposition/naive-page.test.support.ts'
import { attachThread, createSlab, type Family, QUANTILE_RELATIVE_ERROR, Registry } from './index.ts'
import { asRegistry, ModelMetric, type ModelSeries } from './model.test.support.ts'
import {
  apply,
  type Do,
  isRefused,
  LIMITS,
  type Subject,
  subjectsOf,
  type Verb,
} from './model-subjects.test.support.ts'
import { OPENMETRICS, textOf } from './page.test.support.ts'
import { parsePage, type Sample } from './parse-page.test.support.ts'

const START = 1_700_000_000_000
const CONSTANT = { pod: 'p"1' }

const hostile = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('x', 'y', 'z', 1, '1', 200) },
  { weight: 4, arbitrary: fc.constantFrom('', '"', '\\', '\n', 'a|b', 'a,b', '}', '1:a', '🎲', '__overflow__') },
  { weight: 2, arbitrary: fc.constantFrom('\ud800', '\udfff', '\ufffd', NaN, -0, 1e21, 'x'.repeat(10_000)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
)
const amount = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 0.25, -1, 3.5, 1e10, 1e12, -0.5) },
  { weight: 2, arbitrary: fc.double({ min: 1e-6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
)
const which = fc.nat(100)
const values = fc.tuple(hostile, hostile)
const verb = fc.constantFrom<Verb[]>('inc', 'dec', 'set', 'switchTo')
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      which,
      values,
      verb,
      amount,
      via: fc.constantFrom('call', 'child', 'listed', 'held'),
      mark: fc.option(fc.constantFrom('t1', 't2'), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), which, values, keep: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom<('clear' | 'reset' | 'resetAll')[]>('clear', 'reset', 'resetAll'),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom<('expire' | 'wait')[]>('expire', 'wait'), ms: fc.nat(2000) }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
const history = fc.array(fc.array(step, { maxLength: 30 }), { minLength: 1, maxLength: 4 })

class Run {
  at = START
  reads = 0
  readonly faults: string[] = []
  readonly registry: Registry
  readonly subjects: readonly Subject[]
  readonly read: ModelMetric = new ModelMetric(
    { kind: 'gauge', name: 'reads', help: '', labelNames: [], ...LIMITS },
    START,
  )
  readonly held: { readonly subject: Subject; readonly series: ModelSeries; readonly act: Do }[] = []

  constructor(slab?: SharedArrayBuffer) {
    this.registry = new Registry({ now: () => this.at, constantLabels: CONSTANT, ...(slab && { slab }) })
    this.subjects = subjectsOf(this.registry, START)
    const fail = (): never => {
      throw new Error('no reading')
    }
    this.registry.gauge({ name: 'reads', help: '', collect: (gauge) => gauge.set(++this.reads) })
    this.registry.gauge({ name: 'fails', help: '', labelNames: ['k'], collect: fail })
    this.registry.gauge({
      name: 'rejects',
      help: '',
      labelNames: ['k'],
      collect: async () => Promise.reject(new Error()),
    })
  }

  take(one: Step): void {
    if ('ms' in one) {
      if (one.do === 'wait') this.at += one.ms
      else this.#expire()
    } else if (one.do === 'resetAll') this.#resetAll()
    else {
      const subject = this.subjects[one.which % this.subjects.length]
      if (subject === undefined) return
      if (one.do === 'record') this.#record(subject, one)
      if (one.do === 'remove' && subject.remove !== undefined) {
        const partial = new Map(one.values.map((value, i) => [i, value] as const).filter(([i]) => (one.keep >> i) & 1))
        if (subject.remove(partial) !== subject.metric.remove(partial)) this.faults.push('remove() counts wrong')
      }
      if (one.do === 'clear' && subject.clear !== undefined) {
        subject.clear()
        subject.metric.series = []
      }
      if (one.do === 'reset' && subject.reset !== undefined) {
        subject.reset()
        subject.metric.reset(this.at)
      }
    }
  }

  /** Bad numbers are refused before anything changes; through `labels()`, the series is there by then. */
  #record(given: Subject, step: Extract<Step, { do: 'record' }>): void {
    const { verb, amount, mark, via } = step
    const held = via === 'held' ? this.held[step.which % Math.max(1, this.held.length)] : undefined
    const { metric, call, child } = held?.subject ?? given
    const refused = isRefused(metric.options, verb, amount)
    const { kind, labelNames: names } = metric.options
    const values = names.length === 0 ? [] : step.values
    let series = held?.series
    let act = held?.act
    if (act === undefined && child !== undefined && via !== 'call') {
      act = child(values, via === 'listed')
      series = metric.find(values, this.at)
      this.held.push({ subject: given, series, act })
    }
    act ??= call(values)
    if (refused) {
      try {
        act(verb, amount, mark)
        this.faults.push(`${metric.options.name}: took ${amount}`)
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
      }
      return
    }
    act(verb, amount, mark)
    if (kind === 'info' && verb === 'set') metric.series = []
    series ??= metric.find(values, this.at)
    apply(metric, series, verb, amount, mark, this.at)
  }

  #expire(): void {
    this.registry.expire(this.at)
    for (const { metric } of this.subjects) metric.expire(this.at)
  }

  #resetAll(): void {
    this.registry.reset()
    for (const { metric } of this.subjects) metric.reset(this.at)
  }

  /** What the registry shows next must be this. */
  expected(open: boolean): string {
    for (const { metric } of this.subjects) for (const series of metric.series) series.tick(this.at)
    const [read] = this.read.series
    if (read !== undefined) read.values = [this.reads]
    const metrics = [...this.subjects.map(({ metric }) => metric), this.read]
    return naivePage(asRegistry(metrics, CONSTANT), open)
  }
}

/** Lines alike, but for a summary's quantiles, which may be off by their error bound. */
function expectPage(actual: string, wanted: string): void {
  const others = wanted.split('\n')
  const lines = actual.split('\n').map((line, i) => {
    const other = others[i] ?? ''
    if (!line.includes('quantile="') || !other.includes('quantile="')) return line
    const [shown, exact] = [line, other].map((each) => Number(each.slice(each.lastIndexOf(' '))))
    const isNear = Math.abs((shown ?? 0) - (exact ?? 0)) <= Math.abs(exact ?? 0) * (QUANTILE_RELATIVE_ERROR + 1e-9)
    return isNear ? other : line
  })
  expect(lines).toEqual(others)
}

/** The lines that a family should have, from its plain data. */
function samplesOf(family: Family): Sample[] {
  const { name } = family
  if (family.kind === 'histogram') {
    return family.series.flatMap(({ labels, buckets, sum, count }) => [
      ...buckets.map(({ le, count: upTo }) => {
        return { name: `${name}_bucket`, labels: { ...labels, le: le === Infinity ? '+Inf' : String(le) }, value: upTo }
      }),
      { name: `${name}_sum`, labels, value: sum },
      { name: `${name}_count`, labels, value: count },
    ])
  }
  if (family.kind === 'summary') {
    return family.series.flatMap(({ labels, quantiles, sum, count }) => [
      ...quantiles.map(({ quantile, value }) => ({ name, labels: { ...labels, quantile: String(quantile) }, value })),
      { name: `${name}_sum`, labels, value: sum },
      { name: `${name}_count`, labels, value: count },
    ])
  }
  return family.series.map(({ labels, value }) => ({ name, labels, value }))
}

function expectCumulative(families: readonly Family[]): void {
  for (const family of families) {
    if (family.kind !== 'histogram') continue
    for (const { buckets, count, native } of family.series) {
      const counts = buckets.map((bucket) => bucket.count)
      expect(counts).toEqual(counts.toSorted((a, b) => a - b))
      expect(buckets.at(-1)).toEqual({ le: Infinity, count })
      expect(native?.count ?? count).toBe(count)
    }
  }
}

describe('a registry', () => {
  it.each([
    ['text', undefined, false, false],
    ['OpenMetrics', OPENMETRICS, true, false],
    ['text, and so does one that only sees its memory', undefined, false, true],
  ] as const)('shows what a naive model shows, whatever is done to it, as %s', async (_, accept, open, share) => {
    await fc.assert(
      fc.asyncProperty(history, async (pages) => {
        const slab = share ? createSlab() : undefined
        const run = new Run(slab)
        const onlooker = new Registry({ constantLabels: CONSTANT })
        if (slab !== undefined) attachThread(onlooker, slab)
        for (const steps of pages) {
          for (const one of steps) run.take(one)
          expect(run.faults).toEqual([])
          const page = await textOf(run.registry, accept)
          expectPage(page, run.expected(open))
          expect(await textOf(onlooker)).toBe(slab === undefined ? '' : page)
          if (open) continue
          const families = await run.registry.collect()
          expectCumulative(families)
          // Each look is a collection, and each collection a reading.
          const samples = families.flatMap(samplesOf)
          const read = samples.findIndex(({ name }) => name === 'reads')
          samples[read] = { name: 'reads', labels: CONSTANT, value: run.reads - 1 }
          const plain = samples.map(({ name, labels, value }) => ({ name, labels, value: value + 0 }))
          expect(parsePage(page)).toEqual(plain)
        }
        const { overflowed, collectFailures } = run.registry.stats
        expect(overflowed).toBe(run.subjects.reduce((sum, { metric }) => sum + metric.overflowed, 0))
        expect(collectFailures).toBe(2 * run.reads)
      }),
      { numRuns: 150 },
    )
  })
})
