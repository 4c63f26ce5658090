import { explainParseError, type ParsedSelector, parseSelector } from '../../promql/index.ts'
import { type Matcher, parseDuration } from '../../series/index.ts'
import { ApiFault, failBadData, failParameter } from './fault.ts'

/** The first and the last moment that Prometheus knows. */
export const MIN_TIME = -9_223_309_901_257_974_000
export const MAX_TIME = 9_223_309_901_257_974_000

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const WHOLE = /^[+-]?\d+$/
const RFC3339 = /^(\d{4}-\d\d-(\d\d))T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/
const NAMED_TIMES: Readonly<Record<string, number>> = {
  '-292273086-05-16T16:47:06Z': MIN_TIME,
  '292277025-08-18T07:12:54.999999999Z': MAX_TIME,
}
const MAX_DURATION_SECONDS = 2 ** 63 / 1e9

/** What a request asks for, from its form and its URL; the form comes first. Faults are told in Prometheus's words. */
export class Parameters {
  readonly #sources: readonly URLSearchParams[]

  constructor(...sources: readonly URLSearchParams[]) {
    this.#sources = sources
  }

  /** '' when it is not given. */
  text(name: string): string {
    for (const source of this.#sources) {
      const value = source.get(name)
      if (value !== null) return value
    }
    return ''
  }

  all(name: string): readonly string[] {
    return this.#sources.flatMap((source) => source.getAll(name))
  }

  /** Milliseconds since the epoch. */
  time(name: string): number {
    const text = this.text(name)
    return readTime(text) ?? failParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`)
  }

  timeOr(name: string, otherwise: number): number {
    const text = this.text(name)
    if (text === '') return otherwise
    const told = `invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`
    return readTime(text) ?? failParameter(name, told)
  }

  /** Milliseconds. */
  duration(name: string): number {
    const read = readDuration(this.text(name))
    return typeof read === 'number' ? read : failParameter(name, read)
  }

  /** Undefined: none. */
  durationOf(name: string): number | undefined {
    return this.text(name) === '' ? undefined : this.duration(name)
  }

  lookback(): number {
    const read = readDuration(this.text('lookback_delta'))
    return typeof read === 'number' ? read : failBadData(`error parsing lookback delta duration: ${read}`)
  }

  /** 0: none. */
  limit(): number {
    const text = this.text('limit')
    if (text === '') return 0
    if (!WHOLE.test(text)) failParameter('limit', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
    const limit = Number(text)
    return limit < 0 ? failParameter('limit', 'limit must be non-negative') : limit
  }

  /** Undefined: not given. */
  whole(name: string): number | undefined {
    const text = this.text(name)
    if (text === '') return undefined
    return WHOLE.test(text) ? Number(text) : failBadData(`${name} must be a number`)
  }

  /** Of `match[]`: each must exclude something. */
  selectors(fail: (message: string) => never = failBadData): readonly (readonly Matcher[])[] {
    const sets = this.all('match[]').map((text) => readSelector(text, fail))
    if (sets.some((matchers) => matchers.every((matcher) => matcher.matches('')))) {
      fail('match[] must contain at least one non-empty matcher')
    }
    return sets
  }
}

export function readSelector(text: string, fail: (message: string) => never): readonly Matcher[] {
  const parsed = parsedOrFault(text, parseSelector)
  if (parsed.ok) return parsed.matchers
  return fail(firstError(parsed))
}

/** What parsing throws for a text that is too long is its sender's mistake. */
export function parsedOrFault<T>(text: string, parse: (text: string) => T): T {
  try {
    return parse(text)
  } catch (cause) {
    if (cause instanceof RangeError) throw new ApiFault('bad_data', cause.message)
    throw cause
  }
}

export function firstError({ errors }: Extract<ParsedSelector, { ok: false }>): string {
  const [first] = errors
  return first === undefined ? 'parse error' : explainParseError(first)
}

/** Seconds since the epoch, or RFC 3339. */
function readTime(text: string): number | undefined {
  if (FLOAT.test(text)) {
    const seconds = Number(text)
    const whole = Math.trunc(seconds)
    // As Go calculates it, down to the last bit.
    const rest = Math.round((seconds - whole) * 1000) / 1000
    const ms = whole * 1000 + Math.floor(Math.trunc(rest * 1e9) / 1e6)
    return Math.abs(ms) <= MAX_TIME ? ms : undefined
  }
  const [, date = '', day = '', time = '', fraction = '', zone = ''] = RFC3339.exec(text) ?? []
  if (date === '') return NAMED_TIMES[text]
  const midnight = new Date(`${date}T00:00:00Z`)
  if (midnight.getUTCDate() !== Number(day)) return undefined
  const ms = Date.parse(`${date}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`)
  return Number.isNaN(ms) ? undefined : ms
}

/** Milliseconds, or what is wrong. */
function readDuration(text: string): number | string {
  if (FLOAT.test(text)) {
    const seconds = Number(text)
    if (Math.abs(seconds) < MAX_DURATION_SECONDS) return seconds * 1000
    return `cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`
  }
  try {
    return parseDuration(text)
  } catch {
    return `cannot parse ${JSON.stringify(text)} to a valid duration`
  }
}
