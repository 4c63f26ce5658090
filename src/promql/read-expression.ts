import { explainParseError } from './parse-error.ts'
import { parse } from './parser.ts'
import { print } from './print.ts'

/** An expression as it is printed, or the first thing that is wrong with it: for rules. */
export function readExpression(
  expr: string,
): { readonly ok: true; readonly printed: string } | { readonly ok: false; readonly fault: string } {
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
