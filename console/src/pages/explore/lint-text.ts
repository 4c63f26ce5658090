import { parse } from 'boxman/promql'
import { type Remark, unitOfByte } from './place-in-text.ts'

/** What is wrong with a query, in the parser's words. One that is empty is not wrong yet. */
export function lintText(text: string): readonly Remark[] {
  if (text.trim() === '') return []
  // What the page fills in is no PromQL; of the same length, places stay true.
  const parsed = parse(text.replaceAll('$__rate_interval', '5m'.padEnd('$__rate_interval'.length)))
  if (parsed.ok) return []
  return parsed.errors.map(({ start, end, message }) => {
    const [from, to] = [unitOfByte(text, start), unitOfByte(text, Math.max(end, start))]
    // At the end there is nothing to underline but the last character.
    return { from: from === to ? Math.max(0, from - 1) : from, to: Math.max(to, from), severity: 'error', message }
  })
}
