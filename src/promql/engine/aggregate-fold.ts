import type { LabelSet } from '../../series/index.ts'
import type { AggregateExpr } from '../ast.ts'
import type { Annotations } from './annotations.ts'
import { HistogramSum } from './histogram-sum.ts'
import { HISTOGRAM, Row } from './row.ts'
import { deviate, type FoldState, greatest, leastOf, mean, sum } from './fold-floats.ts'

/** Aggregators that need each series once, and in order. */
export type Folding = 'sum' | 'avg' | 'count' | 'group' | 'min' | 'max' | 'stddev' | 'stdvar'

/** One group of an aggregation, put together row by row. */
export class GroupFold {
  readonly #labels: LabelSet
  readonly #dropName: boolean
  readonly #operator: Folding
  readonly #expr: AggregateExpr
  readonly #notes: Annotations
  readonly #state: FoldState
  /** By step: histograms that came. */
  #histograms: (HistogramSum | undefined)[] | undefined

  constructor(
    labels: LabelSet,
    dropName: boolean,
    operator: Folding,
    expr: AggregateExpr,
    steps: number,
    notes: Annotations,
  ) {
    this.#labels = labels
    this.#dropName = dropName
    this.#operator = operator
    this.#expr = expr
    this.#notes = notes
    const column = (needed: boolean): Float64Array => new Float64Array(needed ? steps : 0)
    const deviates = operator === 'stddev' || operator === 'stdvar'
    const adds = operator === 'sum' || operator === 'avg'
    this.#state = {
      counts: new Uint32Array(steps),
      values: column(operator !== 'count' && operator !== 'group'),
      rests: column(adds || deviates),
      squares: column(deviates),
      squareRests: column(deviates),
      inPlace: new Uint8Array(operator === 'avg' ? steps : 0),
    }
  }

  /** Adds the row's samples, from one step to before another. */
  add(row: Row, from: number, to: number): void {
    if (!row.isPlain) this.#addHistograms(row, from, to)
    switch (this.#operator) {
      case 'sum':
        return sum(this.#state, row, from, to)
      case 'avg':
        return mean(this.#state, row, from, to)
      case 'min':
        return leastOf(this.#state, row, from, to)
      case 'max':
        return greatest(this.#state, row, from, to)
      case 'stddev':
      case 'stdvar':
        return deviate(this.#state, row, from, to)
      case 'count':
      case 'group':
        for (let i = from; i < to; i++) if (row.has(i)) this.#state.counts[i] = (this.#state.counts[i] ?? 0) + 1
    }
  }

  get hasHistograms(): boolean {
    return this.#histograms !== undefined
  }

  result(steps: number): Row {
    return new Row(this.#labels, this.#dropName, steps)
  }

  /** Writes what has come together, from one step to before another. */
  finish(result: Row, from: number, to: number): void {
    const { counts, values, rests, squares, squareRests, inPlace } = this.#state
    for (let i = from; i < to; i++) {
      const count = counts[i] ?? 0
      const histograms = this.#histograms?.[i]
      if (histograms !== undefined) {
        if (count === 0) this.#finishHistograms(histograms, i, result)
        else this.#notes.warn('encountered a mix of histograms and floats for aggregation', this.#expr.expr.span)
        continue
      }
      if (count === 0) continue
      const [value, rest] = [values[i] ?? NaN, rests[i] ?? NaN]
      switch (this.#operator) {
        case 'count':
          result.setFloat(i, count)
          break
        case 'group':
          result.setFloat(i, 1)
          break
        case 'sum':
          result.setFloat(i, value + rest)
          break
        case 'avg':
          result.setFloat(i, inPlace[i] === 1 ? value + rest : value / count + rest / count)
          break
        case 'min':
        case 'max':
          result.setFloat(i, value)
          break
        case 'stddev':
          result.setFloat(i, Math.sqrt(((squares[i] ?? NaN) + (squareRests[i] ?? NaN)) / count))
          break
        case 'stdvar':
          result.setFloat(i, ((squares[i] ?? NaN) + (squareRests[i] ?? NaN)) / count)
      }
    }
  }

  #addHistograms(row: Row, from: number, to: number): void {
    const operator = this.#operator
    if (operator === 'count' || operator === 'group') return
    for (let i = from; i < to; i++) {
      const value = row.kinds[i] === HISTOGRAM ? row.histogramAt(i) : undefined
      if (value === undefined) continue
      if (operator !== 'sum' && operator !== 'avg') {
        this.#notes.info(`ignored histogram in ${operator} aggregation`, this.#expr.expr.span)
        continue
      }
      this.#histograms ??= Array.from<HistogramSum | undefined>({ length: row.steps })
      const total = this.#histograms[i] ?? new HistogramSum()
      this.#histograms[i] = total
      total.add(value)
    }
  }

  #finishHistograms(total: HistogramSum, i: number, result: Row): void {
    total.note(this.#notes, '', this.#expr.expr.span)
    const value = this.#operator === 'sum' ? total.sum : total.mean
    if (value !== undefined) result.setHistogram(i, value)
  }
}
