/** https://www.w3.org/TR/trace-context-2/#tracestate-header: a value ends in something other than a space. */
const MEMBER = /^([a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/
const MAX_MEMBERS = 32
const OWS = /^[ \t]+|[ \t]+$/g

/**
 * What may be forwarded of all `tracestate` headers, in their order; of a key given twice the first stays.
 * One bad member, or more than 32, drops the whole: half a state would mislead the vendor whose half is missing.
 */
export function parseTraceState(values: readonly string[]): string | undefined {
  const members = new Map<string, string>()
  let count = 0
  for (const raw of values.join(',').split(',')) {
    const member = raw.replace(OWS, '')
    if (member === '') continue
    const key = MEMBER.exec(member)?.[1]
    if (key === undefined || ++count > MAX_MEMBERS) return undefined
    if (!members.has(key)) members.set(key, member)
  }
  return members.size === 0 ? undefined : [...members.values()].join(',')
}
