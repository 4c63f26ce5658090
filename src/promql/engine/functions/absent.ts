import { LabelSet, METRIC_NAME_LABEL } from '../../../series/index.ts'
import type { Expr, VectorSelector } from '../../ast.ts'
import { unwrap } from '../arguments.ts'
import { Row } from '../row.ts'

/** A series of ones at the steps where nothing is `there`, with the labels that the selector demands. */
export function absentAt(arg: Expr, there: Uint8Array): Row {
  const row = new Row(demandedLabels(unwrap(arg)), false, there.length)
  for (let i = 0; i < there.length; i++) if (there[i] === 0) row.setFloat(i, 1)
  return row
}

function demandedLabels(expr: Expr): LabelSet {
  const selector: VectorSelector | undefined =
    expr.kind === 'vector-selector' ? expr : expr.kind === 'matrix-selector' ? expr.selector : undefined
  const labels = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, operator, value } of selector?.matchers ?? []) {
    if (name === METRIC_NAME_LABEL) continue
    if (operator === '=' && !seen.has(name)) labels.set(name, value)
    else labels.delete(name)
    if (operator === '=') seen.add(name)
  }
  return LabelSet.of(labels)
}
