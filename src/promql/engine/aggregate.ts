import { type LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { AggregateExpr } from '../ast.ts'
import type { QueryContext } from './context.ts'
import { combineGroup } from './aggregate-group.ts'
import { countValues } from './count-values.ts'
import { labelName } from './label-name.ts'
import { Row } from './row.ts'
import { selectFromGroups } from './aggregate-select.ts'

export interface Group {
  readonly labels: LabelSet
  readonly dropName: boolean
  readonly rows: Row[]
}

/** What an aggregation has beside its vector. */
export type Parameter = Float64Array | string | undefined

export async function aggregate(
  expr: AggregateExpr,
  rows: readonly Row[],
  parameter: Parameter,
  steps: number,
  context: QueryContext,
): Promise<readonly Row[]> {
  const { operator } = expr
  const labelsOf = groupLabels(expr)
  switch (operator) {
    case 'topk':
    case 'bottomk':
    case 'limitk':
    case 'limit_ratio':
      return selectFromGroups(expr, groupsOf(rows, labelsOf), scalars(parameter), steps, context)
    case 'count_values':
      if (typeof parameter !== 'string') throw new Error('BUG: count_values without a label')
      return countValues(rows, labelsOf, labelName(parameter), steps, context)
    case 'sum':
    case 'avg':
    case 'count':
    case 'group':
    case 'min':
    case 'max':
    case 'stddev':
    case 'stdvar':
    case 'quantile': {
      const results: Row[] = []
      const quantiles = operator === 'quantile' ? scalars(parameter) : new Float64Array(0)
      for (const group of groupsOf(rows, labelsOf)) {
        const result = new Row(group.labels, group.dropName, steps)
        combineGroup(operator, group.rows, result, quantiles, expr, context.notes)
        results.push(result)
        if (context.work.hold(steps) || context.work.spend(group.rows.length * steps)) await context.work.rest()
      }
      return results
    }
  }
}

function scalars(parameter: Parameter): Float64Array {
  if (parameter instanceof Float64Array) return parameter
  throw new Error('BUG: an aggregation without its number')
}

function groupsOf(rows: readonly Row[], labelsOf: (labels: LabelSet) => LabelSet): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const labels = labelsOf(row.labels)
    const group = groups.get(labels.key)
    if (group === undefined) groups.set(labels.key, { labels, dropName: row.dropName, rows: [row] })
    else group.rows.push(row)
  }
  return [...groups.values()]
}

function groupLabels({ grouping, without }: AggregateExpr): (labels: LabelSet) => LabelSet {
  const named = new Set(grouping)
  if (!without) return (labels) => labels.only(named)
  named.add(METRIC_NAME_LABEL)
  return (labels) => labels.without(named)
}
