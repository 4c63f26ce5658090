/** What an answer tells of its request, as headers of these names. */
export interface AnswerIds {
  readonly correlationId: string
  readonly spanId: string
  readonly durationMs: number
  /** Whether the correlation id is told as `x-request-id` too. */
  readonly requestId: boolean
}

const CORRELATION = 'x-correlation-id'
const SPAN = 'x-span-id'
const DURATION = 'x-service-duration'
const REQUEST = 'x-request-id'

export function headEntries(ids: AnswerIds): readonly (readonly [string, string])[] {
  return [
    [CORRELATION, ids.correlationId],
    [SPAN, ids.spanId],
    [DURATION, tenths(ids.durationMs)],
    ...(ids.requestId ? [[REQUEST, ids.correlationId] as const] : []),
  ]
}

/** As lines of a head of HTTP/1, but for those that are among `headers`: in any of the forms in which Node is given them. */
export function headLines(ids: AnswerIds, headers: unknown): string {
  const given = typeof headers === 'object' && headers !== null ? headers : undefined
  if (ids.requestId || (given !== undefined && namesAny(given))) return linesBut(namesOf(given ?? {}), headEntries(ids))
  const { correlationId, spanId, durationMs } = ids
  return `${CORRELATION}: ${correlationId}\r\n${SPAN}: ${spanId}\r\n${DURATION}: ${tenths(durationMs)}\r\n`
}

const LENGTHS: ReadonlySet<number> = new Set([CORRELATION.length, SPAN.length, DURATION.length])

/** Whether one of the names may be there; few others have their lengths, so mostly this is all the work. */
function namesAny(headers: object): boolean {
  if (Array.isArray(headers)) return headers.length > 0
  // What Node keeps of headers that were set has no prototype, and lower case names.
  if (Object.getPrototypeOf(headers) === null) return CORRELATION in headers || SPAN in headers || DURATION in headers
  for (const name in headers) if (LENGTHS.has(name.length)) return true
  return false
}

/** In lower case. A list has names and values by turns, or pairs of them. */
function namesOf(headers: object): ReadonlySet<string> {
  const list: readonly unknown[] = Array.isArray(headers) ? headers : Object.keys(headers).map((name) => [name])
  const names = list.map((one: unknown, i) => (Array.isArray(one) ? String(one[0]) : i % 2 === 0 ? String(one) : ''))
  return new Set(names.map((name) => name.toLowerCase()))
}

function linesBut(names: ReadonlySet<string>, entries: readonly (readonly [string, string])[]): string {
  return entries.map(([name, value]) => (names.has(name) ? '' : `${name}: ${value}\r\n`)).join('')
}

/** As `toFixed(1)`, without the arithmetic that it needs for any number. */
function tenths(ms: number): string {
  const whole = Math.round(Math.max(0, ms) * 10)
  return `${Math.floor(whole / 10)}.${whole % 10}`
}
