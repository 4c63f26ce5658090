import type { IncomingHeaders } from '../../tracing/index.ts'

const WANTED: ReadonlySet<string> = new Set([
  'baggage',
  'traceparent',
  'tracestate',
  'x-correlation-id',
  'x-parent-span-id',
  'x-request-id',
])

/** Most headers have another length: they need no look at their letters. A bit for each length. */
const LENGTHS = [...WANTED].reduce((bits, { length }) => bits | (1 << length), 0)

/**
 * The headers a context is read from, one entry a line; undefined when there are none. Taken from the raw list: `headers`
 * joins or drops what came twice, and `headersDistinct` sorts out every header of every request (and throws on some, in
 * older releases).
 */
export function correlationHeaders(raw: readonly string[]): IncomingHeaders | undefined {
  let found: Record<string, string[]> | undefined
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const given = raw[i]
    const value = raw[i + 1]
    if (given === undefined || value === undefined || given.length > 31 || (LENGTHS & (1 << given.length)) === 0)
      continue
    const name = given.toLowerCase()
    if (WANTED.has(name)) ((found ??= {})[name] ??= []).push(value)
  }
  return found
}
