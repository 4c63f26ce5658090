import { type IncomingHeaders, PROPAGATION_HEADERS, type Propagation, readsB3 } from '../../tracing/index.ts'

const WANTED: ReadonlySet<string> = new Set([
  'baggage',
  'traceparent',
  'tracestate',
  'x-correlation-id',
  'x-parent-span-id',
  'x-request-id',
])

const WITH_B3: ReadonlySet<string> = new Set(PROPAGATION_HEADERS)

/** Most headers have another length: they need no look at their letters. A bit for each length. */
const LENGTHS = lengthsOf(WANTED)
const LENGTHS_WITH_B3 = lengthsOf(WITH_B3)

/**
 * The headers a context is read from, one entry a line; undefined when there are none. Taken from the raw list: `headers`
 * joins or drops what came twice, and `headersDistinct` sorts out every header of every request (and throws on some, in
 * older releases).
 */
export function correlationHeaders(raw: readonly string[], propagation?: Propagation): IncomingHeaders | undefined {
  const b3 = readsB3(propagation)
  const wanted = b3 ? WITH_B3 : WANTED
  const lengths = b3 ? LENGTHS_WITH_B3 : LENGTHS
  let found: Record<string, string[]> | undefined
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const given = raw[i]
    const value = raw[i + 1]
    if (given === undefined || value === undefined || given.length > 31 || (lengths & (1 << given.length)) === 0) {
      continue
    }
    const name = given.toLowerCase()
    if (wanted.has(name)) ((found ??= {})[name] ??= []).push(value)
  }
  return found
}

function lengthsOf(names: ReadonlySet<string>): number {
  let bits = 0
  for (const { length } of names) bits |= 1 << length
  return bits
}
