import type { ReadExpression } from '../../alerting/index.ts'
import { explainParseError, parse, print } from '../../promql/index.ts'

/** PromQL, for rules. */
export const readPromql: ReadExpression = (expr) => {
  try {
    const parsed = parse(expr)
    if (parsed.ok) return { ok: true, printed: print(parsed.expr) }
    const [first] = parsed.errors
    return { ok: false, fault: first === undefined ? 'parse error' : explainParseError(first) }
  } catch (cause) {
    if (cause instanceof RangeError) return { ok: false, fault: cause.message }
    throw cause
  }
}
