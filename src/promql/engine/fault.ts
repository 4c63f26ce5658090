/** The kinds of Prometheus's HTTP API. */
export type QueryErrorKind = 'bad_data' | 'execution' | 'timeout' | 'canceled'

/** Why a query has no answer. Thrown inside the engine; its door returns it as a value. */
export class QueryFault extends Error {
  readonly kind: QueryErrorKind

  constructor(kind: QueryErrorKind, message: string) {
    super(message)
    this.name = 'QueryFault'
    this.kind = kind
  }
}

export function failExecution(message: string): never {
  throw new QueryFault('execution', message)
}
