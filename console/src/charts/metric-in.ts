/** The metric that an expression begins with, as far as its text tells. */
export function metricIn(expr: string): string | undefined {
  const found = /([a-zA-Z_:][\w:]*)\s*[{[]/.exec(expr)?.[1] ?? /^[a-zA-Z_:][\w:]*$/.exec(expr.trim())?.[0]
  return found?.replace(/_(?:bucket|sum|count)$/, '')
}
