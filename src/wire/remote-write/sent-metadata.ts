import { type LabelSet, METRIC_NAME_LABEL, type MetricMetadata } from '../../series/index.ts'

/** Metadata goes with a name's samples again after this long. */
const AGAIN_MS = 60_000
const MAX_NAMES = 10_000

/** Which names' metadata is to go along. */
export class SentMetadata {
  readonly #sentAt = new Map<string, number>()
  #known: ReadonlyMap<string, MetricMetadata> = new Map()

  update(known: ReadonlyMap<string, MetricMetadata>): void {
    this.#known = known
    if (this.#sentAt.size > MAX_NAMES) this.#sentAt.clear()
  }

  /** What is due at `at` for these series: by series for 2.0, and by the names of the families for 1.0. */
  due(
    series: Iterable<LabelSet>,
    at: number,
  ): { bySeries: Map<string, MetricMetadata>; byName: Map<string, MetricMetadata> } {
    const bySeries = new Map<string, MetricMetadata>()
    const byName = new Map<string, MetricMetadata>()
    for (const labels of series) {
      const name = this.#familyOf(labels.get(METRIC_NAME_LABEL))
      const metadata = name === undefined || byName.has(name) ? undefined : this.#known.get(name)
      if (name === undefined || metadata === undefined || at < (this.#sentAt.get(name) ?? -Infinity) + AGAIN_MS)
        continue
      byName.set(name, metadata)
      bySeries.set(labels.key, metadata)
    }
    return { bySeries, byName }
  }

  sent(names: Iterable<string>, at: number): void {
    for (const name of names) this.#sentAt.set(name, at)
  }

  #familyOf(name: string): string | undefined {
    if (this.#known.has(name)) return name
    const family = name.replace(/_(?:bucket|sum|count|total|created|info)$/, '')
    return this.#known.has(family) ? family : undefined
  }
}
