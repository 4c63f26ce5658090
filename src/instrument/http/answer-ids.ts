/** What an answer tells of its request, as headers of these names. */
export interface AnswerIds {
  readonly correlationId: string
  readonly spanId: string
  readonly durationMs: number
}

const CORRELATION = 'x-correlation-id'
const SPAN = 'x-span-id'
const DURATION = 'x-service-duration'

export function headEntries({ correlationId, spanId, durationMs }: AnswerIds): readonly (readonly [string, string])[] {
  return [
    [CORRELATION, correlationId],
    [SPAN, spanId],
    [DURATION, tenths(durationMs)],
  ]
}

/** As lines of a head of HTTP/1, but for those that are among `headers`: in any of the forms in which Node is given them. */
export function headLines({ correlationId, spanId, durationMs }: AnswerIds, headers: unknown): string {
  if (typeof headers === 'object' && headers !== null && namesAny(headers)) {
    return linesBut(namesOf(headers), headEntries({ correlationId, spanId, durationMs }))
  }
  return `${CORRELATION}: ${correlationId}\r\n${SPAN}: ${spanId}\r\n${DURATION}: ${tenths(durationMs)}\r\n`
}

const LENGTHS: ReadonlySet<number> = new Set([CORRELATION.length, SPAN.length, DURATION.length])

/** Whether one of the names may be there; few others have their lengths, so mostly this is all the work. */
function namesAny(headers: object): boolean {
  if (Array.isArray(headers)) return headers.length > 0
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

/** As `toFixed(1)`, at a fifth of its cost. */
function tenths(ms: number): string {
  const whole = Math.round(Math.max(0, ms) * 10)
  return `${Math.floor(whole / 10)}.${whole % 10}`
}
