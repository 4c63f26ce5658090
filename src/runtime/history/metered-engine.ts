import { Engine, type EngineOptions, type Expr, type QueryOptions, type QueryResult } from '../../promql/index.ts'
import type { QueryMeter } from './query-meter.ts'

export interface MeteredEngineOptions extends Omit<EngineOptions, 'limits'> {
  readonly meter: QueryMeter
  /** That a query may read and calculate, now. */
  readonly maxSamples: () => number
}

/** An engine that has its queries measured. */
export class MeteredEngine extends Engine {
  readonly #meter: QueryMeter
  readonly #maxSamples: () => number

  constructor({ meter, maxSamples, ...options }: MeteredEngineOptions) {
    super(options)
    this.#meter = meter
    this.#maxSamples = maxSamples
  }

  override instant(query: string | Expr, at: number, options?: QueryOptions): Promise<QueryResult> {
    return this.#meter.measure(super.instant(query, at, this.#limited(options)))
  }

  override range(
    query: string | Expr,
    start: number,
    end: number,
    step: number,
    options?: QueryOptions,
  ): Promise<QueryResult> {
    return this.#meter.measure(super.range(query, start, end, step, this.#limited(options)))
  }

  #limited(options: QueryOptions | undefined): QueryOptions {
    return { samples: this.#maxSamples(), ...options }
  }
}
