import type { Value } from './value.ts'

/** The Go type that an argument must have; `any`: whichever. `value`: whichever, and no value at all too. */
export type Parameter = 'any' | 'value' | 'string' | 'vector' | 'sample' | 'int' | 'texts' | 'time' | 'duration'

export interface TemplateFunction {
  readonly parameters: readonly Parameter[]
  /** The last parameter may be given any number of times, none included. */
  readonly variadic: boolean
  /** @throws FunctionError, which ends the template. */
  readonly run: (args: readonly Value[]) => Value
}

export class FunctionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'FunctionError'
  }
}

/** A query that must be answered before the template can go on. */
export class QueryNeeded extends Error {
  readonly query: string

  constructor(query: string) {
    super(`needs the answer to ${query}`)
    this.name = 'QueryNeeded'
    this.query = query
  }
}

export function fn(parameters: readonly Parameter[], run: (args: readonly Value[]) => Value): TemplateFunction {
  return { parameters, variadic: false, run }
}

export function variadic(parameters: readonly Parameter[], run: (args: readonly Value[]) => Value): TemplateFunction {
  return { parameters, variadic: true, run }
}
