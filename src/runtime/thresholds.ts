export interface Threshold {
  /** As the log names it. */
  readonly name: string
  readonly severity: 'warning' | 'critical'
  /** The one in force. */
  readonly limit: () => number
}

export type Crossing = {
  readonly threshold: Threshold
  readonly limit: number
  readonly value: number
  readonly crossed: 'above' | 'back'
}

/** Remembers which thresholds are exceeded, so that each crossing is reported once. */
export class Thresholds {
  readonly #above = new Set<string>()
  readonly #thresholds: readonly Threshold[]

  constructor(thresholds: readonly Threshold[]) {
    this.#thresholds = thresholds
  }

  /** The crossings since the last readings; what has no reading stays as it was. */
  step(readings: Readonly<Record<string, number | undefined>>): readonly Crossing[] {
    const out: Crossing[] = []
    for (const threshold of this.#thresholds) {
      const value = readings[threshold.name]
      if (value === undefined) continue
      const limit = threshold.limit()
      const above = value > limit
      if (above === this.#above.has(threshold.name)) continue
      if (above) this.#above.add(threshold.name)
      else this.#above.delete(threshold.name)
      out.push({ threshold, limit, value, crossed: above ? 'above' : 'back' })
    }
    return out
  }
}
