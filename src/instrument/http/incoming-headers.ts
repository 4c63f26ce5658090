import type { IncomingHeaders } from '../../tracing/index.ts'

const WANTED: ReadonlySet<string> = new Set([
  'baggage',
  'traceparent',
  'tracestate',
  'x-correlation-id',
  'x-parent-span-id',
  'x-request-id',
])

/**
 * The headers a context is read from, one entry a line. Taken from the raw list: `headers` joins or drops what came
 * twice, and `headersDistinct` sorts out every header of every request (and throws on some, in older releases).
 */
export function correlationHeaders(raw: readonly string[]): IncomingHeaders {
  const found: Record<string, string[]> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase()
    const value = raw[i + 1]
    if (name !== undefined && value !== undefined && WANTED.has(name)) (found[name] ??= []).push(value)
  }
  return found
}
