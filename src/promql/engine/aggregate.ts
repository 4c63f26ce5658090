import { LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { AggregateExpr } from '../ast.ts'
import { type Folding, GroupFold } from './aggregate-fold.ts'
import { selectFromGroups } from './aggregate-select.ts'
import { countValues } from './count-values.ts'
import type { Evaluator } from './evaluator.ts'
import type { Grid } from './grid.ts'
import { labelName } from './label-name.ts'
import { quantilesOfGroups } from './quantile-group.ts'
import { PassingRows } from './row-sink.ts'
import { Row } from './row.ts'
import type { Work } from './work.ts'

export interface Group {
  readonly labels: LabelSet
  readonly dropName: boolean
  readonly rows: Row[]
}

/** What an aggregation has beside its vector. */
export type Parameter = Float64Array | string | undefined

/** Units that a series costs beside its steps, and a histogram. */
const PER_SERIES = 50
const PER_HISTOGRAM = 100
/** Steps of histograms that are added at a time. */
const BLOCK = 64

export async function aggregate(
  expr: AggregateExpr,
  parameter: Parameter,
  grid: Grid,
  evaluator: Evaluator,
): Promise<readonly Row[]> {
  const { operator } = expr
  const { context } = evaluator
  const labelsOf = groupLabels(expr)
  const groups = async (): Promise<readonly Group[]> =>
    groupsOf(await evaluator.vector(expr.expr, grid), labelsOf, context.work)
  switch (operator) {
    case 'topk':
    case 'bottomk':
    case 'limitk':
    case 'limit_ratio':
      return selectFromGroups(expr, await groups(), scalars(parameter), grid.count, context)
    case 'quantile':
      return quantilesOfGroups(expr, await groups(), scalars(parameter), grid.count, context)
    case 'count_values':
      if (typeof parameter !== 'string') throw new Error('BUG: count_values without a label')
      return countValues(expr, labelsOf, labelName(parameter), grid, evaluator)
    case 'sum':
    case 'avg':
    case 'count':
    case 'group':
    case 'min':
    case 'max':
    case 'stddev':
    case 'stdvar':
      return fold(expr, operator, labelsOf, grid, evaluator)
  }
}

async function fold(
  expr: AggregateExpr,
  operator: Folding,
  labelsOf: (labels: LabelSet) => LabelSet,
  grid: Grid,
  evaluator: Evaluator,
): Promise<readonly Row[]> {
  const { work, notes } = evaluator.context
  const steps = grid.count
  const groups = new Map<string, GroupFold>()
  const addSlowly = async (group: GroupFold, row: Row): Promise<void> => {
    for (let from = 0; from < steps; from += BLOCK) {
      group.add(row, from, Math.min(steps, from + BLOCK))
      if (work.spend(BLOCK * PER_HISTOGRAM)) await work.rest()
    }
  }
  const page = new Row(LabelSet.EMPTY, false, steps)
  const passing = new PassingRows(page, (row) => {
    const labels = labelsOf(row.labels)
    let group = groups.get(labels.key)
    if (group === undefined) {
      work.hold(steps)
      group = new GroupFold(labels, row.dropName, operator, expr, steps, notes)
      groups.set(labels.key, group)
    }
    if (!row.isPlain) return addSlowly(group, row)
    group.add(row, 0, steps)
    work.spend(PER_SERIES + steps)
    return undefined
  })
  await evaluator.each(expr.expr, grid, passing)
  const results: Row[] = []
  for (const group of groups.values()) {
    const result = group.result(steps)
    const block = group.hasHistograms ? 1 : steps
    for (let from = 0; from < steps; from += block) {
      group.finish(result, from, Math.min(steps, from + block))
      if (work.spend(group.hasHistograms ? PER_HISTOGRAM : steps)) await work.rest()
    }
    results.push(result)
  }
  return results
}

function scalars(parameter: Parameter): Float64Array {
  if (parameter instanceof Float64Array) return parameter
  throw new Error('BUG: an aggregation without its number')
}

async function groupsOf(
  rows: readonly Row[],
  labelsOf: (labels: LabelSet) => LabelSet,
  work: Work,
): Promise<readonly Group[]> {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const labels = labelsOf(row.labels)
    const group = groups.get(labels.key)
    if (group === undefined) groups.set(labels.key, { labels, dropName: row.dropName, rows: [row] })
    else group.rows.push(row)
    if (work.spend(PER_SERIES)) await work.rest()
  }
  return [...groups.values()]
}

function groupLabels({ grouping, without }: AggregateExpr): (labels: LabelSet) => LabelSet {
  if (!without && grouping.length === 0) return () => LabelSet.EMPTY
  const named = new Set(grouping)
  if (!without) return (labels) => labels.only(named)
  named.add(METRIC_NAME_LABEL)
  return (labels) => labels.without(named)
}
