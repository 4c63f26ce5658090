import type { Gauge, Registry } from '../metrics/index.ts'

/** A gauge that is in the exposition only while there is something to say: unknown is absent, not zero. */
export class OptionalGauge {
  readonly #registry: Registry
  readonly #name: string
  readonly #help: string
  #gauge: Gauge | undefined

  constructor(registry: Registry, name: string, help: string) {
    this.#registry = registry
    this.#name = name
    this.#help = help
  }

  /** Undefined, NaN and infinities take the gauge out. */
  set(value: number | undefined): void {
    if (value !== undefined && Number.isFinite(value)) {
      this.#gauge ??= this.#registry.gauge({ name: this.#name, help: this.#help })
      this.#gauge.set(value)
    } else if (this.#gauge !== undefined) {
      this.#registry.remove(this.#name)
      this.#gauge = undefined
    }
  }
}
