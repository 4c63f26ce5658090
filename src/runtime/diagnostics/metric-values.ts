import type { MetricReader, Registry } from '../../metrics/index.ts'

type Where = Readonly<Record<string, string>>

/** What the registry holds at one moment, by name: the same numbers that a page shows then. */
export class MetricValues {
  readonly #metrics: ReadonlyMap<string, MetricReader>

  private constructor(metrics: ReadonlyMap<string, MetricReader>) {
    this.#metrics = metrics
  }

  /** Brings up to date what is read from elsewhere first, as a page does. */
  static async of(registry: Registry): Promise<MetricValues> {
    await registry.refresh()
    return new MetricValues(new Map(Array.from(registry.metrics(), (metric) => [metric.name, metric])))
  }

  /** Of all series, or those with these labels; undefined when there is none. */
  sum(name: string, where: Where = {}): number | undefined {
    return this.#add(name, where, 0)
  }

  /** Of a histogram; undefined before the first observation. */
  average(name: string): number | undefined {
    const metric = this.#metrics.get(name)
    if (metric?.kind !== 'histogram') return undefined
    const buckets = metric.bounds.length + 1
    let count = 0
    for (let i = 0; i < buckets; i++) count += this.#add(name, {}, i) ?? 0
    const sum = this.#add(name, {}, buckets)
    return count === 0 || sum === undefined ? undefined : sum / count
  }

  /** Of a histogram's series, by the value of a label. */
  histogramsBy(
    name: string,
    label: string,
  ): Readonly<Record<string, { readonly count: number; readonly sum: number }>> {
    const metric = this.#metrics.get(name)
    if (metric?.kind !== 'histogram') return {}
    const position = metric.labelNames.indexOf(label)
    const buckets = metric.bounds.length + 1
    return Object.fromEntries(
      Array.from(slotsOf(metric), (slot) => {
        const where = { [label]: metric.label(slot, position) ?? '' }
        let count = 0
        for (let i = 0; i < buckets; i++) count += this.#add(name, where, i) ?? 0
        return [where[label] ?? '', { count, sum: this.#add(name, where, buckets) ?? 0 }]
      }),
    )
  }

  /** By the value of a label. */
  sumBy(name: string, label: string): Readonly<Record<string, number>> {
    const metric = this.#metrics.get(name)
    const position = metric?.labelNames.indexOf(label) ?? -1
    const values = new Set<string>()
    if (metric !== undefined && position >= 0) {
      for (const slot of slotsOf(metric)) values.add(metric.label(slot, position) ?? '')
    }
    return Object.fromEntries(Array.from(values, (value) => [value, this.sum(name, { [label]: value }) ?? 0]))
  }

  #add(name: string, where: Where, column: number): number | undefined {
    const metric = this.#metrics.get(name)
    if (metric === undefined) return undefined
    let sum: number | undefined
    for (const slot of slotsOf(metric)) {
      const fits = Object.entries(where).every(
        ([label, value]) => metric.label(slot, metric.labelNames.indexOf(label)) === value,
      )
      if (fits) sum = (sum ?? 0) + (metric.page(slot)[metric.offset(slot) + column] ?? 0)
    }
    return sum
  }
}

function* slotsOf(metric: MetricReader): Iterable<number> {
  for (let slot = 0; slot < metric.slots; slot++) if (metric.epoch(slot) !== 0) yield slot
}
