import type { HistogramValue } from '../../series/index.ts'
import type { AggregateExpr } from '../ast.ts'
import type { Annotations } from './annotations.ts'
import { HistogramSum } from './histogram-sum.ts'
import { CompensatedMean, CompensatedSum } from './kahan.ts'
import { quantileOf, variance } from './statistics.ts'
import { FLOAT, HISTOGRAM, type Row } from './row.ts'

export type Combiner = Exclude<
  AggregateExpr['operator'],
  'topk' | 'bottomk' | 'limitk' | 'limit_ratio' | 'count_values'
>

/** Puts the rows of one group together into `result`, step by step. */
export function combineGroup(
  operator: Combiner,
  rows: readonly Row[],
  result: Row,
  quantiles: Float64Array,
  expr: AggregateExpr,
  notes: Annotations,
): void {
  for (let i = 0; i < result.steps; i++) {
    let floats = 0
    let histograms = 0
    for (const { kinds } of rows) {
      if (kinds[i] === FLOAT) floats++
      else if (kinds[i] === HISTOGRAM) histograms++
    }
    if (floats + histograms === 0) continue
    switch (operator) {
      case 'count':
        result.setFloat(i, floats + histograms)
        break
      case 'group':
        result.setFloat(i, 1)
        break
      case 'sum':
      case 'avg':
        if (floats > 0 && histograms > 0) {
          notes.warn('encountered a mix of histograms and floats for aggregation', expr.expr.span)
        } else if (histograms > 0) combineHistograms(operator, rows, i, result, expr, notes)
        else result.setFloat(i, operator === 'sum' ? sumAt(rows, i) : meanAt(rows, i))
        break
      case 'min':
      case 'max':
      case 'stddev':
      case 'stdvar':
      case 'quantile':
        if (histograms > 0) notes.info(`ignored histogram in ${operator} aggregation`, expr.expr.span)
        if (floats > 0) result.setFloat(i, floatsAt(operator, rows, i, quantiles[i] ?? NaN))
    }
  }
}

function sumAt(rows: readonly Row[], i: number): number {
  const sum = new CompensatedSum()
  for (const row of rows) if (row.isFloat(i)) sum.add(row.floatAt(i))
  return sum.value
}

function meanAt(rows: readonly Row[], i: number): number {
  const mean = new CompensatedMean()
  for (const row of rows) if (row.isFloat(i)) mean.add(row.floatAt(i))
  return mean.value
}

function floatsAt(
  operator: 'min' | 'max' | 'stddev' | 'stdvar' | 'quantile',
  rows: readonly Row[],
  i: number,
  quantile: number,
): number {
  const values: number[] = []
  for (const row of rows) if (row.isFloat(i)) values.push(row.floatAt(i))
  switch (operator) {
    case 'min':
      return values.reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), NaN)
    case 'max':
      return values.reduce((most, value) => (value > most || Number.isNaN(most) ? value : most), NaN)
    case 'stdvar':
      return variance(values)
    case 'stddev':
      return Math.sqrt(variance(values))
    case 'quantile':
      return quantileOf(quantile, values)
  }
}

function combineHistograms(
  operator: 'sum' | 'avg',
  rows: readonly Row[],
  i: number,
  result: Row,
  { expr }: AggregateExpr,
  notes: Annotations,
): void {
  const sum = new HistogramSum()
  for (const row of rows) {
    const value: HistogramValue | undefined = row.kinds[i] === HISTOGRAM ? row.histogramAt(i) : undefined
    if (value !== undefined) sum.add(value)
  }
  sum.note(notes, '', expr.span)
  const value = operator === 'sum' ? sum.sum : sum.mean
  if (value !== undefined) result.setHistogram(i, value)
}
