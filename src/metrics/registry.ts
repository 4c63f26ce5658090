import { gridOf } from './adaptive/grid.ts'
import { readFamily } from './collect.ts'
import { CollectCallback } from './collect-callback.ts'
import type { Definition, RegistryStats, Surroundings } from './definition.ts'
import type { Family, SeriesLabels } from './family.ts'
import type {
  Counter,
  Gauge,
  Histogram,
  Info,
  LabelledCounter,
  LabelledGauge,
  LabelledHistogram,
  LabelledStateSet,
  LabelledSummary,
  LabelValues,
  StateSet,
  Summary,
} from './instrument.ts'
import { checkBounds } from './instruments/histogram.ts'
import { aggregateOf, checkAggregate, type Mergeable } from './merge/aggregate.ts'
import { Merge } from './merge/merge.ts'
import { type Attached, noSourceStats, type Source, type SourceStats } from './merge/source.ts'
import { InfoLabels } from './instruments/info.ts'
import { checkStates } from './instruments/state-set.ts'
import { checkQuantiles } from './instruments/summary.ts'
import { createMetric, type Metric } from './metric.ts'
import { checkLabelNames, checkMetricName, checkUnit, linesOf, ownLabelsOf } from './name.ts'
import {
  checkLimit,
  type CommonOptions,
  DEFAULT_BUCKETS,
  DEFAULT_MAX_SERIES,
  type HistogramBuckets,
  type InfoOptions,
  type LabelledOptions,
  type MetricOptions,
  type Registration,
  type RegistryOptions,
  type StateSetStates,
  type SummaryQuantiles,
} from './options.ts'
import type { MetricReader, RegistryReader } from './reader.ts'
import { DEFAULT_PERCENTILES } from './summary/sliding-summary.ts'
import type { Overflow } from './series/series.ts'
import { SlabWriter } from './threads/slab-writer.ts'

interface Entry {
  readonly metric: Metric
  readonly collect: CollectCallback | undefined
}

/** What a kind of metric adds to its definition. */
type Particulars = Pick<Definition, 'kind' | 'width'> &
  Partial<Pick<Definition, 'bounds' | 'quantiles' | 'states' | 'native' | 'adaptive' | 'window'>>

const NO_SOURCES: Readonly<SourceStats> = noSourceStats()

class LiveRegistry implements RegistryReader {
  readonly stats: RegistryStats = { overflowed: 0, collectFailures: 0, exemplarsDropped: 0, expired: 0 }
  /** Stand on every series. */
  readonly constantLabels: SeriesLabels
  readonly #maxSeries: number
  readonly #maxValuesPerLabel: number
  readonly #collectTimeoutMs: number
  readonly #surroundings: Surroundings
  readonly #entries = new Map<string, Entry>()
  readonly #guests = new Map<RegistryReader, CollectCallback>()
  #merge: Merge | undefined

  constructor(options: RegistryOptions = {}) {
    const { constantLabels = {}, maxSeriesPerMetric = DEFAULT_MAX_SERIES, maxValuesPerLabel } = options
    this.#maxSeries = checkLimit('maxSeriesPerMetric', maxSeriesPerMetric)
    this.#maxValuesPerLabel = checkOptional('maxValuesPerLabel', maxValuesPerLabel) ?? Infinity
    checkLabelNames('constantLabels', Object.keys(constantLabels), ['le', 'quantile'])
    const { redact = (text) => text } = options
    this.constantLabels = Object.fromEntries(Object.entries(constantLabels).map(([name, text]) => [name, redact(text)]))
    this.#collectTimeoutMs = options.collectTimeoutMs ?? 1000
    this.#surroundings = {
      stats: this.stats,
      now: options.now,
      monotonicNow: options.monotonicNow,
      redact: options.redact,
      slab: options.slab && new SlabWriter(options.slab),
    }
  }

  counter<const N extends readonly string[]>(
    options: LabelledOptions<N[number], LabelledCounter<N[number], N>, N>,
  ): LabelledCounter<N[number], N>
  counter(options: MetricOptions<Counter>): Counter
  counter(options: Registration): object {
    return this.#register(options, { kind: 'counter', width: 1 })
  }

  gauge<const N extends readonly string[]>(
    options: LabelledOptions<N[number], LabelledGauge<N[number], N>, N>,
  ): LabelledGauge<N[number], N>
  gauge(options: MetricOptions<Gauge>): Gauge
  gauge(options: Registration): object {
    return this.#register(options, { kind: 'gauge', width: 1 })
  }

  histogram<const N extends readonly string[]>(
    options: LabelledOptions<N[number], LabelledHistogram<N[number], N>, N> & HistogramBuckets,
  ): LabelledHistogram<N[number], N>
  histogram(options: MetricOptions<Histogram> & HistogramBuckets): Histogram
  histogram(options: Registration & HistogramBuckets): object {
    const { name, native, adaptive: wanted, buckets = native === undefined ? DEFAULT_BUCKETS : [] } = options
    if (wanted !== undefined) {
      const adaptive = gridOf(name, wanted, options.buckets && checkBounds(name, options.buckets))
      const { points } = adaptive
      const own = { bounds: points, width: points.length + 2, adaptive, ...(native && { native }) }
      return this.#register(options, { kind: 'histogram', ...own })
    }
    const bounds = native !== undefined && buckets.length === 0 ? [] : checkBounds(name, buckets)
    return this.#register(options, { kind: 'histogram', bounds, width: bounds.length + 2, ...(native && { native }) })
  }

  /** @throws TypeError when the registry was given no `now`. */
  summary<const N extends readonly string[]>(
    options: LabelledOptions<N[number], LabelledSummary<N[number], N>, N> & SummaryQuantiles,
  ): LabelledSummary<N[number], N>
  summary(options: MetricOptions<Summary> & SummaryQuantiles): Summary
  summary(options: Registration & SummaryQuantiles): object {
    const { name, quantiles: given = DEFAULT_PERCENTILES } = options
    const { maxAgeMs = 600_000, ageBuckets = 5, min = 1e-9, max = 1e21 } = options
    const quantiles = checkQuantiles(name, given)
    const window = { maxAgeMs, ageBuckets, min, max }
    return this.#register(options, { kind: 'summary', quantiles, window, width: quantiles.length + 2 })
  }

  /** The name must end in `_info`. With `labels` it says that at once, in place of what it said before. */
  info<const L extends string>(options: CommonOptions & { readonly labels: LabelValues<L> }): Info<L>
  info<const N extends readonly string[]>(options: InfoOptions<N[number], Info<N[number]>, N>): Info<N[number]>
  info(options: Registration & { readonly labels?: LabelValues<string> }): object {
    const { name, labels, labelNames = Object.keys(labels ?? {}) } = options
    if (!name.endsWith('_info')) throw new RangeError(`${name}: the name of an info must end in _info`)
    if (labelNames.length === 0) throw new RangeError(`${name}: an info must have a label at least`)
    const info = this.#register({ ...options, labelNames }, { kind: 'info', width: 1 })
    if (labels !== undefined && info instanceof InfoLabels) info.set(labels)
    return info
  }

  stateSet<const S extends string, const N extends readonly string[]>(
    options: LabelledOptions<N[number], LabelledStateSet<N[number], S, N>, N> & StateSetStates<S>,
  ): LabelledStateSet<N[number], S, N>
  stateSet<const S extends string>(options: MetricOptions<StateSet<S>> & StateSetStates<S>): StateSet<S>
  stateSet(options: Registration & StateSetStates<string>): object {
    const states = checkStates(options.name, options.states)
    return this.#register(options, { kind: 'stateset', states, width: states.length })
  }

  /** Takes a metric out; its instrument then records into nothing. False when there is none of this name. */
  remove(name: string): boolean {
    this.#entries.get(name)?.metric.series.hide()
    return this.#entries.delete(name)
  }

  /** Removes every series that has stood still for its metric's `expireAfterMs`; `at` in ms of one clock. @returns how many. */
  expire(at: number): number {
    let expired = 0
    for (const { metric } of this.#entries.values()) expired += metric.series.expire(at)
    return expired
  }

  /** Every series of every metric stays and starts anew from zero. */
  reset(): void {
    for (const { metric } of this.#entries.values()) metric.series.reset()
  }

  /** Look-ups that ended in `__overflow__`, by metric and label; an empty label stands for the metric's limit of series. */
  overflow(): readonly Overflow[] {
    return Array.from(this.#entries.values(), ({ metric }) => metric.series.overflow()).flat()
  }

  /** From here on what the guest reads stands on this page too, but for names that are taken. @returns its removal. */
  include(guest: RegistryReader): () => void {
    if (!this.#guests.has(guest)) {
      this.#guests.set(guest, new CollectCallback(async () => guest.refresh(), this.#collectTimeoutMs, this.stats))
    }
    return () => {
      this.#guests.delete(guest)
    }
  }

  /**
   * From here on a page shows what another thread or process counts too, merged with what this one does, by each metric's
   * `aggregate`. A metric that is defined otherwise here is left out and counted.
   */
  attach(name: string, source: Source, stats?: SourceStats): Attached {
    this.#merge ??= new Merge(this.constantLabels, this.stats)
    return this.#merge.attach(name, source, stats)
  }

  /** What went wrong with other threads and processes: of all that were ever attached. */
  get sourceStats(): Readonly<SourceStats> {
    return this.#merge?.totals ?? NO_SOURCES
  }

  /**
   * Runs the `collect` callbacks, side by side, and asks other threads and processes; then tells the time to the metrics
   * that go by it.
   */
  async refresh(): Promise<void> {
    await Promise.all([
      ...Array.from(this.#entries.values(), async ({ collect }) => collect?.run()),
      ...Array.from(this.#guests.values(), async (guest) => guest.run()),
      this.#merge?.refresh(),
    ])
    const at = this.#surroundings.now?.()
    if (at === undefined) return
    for (const { metric } of this.#entries.values()) {
      if (metric.ticks) await metric.series.tick(at)
      metric.adaptive?.tick(at)
    }
  }

  metrics(): Iterable<MetricReader> {
    const own = this.#ownMetrics()
    return this.#merge === undefined ? own : this.#merge.metrics(own)
  }

  *#ownMetrics(): Iterable<Mergeable> {
    for (const { metric } of this.#entries.values()) yield metric.adaptive?.reader ?? metric.series
    if (this.#guests.size === 0) return
    const taken = new Set(this.#entries.keys())
    for (const guest of this.#guests.keys()) {
      for (const metric of guest.metrics()) {
        if (taken.has(metric.name)) continue
        taken.add(metric.name)
        yield metric
      }
    }
  }

  /** Runs the `collect` callbacks and copies out what every metric holds, in order of registration. */
  async collect(): Promise<readonly Family[]> {
    await this.refresh()
    return Array.from(this.metrics(), (metric) => readFamily(metric, this.constantLabels))
  }

  /** A name's second registration gets the first one's instrument when it means the same; else both are named. */
  #register(options: Registration, particulars: Particulars): object {
    const definition = this.#define(options, particulars)
    const { name } = definition
    const { collect } = options
    const existing = this.#entries.get(name)
    if (existing !== undefined) {
      const wanted = JSON.stringify(definition)
      const held = JSON.stringify(existing.metric.definition)
      if (wanted === held && collect === undefined) return existing.metric.instrument
      const why = wanted === held ? 'its collect callback belongs to the first registration' : `it is ${held}`
      throw new RangeError(`metric ${name} is already registered and ${why}; this one is ${wanted}`)
    }
    this.#refuseClash(definition)
    const metric = createMetric(definition, this.#surroundings)
    const callback =
      collect === undefined
        ? undefined
        : new CollectCallback(
            // The overloads above tie the callback to this kind and labelling of instrument.
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion
            () => collect(metric.instrument as never),
            this.#collectTimeoutMs,
            this.stats,
          )
    this.#entries.set(name, { metric, collect: callback })
    return metric.instrument
  }

  #define(options: Registration, particulars: Particulars): Definition {
    const { name, help, unit = '', labelNames = [], expireAfterMs } = options
    const { kind } = particulars
    checkMetricName(name)
    checkUnit(name, unit)
    const reserved = ownLabelsOf(kind, name)
    if (kind === 'stateset') checkLabelNames(name, reserved, Object.keys(this.constantLabels))
    checkLabelNames(name, labelNames, [...Object.keys(this.constantLabels), ...reserved])
    const { maxSeries = this.#maxSeries, maxValuesPerLabel } = options
    return {
      name,
      help,
      unit,
      labelNames: [...labelNames],
      bounds: [],
      quantiles: [],
      states: [],
      ...particulars,
      maxSeries: checkLimit(`${name}: maxSeries`, maxSeries),
      maxValuesPerLabel: checkOptional(`${name}: maxValuesPerLabel`, maxValuesPerLabel) ?? this.#maxValuesPerLabel,
      expireAfterMs: checkOptional(`${name}: expireAfterMs`, expireAfterMs),
      aggregate: checkAggregate(name, aggregateOf({ ...options, kind })),
    }
  }

  /** `x_sum` beside a histogram `x` would put two families into one line's name. */
  #refuseClash({ kind, name }: Definition): void {
    const longer = linesOf(kind, name).find((line) => this.#entries.has(line))
    const shorter = this.#entries.get(name.slice(0, name.lastIndexOf('_')))?.metric.definition
    const mixes = shorter !== undefined && linesOf(shorter.kind, shorter.name).includes(name)
    const taken = longer ?? (mixes ? shorter.name : undefined)
    if (taken !== undefined) throw new RangeError(`metric ${name}: its lines would mix with those of ${taken}`)
  }
}

/** Holds the metrics of one process and says what they are worth. */
export interface Registry extends Pick<LiveRegistry, keyof LiveRegistry> {}
export const Registry: new (options?: RegistryOptions) => Registry = LiveRegistry

function checkOptional(name: string, limit: number | undefined): number | undefined {
  return limit === undefined ? undefined : checkLimit(name, limit)
}
