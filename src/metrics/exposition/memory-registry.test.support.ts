import type { Exemplar, MetricReader, NativeSnapshot, RegistryReader } from '../reader.ts'

export type Definition = Pick<MetricReader, 'kind' | 'name' | 'help'> &
  Partial<Pick<MetricReader, 'unit' | 'labelNames' | 'bounds' | 'quantiles' | 'states'>>

const SERIES_A_PAGE = 8

interface Series {
  readonly labels: readonly (string | undefined)[]
  readonly epoch: number
  readonly createdAt: number
  readonly exemplars: Map<number, Exemplar>
  native: NativeSnapshot | undefined
}

/** A metric whose numbers a test sets as it likes. */
export class MemoryMetric implements MetricReader {
  readonly kind: MetricReader['kind']
  readonly name: string
  readonly help: string
  readonly unit: string
  readonly labelNames: readonly string[]
  readonly bounds: readonly number[]
  readonly quantiles: readonly number[]
  readonly states: readonly string[]
  readonly width: number
  version = 0
  readonly series: (Series | undefined)[] = []
  readonly #pages: Float64Array[] = []
  #epochs = 0

  constructor(definition: Definition) {
    const { kind, name, help, unit = '', labelNames = [], bounds = [], quantiles = [], states = [] } = definition
    this.kind = kind
    this.name = name
    this.help = help
    this.unit = unit
    this.labelNames = labelNames
    this.bounds = bounds
    this.quantiles = quantiles
    this.states = states
    const widths = { histogram: bounds.length + 2, summary: quantiles.length + 2, stateset: states.length }
    this.width = kind === 'histogram' || kind === 'summary' || kind === 'stateset' ? widths[kind] : 1
  }

  get slots(): number {
    return this.series.length
  }

  /** Takes the first free slot. */
  add(labels: readonly (string | undefined)[] = [], createdAt: number = NaN): number {
    const free = this.series.indexOf(undefined)
    const slot = free === -1 ? this.series.length : free
    this.series[slot] = { labels, epoch: ++this.#epochs, createdAt, exemplars: new Map(), native: undefined }
    this.version++
    if (slot >= this.#pages.length * SERIES_A_PAGE) this.#pages.push(new Float64Array(SERIES_A_PAGE * this.width))
    this.set(
      slot,
      Array.from({ length: this.width }, () => 0),
    )
    return slot
  }

  remove(slot: number): void {
    this.series[slot] = undefined
    this.version++
  }

  set(slot: number, numbers: readonly number[]): void {
    this.page(slot).set(numbers, this.offset(slot))
  }

  numbers(slot: number): number[] {
    return [...this.page(slot).subarray(this.offset(slot), this.offset(slot) + this.width)]
  }

  epoch(slot: number): number {
    return this.series[slot]?.epoch ?? 0
  }

  label(slot: number, i: number): string | undefined {
    return this.series[slot]?.labels[i]
  }

  page(slot: number): Float64Array {
    return this.#pages[Math.floor(slot / SERIES_A_PAGE)] ?? new Float64Array(this.width)
  }

  offset(slot: number): number {
    return (slot % SERIES_A_PAGE) * this.width
  }

  createdAt(slot: number): number {
    return this.series[slot]?.createdAt ?? NaN
  }

  exemplar(slot: number, bucket: number): Exemplar | undefined {
    return this.series[slot]?.exemplars.get(bucket)
  }

  native(slot: number): NativeSnapshot | undefined {
    return this.series[slot]?.native
  }
}

export class MemoryRegistry implements RegistryReader {
  readonly constantLabels: Readonly<Record<string, string>>
  readonly held: MemoryMetric[] = []
  refreshed = 0

  constructor(constantLabels: Readonly<Record<string, string>> = {}) {
    this.constantLabels = constantLabels
  }

  add(definition: Definition): MemoryMetric {
    const metric = new MemoryMetric(definition)
    this.held.push(metric)
    return metric
  }

  async refresh(): Promise<void> {
    this.refreshed++
  }

  metrics(): Iterable<MetricReader> {
    return this.held
  }
}
