import { Engine, type EngineOptions, type Expr, type QueryOptions, type QueryResult } from '../../promql/index.ts'
import type { QueryMeter } from './query-meter.ts'

/** An engine that has its queries measured. */
export class MeteredEngine extends Engine {
  readonly #meter: QueryMeter

  constructor({ meter, ...options }: EngineOptions & { readonly meter: QueryMeter }) {
    super(options)
    this.#meter = meter
  }

  override instant(query: string | Expr, at: number, options?: QueryOptions): Promise<QueryResult> {
    return this.#meter.measure(super.instant(query, at, options))
  }

  override range(
    query: string | Expr,
    start: number,
    end: number,
    step: number,
    options?: QueryOptions,
  ): Promise<QueryResult> {
    return this.#meter.measure(super.range(query, start, end, step, options))
  }
}
