import type { IncomingHeaders } from '../../tracing/index.ts'

const WANTED: ReadonlySet<string> = new Set([
  'baggage',
  'traceparent',
  'tracestate',
  'x-correlation-id',
  'x-parent-span-id',
  'x-request-id',
])

/** Most headers have another length: they need no look at their letters. */
const LENGTHS: ReadonlySet<number> = new Set(Array.from(WANTED, (name) => name.length))

/**
 * The headers a context is read from, one entry a line. Taken from the raw list: `headers` joins or drops what came
 * twice, and `headersDistinct` sorts out every header of every request (and throws on some, in older releases).
 */
export function correlationHeaders(raw: readonly string[]): IncomingHeaders {
  const found: Record<string, string[]> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const given = raw[i]
    const value = raw[i + 1]
    if (given === undefined || value === undefined || !LENGTHS.has(given.length)) continue
    const name = given.toLowerCase()
    if (WANTED.has(name)) (found[name] ??= []).push(value)
  }
  return found
}
