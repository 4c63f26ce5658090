import { type Queryable, QueryableError } from '../../series/index.ts'
import type { Expr } from '../ast.ts'
import { typeOf } from '../check.ts'
import { Annotations } from './annotations.ts'
import type { QueryContext } from './context.ts'
import type { QueryRange } from './duration.ts'
import { Evaluator } from './evaluator.ts'
import { QueryFault } from './fault.ts'
import { matrixResult, rangeResult, vectorResult } from './finish.ts'
import { type Grid, gridBetween } from './grid.ts'
import { completeLimits, type EngineLimits } from './limits.ts'
import { ParsedQueries } from './parsed-queries.ts'
import type { QueryError, QueryResult, QueryValue } from './result.ts'
import { Turns } from './turns.ts'
import { Work } from './work.ts'

export interface EngineOptions {
  readonly queryable: Queryable
  readonly limits?: Partial<EngineLimits>
  /** Lets others run; a query calls it after every few milliseconds of work. A time-out of 0 ms by default. */
  readonly pause?: () => Promise<void>
  /** Milliseconds of a clock that does not go back, by which those are measured; without one they are guessed by the work done. */
  readonly now?: () => number
}

export interface QueryOptions {
  /** Ends the query: with the reason of a TimeoutError it has timed out, otherwise it was canceled. */
  readonly signal?: AbortSignal
  readonly lookbackMs?: number
  /** In place of the engine's limit. */
  readonly samples?: number
}

/** Answers queries, as texts or as trees that `parse` gave. Times are ms since the epoch. */
export class Engine {
  readonly #queryable: Queryable
  readonly #limits: EngineLimits
  readonly #now: (() => number) | undefined
  readonly #turns: Turns
  readonly #parsed = new ParsedQueries()

  /** @throws RangeError for a limit that is no positive number. */
  constructor({ queryable, limits = {}, pause = nextTurn, now }: EngineOptions) {
    this.#queryable = queryable
    this.#limits = completeLimits(limits)
    this.#now = now
    this.#turns = new Turns(pause)
  }

  instant(query: string | Expr, at: number, options: QueryOptions = {}): Promise<QueryResult> {
    checkTime('at', at)
    return this.#turns.during(() => this.#answer(query, { start: at, end: at, step: 0 }, options, false))
  }

  /** From `start` to at most `end`, every `step`; the answer is a matrix. */
  range(
    query: string | Expr,
    start: number,
    end: number,
    step: number,
    options: QueryOptions = {},
  ): Promise<QueryResult> {
    checkTime('start', start)
    checkTime('end', end)
    return this.#turns.during(() => this.#answer(query, { start, end, step }, options, true))
  }

  async #answer(
    query: string | Expr,
    range: QueryRange,
    { signal, ...own }: QueryOptions,
    ranged: boolean,
  ): Promise<QueryResult> {
    const read =
      typeof query === 'string' ? this.#parsed.read(query, this.#limits.characters) : { expr: query, source: undefined }
    if ('message' in read) return { ok: false, error: { kind: 'bad_data', ...read }, warnings: [], infos: [] }
    const { expr, source } = read
    const notes = new Annotations(source)
    const limits = Object.keys(own).length === 0 ? this.#limits : completeLimits({ ...this.#limits, ...own })
    const work = new Work({ samples: limits.samples, pause: () => this.#turns.next(), signal, now: this.#now })
    const context: QueryContext = { queryable: this.#queryable, limits, range, ranged, freshHints: false, notes, work }
    try {
      work.check()
      if (ranged) checkRange(expr, range, limits)
      const value = await (ranged ? rangeValue(expr, context) : instantValue(expr, context))
      const { samples, peakSamples } = work
      return { ok: true, value, samples, peakSamples, warnings: notes.warnings, infos: notes.infos }
    } catch (cause) {
      const error = errorOf(cause)
      if (error === undefined) throw cause
      return { ok: false, error, warnings: notes.warnings, infos: notes.infos }
    }
  }
}

/** Undefined: a bug. */
function errorOf(cause: unknown): QueryError | undefined {
  if (cause instanceof QueryFault) return { kind: cause.kind, message: cause.message }
  return cause instanceof QueryableError ? { kind: 'execution', message: cause.message } : undefined
}

function checkRange(expr: Expr, { start, end, step }: QueryRange, limits: EngineLimits): void {
  if (!(step > 0)) {
    throw new QueryFault(
      'bad_data',
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    )
  }
  if (end < start)
    throw new QueryFault('bad_data', 'invalid parameter "end": end timestamp must not be before start time')
  if (Math.floor((end - start) / step) > limits.points) {
    throw new QueryFault(
      'bad_data',
      `exceeded maximum resolution of ${limits.points.toLocaleString('en')} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    )
  }
  const type = typeOf(expr)
  if (type === 'scalar' || type === 'vector') return
  const name = type === 'matrix' ? 'range vector' : type
  throw new QueryFault(
    'bad_data',
    `invalid parameter "query": invalid expression type "${name}" for range query, must be Scalar or instant Vector`,
  )
}

async function instantValue(expr: Expr, context: QueryContext): Promise<QueryValue> {
  const at = context.range.start
  const grid: Grid = { start: at, step: 1, count: 1 }
  const evaluator = new Evaluator(context)
  switch (typeOf(expr)) {
    case 'scalar': {
      const [value = NaN] = await evaluator.scalar(expr, grid)
      return { type: 'scalar', at, value }
    }
    case 'string':
      return { type: 'string', at, value: evaluator.text(expr) }
    case 'vector':
      return vectorResult(await evaluator.vector(expr, grid), at, context.work)
    case 'matrix': {
      let inner = expr
      while (inner.kind === 'paren') inner = inner.expr
      if (inner.kind !== 'matrix-selector' && inner.kind !== 'subquery') throw new Error('BUG: no range vector')
      return rangeResult(await evaluator.ranges(inner, grid), context.work)
    }
  }
}

async function rangeValue(expr: Expr, context: QueryContext): Promise<QueryValue> {
  const { start, end, step } = context.range
  const grid = gridBetween(start, end, step)
  const evaluator = new Evaluator(context)
  const rows = typeOf(expr) === 'scalar' ? [await evaluator.scalarRow(expr, grid)] : await evaluator.vector(expr, grid)
  return matrixResult(rows, grid, context.work)
}

function checkTime(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${name}: ${value} must be milliseconds since the epoch`)
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0)
  })
}
