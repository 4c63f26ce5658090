import type { Panel } from '../packs/index.ts'

/** Puts the chosen values of `$NAME` into an expression as a regular expression; none chosen: all. */
export function fillVariables(expr: string, values: Readonly<Record<string, readonly string[]>>): string {
  return expr.replaceAll(/\$(?!__)(\w+)/g, (whole, name: string) => {
    const chosen = values[name]
    if (chosen === undefined) return whole
    // Twice: once for the regular expression, once for the string that it is in.
    return chosen.length === 0 ? '.*' : chosen.map((value) => JSON.stringify(escaped(value)).slice(1, -1)).join('|')
  })
}

function escaped(value: string): string {
  return value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** A panel with the chosen values in its queries. */
export function fillPanel(panel: Panel, values: Readonly<Record<string, readonly string[]>>): Panel {
  if (panel.kind === 'list') return panel
  if (panel.kind === 'heatmap') return { ...panel, expr: fillVariables(panel.expr, values) }
  const queries = panel.queries.map((query) => ({ ...query, expr: fillVariables(query.expr, values) }))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same panel with other expressions
  return { ...panel, queries } as Panel
}
