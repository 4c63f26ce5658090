import type { Exemplar, MetricReader, NativeSnapshot, RegistryReader } from '../metrics/index.ts'
import type { Labels } from './cells.ts'
import { foreignStore } from './foreign-store.ts'
import { ownOf } from './own.ts'
import type { MetricData } from './page.ts'

interface Guest {
  readonly metrics: () => Iterable<object>
  readonly defaultLabels: () => Labels
  /** Collects a metric of ours, or has another one tell its values; undefined when that fails. */
  readonly ask: (metric: object) => Promise<MetricData | undefined>
}

/** A registry as a registry of boxman reads it. */
export class GuestReader implements RegistryReader {
  readonly constantLabels: Readonly<Record<string, string>> = {}
  readonly #guest: Guest
  /** What is not of ours, as it was when last asked. */
  #foreign = new WeakMap<object, MetricReader>()
  #views = new WeakMap<MetricReader, MetricReader>()
  #viewLabels: Labels | undefined

  constructor(guest: Guest) {
    this.#guest = guest
  }

  async refresh(): Promise<void> {
    const { metrics, ask } = this.#guest
    await Promise.all(
      Array.from(metrics(), async (metric) => {
        const told = await ask(metric)
        if (told !== undefined) this.#foreign.set(metric, foreignStore(told))
      }),
    )
    for (const metric of metrics()) ownOf(metric)?.refresh()
  }

  *metrics(): Iterable<MetricReader> {
    const { metrics, defaultLabels } = this.#guest
    const defaults = defaultLabels()
    if (this.#viewLabels !== defaults) {
      this.#viewLabels = defaults
      this.#views = new WeakMap()
    }
    for (const metric of metrics()) {
      const reader = ownOf(metric)?.cells.store ?? this.#foreign.get(metric)
      if (reader !== undefined) yield Object.keys(defaults).length === 0 ? reader : this.#view(reader, defaults)
    }
  }

  #view(reader: MetricReader, defaults: Labels): MetricReader {
    let view = this.#views.get(reader)
    if (view === undefined) this.#views.set(reader, (view = new WithDefaults(reader, defaults)))
    return view
  }
}

/** A metric whose series have these labels where they have none of these names. */
class WithDefaults implements MetricReader {
  readonly kind: MetricReader['kind']
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly bounds: readonly number[]
  readonly quantiles: readonly number[]
  readonly states: readonly string[]
  readonly width: number
  readonly labelNames: readonly string[]
  readonly #metric: MetricReader
  readonly #defaults: readonly (string | undefined)[]

  constructor(metric: MetricReader, defaults: Labels) {
    this.kind = metric.kind
    this.name = metric.name
    this.help = metric.help
    this.unit = metric.unit
    this.bounds = metric.bounds
    this.quantiles = metric.quantiles
    this.states = metric.states
    this.width = metric.width
    this.labelNames = [...new Set([...metric.labelNames, ...Object.keys(defaults)])]
    this.#metric = metric
    this.#defaults = this.labelNames.map((name) => {
      return Object.hasOwn(defaults, name) ? String(defaults[name]).toWellFormed() : undefined
    })
  }

  get slots(): number {
    return this.#metric.slots
  }

  get version(): number {
    return this.#metric.version
  }

  epoch(slot: number): number {
    return this.#metric.epoch(slot)
  }

  label(slot: number, i: number): string | undefined {
    const own = i < this.#metric.labelNames.length ? this.#metric.label(slot, i) : undefined
    return own ?? this.#defaults[i]
  }

  page(slot: number): Float64Array {
    return this.#metric.page(slot)
  }

  offset(slot: number): number {
    return this.#metric.offset(slot)
  }

  createdAt(slot: number): number {
    return this.#metric.createdAt(slot)
  }

  exemplar(slot: number, bucket: number): Exemplar | undefined {
    return this.#metric.exemplar(slot, bucket)
  }

  native(slot: number): NativeSnapshot | undefined {
    return this.#metric.native(slot)
  }
}
