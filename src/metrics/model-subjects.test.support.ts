import type { Registry } from './index.ts'
import { ModelMetric, type ModelOptions, type ModelSeries, type Values } from './model.test.support.ts'

export const LIMITS = { maxSeries: 5, maxValuesPerLabel: 4, expireAfterMs: 1500 }
const SLICE_MS = 1000
const STATES = ['on', 'off "x"']
const labelNames = ['a', 'b'] as const

/** What a test does to one instrument or child: how, and how much. */
export type Verb = 'inc' | 'dec' | 'set' | 'switchTo'
export type Do = (verb: Verb, value: number, exemplar?: string) => void

export interface Subject {
  readonly metric: ModelMetric
  /** To the unlabelled instrument, or through the labelled one. */
  readonly call: (values: Values) => Do
  readonly child?: (values: Values, listed: boolean) => Do
  readonly remove?: (partial: ReadonlyMap<number, string | number>) => number
  readonly clear?: () => void
  readonly reset?: () => void
}

type Pair = { a: string | number; b: string | number }
const pair = ([a = '', b = '']: Values): Pair => ({ a, b })
const state = (value: number): string => STATES[value >= 1 ? 1 : 0] ?? ''

interface LabelledPart<C> {
  labels(values: Pair): C
  labels(a: string | number, b: string | number): C
  remove(partial: Partial<Pair>): number
  clear(): void
  reset(): void
}

function labelledParts<C>(instrument: LabelledPart<C>, act: (child: C) => Do): Omit<Subject, 'metric' | 'call'> {
  return {
    child: (values, listed) => {
      const { a, b } = pair(values)
      return act(listed ? instrument.labels(a, b) : instrument.labels({ b, a }))
    },
    remove: (partial) =>
      instrument.remove(Object.fromEntries([...partial].map(([i, value]) => [labelNames[i] ?? '', value]))),
    clear: () => instrument.clear(),
    reset: () => instrument.reset(),
  }
}

/** One of everything, each beside its model. */
export function subjectsOf(registry: Registry, at: number): Subject[] {
  const model = (options: Partial<ModelOptions> & Pick<ModelOptions, 'kind' | 'name'>): ModelMetric =>
    new ModelMetric({ help: 'h\n\\', labelNames: [], ...LIMITS, ...options }, at)
  const help = 'h\n\\'
  const bounds = [-1, 0, 0.25, 1000]
  const quantiles = [0, 0.5, 0.9, 1]
  const window = { maxAgeMs: 3 * SLICE_MS, ageBuckets: 3 }

  const total = registry.counter({ name: 'one_total', help })
  const totals = registry.counter({ name: 'many_total', help, labelNames, ...LIMITS })
  const level = registry.gauge({ name: 'level', help, labelNames, ...LIMITS })
  const plain = registry.histogram({ name: 'plain_seconds', help, buckets: bounds })
  const classic = registry.histogram({ name: 'classic', help, labelNames, buckets: bounds, ...LIMITS })
  const native = registry.histogram({ name: 'native', help, labelNames, native: { minResetMs: 0 }, ...LIMITS })
  const both = registry.histogram({ name: 'both', help, labelNames, buckets: bounds, native: {}, ...LIMITS })
  const summary = registry.summary({ name: 'recent', help, labelNames, quantiles, ...window, ...LIMITS })
  const { maxSeries, maxValuesPerLabel } = LIMITS
  const info = registry.info({ name: 'x_info', help, labelNames, maxSeries, maxValuesPerLabel })
  const states = registry.stateSet({ name: 'mode', help, labelNames, states: STATES, ...LIMITS })
  const observations = (name: string, own: Partial<ModelOptions>): ModelMetric =>
    model({ kind: 'histogram', name, labelNames, ...own })
  return [
    {
      metric: model({ kind: 'counter', name: 'one_total' }),
      call: () => (_, value, exemplar) => total.inc(value, exemplar),
    },
    {
      metric: model({ kind: 'counter', name: 'many_total', labelNames }),
      call: (values) => (_, value, exemplar) => totals.inc(pair(values), value, exemplar),
      ...labelledParts(totals, (child) => (_, value, exemplar) => child.inc(value, exemplar)),
    },
    {
      metric: model({ kind: 'gauge', name: 'level', labelNames }),
      call: (values) => (verb, value) => level[verb === 'switchTo' ? 'set' : verb](pair(values), value),
      ...labelledParts(level, (child) => (verb, value) => child[verb === 'switchTo' ? 'set' : verb](value)),
    },
    {
      metric: model({ kind: 'histogram', name: 'plain_seconds', bounds }),
      call: () => (_, value, exemplar) => plain.observe(value, exemplar),
    },
    ...(
      [
        [classic, observations('classic', { bounds })],
        [native, observations('native', {})],
        [both, observations('both', { bounds })],
      ] as const
    ).map(([instrument, metric]): Subject => ({
      metric,
      call: (values) => (_, value, exemplar) => instrument.observe(pair(values), value, exemplar),
      ...labelledParts(instrument, (child) => (_, value, exemplar) => child.observe(value, exemplar)),
    })),
    {
      metric: model({ kind: 'summary', name: 'recent', labelNames, quantiles, slices: 3, sliceMs: SLICE_MS }),
      call: (values) => (_, value) => summary.observe(pair(values), value),
      ...labelledParts(summary, (child) => (_, value) => child.observe(value)),
    },
    {
      metric: new ModelMetric({ kind: 'info', name: 'x_info', help, labelNames, maxSeries, maxValuesPerLabel }, at),
      call: (values) => (verb) => info[verb === 'set' ? 'set' : 'add'](pair(values)),
      clear: () => info.clear(),
    },
    {
      metric: model({ kind: 'stateset', name: 'mode', labelNames, states: STATES }),
      call: (values) => (verb, value) =>
        verb === 'switchTo'
          ? states.switchTo(pair(values), state(value))
          : states.set(pair(values), state(value), verb === 'inc'),
      ...labelledParts(
        states,
        (child) => (verb, value) =>
          verb === 'switchTo' ? child.switchTo(state(value)) : child.set(state(value), verb === 'inc'),
      ),
    },
  ]
}

export const isRefused = ({ kind }: ModelOptions, verb: Verb, value: number): boolean =>
  kind === 'counter'
    ? !(value >= 0 && value < Infinity)
    : kind === 'gauge'
      ? (verb === 'inc' || verb === 'dec') && !Number.isFinite(value)
      : (kind === 'histogram' || kind === 'summary') && !Number.isFinite(value)

/** The same to the model's series. */
export function apply(
  { options }: ModelMetric,
  series: ModelSeries,
  verb: Verb,
  value: number,
  mark?: string,
  at = 0,
): void {
  const { kind } = options
  const [held = 0] = series.values
  let bucket: number | undefined
  if (kind === 'counter') series.values = [held + value]
  if (kind === 'counter') bucket = 0
  if (kind === 'gauge') series.values = [verb === 'inc' ? held + value : verb === 'dec' ? held - value : value]
  if (kind === 'histogram') bucket = series.record(value)
  if (kind === 'summary') series.record(value)
  if (kind === 'info') series.values = [1]
  if (kind === 'stateset') {
    const chosen = STATES.indexOf(state(value))
    series.values = series.values.map((now, i) =>
      i === chosen ? Number(verb === 'switchTo' || verb === 'inc') : verb === 'switchTo' ? 0 : now,
    )
  }
  if (mark !== undefined && bucket !== undefined) {
    series.exemplars.set(bucket, { labels: { trace_id: mark }, value, at })
  }
}
