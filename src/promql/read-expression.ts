import { dataExpression } from './data-expression.ts'
import { explainParseError } from './parse-error.ts'
import { parse } from './parser.ts'
import { print } from './print.ts'

/** An expression as it is printed, and its data without what is compared, or the first thing that is wrong with it: for rules. */
export function readExpression(
  expr: string,
):
  | { readonly ok: true; readonly printed: string; readonly data: string | undefined }
  | { readonly ok: false; readonly fault: string } {
  try {
    const parsed = parse(expr)
    if (parsed.ok) {
      const data = dataExpression(parsed.expr)
      return { ok: true, printed: print(parsed.expr), data: data && print(data) }
    }
    const [first] = parsed.errors
    return { ok: false, fault: first === undefined ? 'parse error' : explainParseError(first) }
  } catch (cause) {
    if (cause instanceof RangeError) return { ok: false, fault: cause.message }
    throw cause
  }
}
