import { type Definition, MemoryRegistry } from './exposition/memory-registry.test.support.ts'
import { OVERFLOW } from './index.ts'

export type Values = readonly (string | number)[]

export interface ModelOptions extends Definition {
  readonly labelNames: readonly string[]
  readonly maxSeries: number
  readonly maxValuesPerLabel: number
  readonly expireAfterMs?: number
  /** Of a summary: in so many slices of so many ms. */
  readonly slices?: number
  readonly sliceMs?: number
}

interface Exemplar {
  readonly labels: Record<string, string>
  readonly value: number
  readonly at: number
}

/** One series: all that was ever recorded to it. */
export class ModelSeries {
  readonly labels: readonly string[]
  records: { readonly value: number; readonly turn: number }[] = []
  /** What a counter, gauge, info or state set is worth. */
  values: number[]
  exemplars: Map<number, Exemplar> = new Map()
  createdAt: number
  /** Of a summary: slices begun, and where its clock stands. */
  turn = 0
  slice: number
  /** Of the last sweep. */
  seen: { readonly activity: readonly number[]; readonly since: number } | undefined
  readonly #options: ModelOptions

  constructor(options: ModelOptions, labels: readonly string[], at: number) {
    this.#options = options
    this.labels = labels
    this.values = ModelSeries.zeros(options)
    this.createdAt = at
    this.slice = Math.floor(at / (options.sliceMs ?? 1))
  }

  static zeros({ states }: ModelOptions): number[] {
    return Array.from({ length: states?.length ?? 1 }, () => 0)
  }

  zero(at: number): void {
    this.records = []
    this.values = ModelSeries.zeros(this.#options)
    this.createdAt = at
    this.turn = 0
    this.slice = Math.floor(at / (this.#options.sliceMs ?? 1))
  }

  /** @returns the bucket that it fell into. */
  record(value: number): number {
    this.records.push({ value, turn: this.turn })
    const { bounds = [] } = this.#options
    const bucket = bounds.findIndex((bound) => value <= bound)
    return bucket < 0 ? bounds.length : bucket
  }

  tick(at: number): void {
    const slice = Math.floor(at / (this.#options.sliceMs ?? 1))
    this.turn += slice - this.slice
    this.slice = slice
  }

  numbers(): number[] {
    const { kind, bounds = [], quantiles = [], slices = 1 } = this.#options
    const all = this.records.map(({ value }) => value)
    const sum = all.reduce((total, value) => total + value, 0)
    if (kind === 'histogram') {
      const edges = [-Infinity, ...bounds, Infinity]
      const counts = edges.slice(1).map((to, i) => all.filter((value) => value > (edges[i] ?? 0) && value <= to).length)
      return [...counts, sum]
    }
    if (kind === 'summary') {
      const recent = this.records.filter(({ turn }) => this.turn - turn < slices).map(({ value }) => value)
      recent.sort((a, b) => a - b)
      return [
        all.length,
        sum,
        ...quantiles.map((q) => recent[Math.max(1, Math.ceil(q * recent.length - 1e-9)) - 1] ?? NaN),
      ]
    }
    return this.values
  }

  activity(): readonly number[] {
    const { kind } = this.#options
    return kind === 'histogram' || kind === 'summary' ? [this.records.length] : [...this.values]
  }
}

/** One metric, as plainly as can be. */
export class ModelMetric {
  readonly options: ModelOptions
  series: ModelSeries[] = []
  overflowed = 0

  constructor(options: ModelOptions, at: number) {
    this.options = options
    if (options.labelNames.length === 0) this.series.push(new ModelSeries(options, [], at))
  }

  find(values: Values, at: number): ModelSeries {
    const { maxSeries, maxValuesPerLabel } = this.options
    const given = values.map((value) => String(value).toWellFormed())
    let texts = given.map((text, i) => {
      const taken = new Set(this.series.map(({ labels }) => labels[i] ?? ''))
      if (text === OVERFLOW || taken.has(text)) return text
      taken.delete(OVERFLOW)
      return taken.size >= maxValuesPerLabel ? OVERFLOW : text
    })
    const known = (): ModelSeries | undefined =>
      this.series.find(({ labels }) => labels.every((label, i) => label === texts[i]))
    const isOverflow = (labels: readonly string[]): boolean => labels.every((label) => label === OVERFLOW)
    const counted = this.series.filter(({ labels }) => !isOverflow(labels))
    if (known() === undefined && !isOverflow(texts) && counted.length >= maxSeries) texts = texts.map(() => OVERFLOW)
    if (texts.some((text, i) => text !== given[i])) this.overflowed++
    const found = known() ?? new ModelSeries(this.options, texts, at)
    if (!this.series.includes(found)) this.series.push(found)
    return found
  }

  remove(partial: ReadonlyMap<number, string | number>): number {
    const before = this.series.length
    this.series = this.series.filter(
      ({ labels }) => ![...partial].every(([i, value]) => labels[i] === String(value).toWellFormed()),
    )
    return before - this.series.length
  }

  reset(at: number): void {
    if (this.options.kind === 'info') return
    for (const series of this.series) {
      series.zero(at)
      series.exemplars.clear()
    }
  }

  expire(at: number): void {
    const { expireAfterMs, labelNames } = this.options
    if (expireAfterMs === undefined || labelNames.length === 0) return
    this.series = this.series.filter((series) => {
      const activity = series.activity()
      const same = series.seen?.activity.every((value, i) => Object.is(value, activity[i])) === true
      if (!same) series.seen = { activity, since: at }
      return !same || at - (series.seen?.since ?? at) < expireAfterMs
    })
  }
}

/** The models as a registry, for the plain renderer. */
export function asRegistry(
  metrics: readonly ModelMetric[],
  constant: Readonly<Record<string, string>>,
): MemoryRegistry {
  const registry = new MemoryRegistry(constant)
  for (const { options, series } of metrics) {
    const metric = registry.add(options)
    for (const each of series) {
      const slot = metric.add(each.labels, each.createdAt)
      metric.set(slot, each.numbers())
      for (const [bucket, exemplar] of each.exemplars) metric.series[slot]?.exemplars.set(bucket, exemplar)
    }
  }
  return registry
}
