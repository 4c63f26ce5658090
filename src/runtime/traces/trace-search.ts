import { type SpanStore, type TraceSearch } from '../../tracing/index.ts'
import { ApiFault } from '../api/fault.ts'
import { Parameters } from '../api/parameters.ts'
import { type JsonAnswer, refusal } from '../json-answer.ts'
import { summaryOf, type TraceSummary } from './trace-summary.ts'

export interface FoundTraces {
  readonly status: 'success'
  readonly traces: readonly TraceSummary[]
  /** How many there are in all: `traces` is cut at the limit. */
  readonly matched: number
  readonly services: readonly string[]
  readonly kept: {
    readonly traces: number
    readonly spans: number
    readonly maxSpans: number
    /** Traces that had to go for newer ones. */
    readonly evicted: number
    /** The start of the oldest, ms since the epoch; null: there is none. */
    readonly oldestMs: number | null
  }
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1500
const SORTS = {
  newest: (a, b) => b.startMs - a.startMs,
  oldest: (a, b) => a.startMs - b.startMs,
  longest: (a, b) => b.durationMs - a.durationMs,
  shortest: (a, b) => a.durationMs - b.durationMs,
  spans: (a, b) => b.spans - a.spans,
  errors: (a, b) => b.errors - a.errors,
} as const satisfies Readonly<Record<string, (a: TraceSummary, b: TraceSummary) => number>>
const NAMES = 'service, operation, kind, status, min, max, attribute, text, from, to, sort, limit'

/**
 * What the console's list asks: any of `service`, `operation`, `kind`, `status` (`ok`, `error`), `min` and `max` (ms), `attribute`
 * (`key=value`, repeated), `text`, `from` and `to` (as in the other APIs), `sort`, `limit`.
 */
export function searchTraces(store: SpanStore, query: URLSearchParams): JsonAnswer {
  const unknown = Array.from(query.keys()).filter((name) => !NAMES.split(', ').includes(name))
  if (unknown.length > 0) return refusal(400, `${unknown.join(', ')}: unknown; known here: ${NAMES}`)
  const sort = query.get('sort') || 'newest'
  const order = Object.entries(SORTS).find(([name]) => name === sort)?.[1]
  if (order === undefined) return wrong('sort', `one of ${Object.keys(SORTS).join(', ')}`, sort)
  const limit = Number(query.get('limit') || DEFAULT_LIMIT)
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MAX_LIMIT)) {
    return wrong('limit', `a whole number from 1 to ${MAX_LIMIT}`, query.get('limit'))
  }
  const search = searchOf(query)
  if ('status' in search) return search
  const all = store.search(search.asked).map(summaryOf)
  const { traces, spans, evictedTraces } = store.stats
  const body: FoundTraces = {
    status: 'success',
    traces: all.sort(order).slice(0, limit),
    matched: all.length,
    services: store.services(),
    kept: { traces, spans, maxSpans: store.maxSpans, evicted: evictedTraces, oldestMs: store.oldestMs ?? null },
  }
  return { status: 200, body }
}

function searchOf(query: URLSearchParams): { readonly asked: TraceSearch } | JsonAnswer {
  const texts: Record<string, string> = {}
  for (const name of ['service', 'operation', 'kind', 'text']) {
    const value = query.get(name) ?? ''
    if (value !== '') texts[name] = value
  }
  const status = query.get('status') || undefined
  if (status !== undefined && status !== 'ok' && status !== 'error') return wrong('status', 'ok or error', status)
  const durations: Record<string, number> = {}
  for (const [name, field] of [
    ['min', 'minDurationMs'],
    ['max', 'maxDurationMs'],
  ] as const) {
    const text = query.get(name) ?? ''
    if (text === '') continue
    const ms = Number(text)
    if (!(ms >= 0 && ms < Infinity)) return wrong(name, 'a number of milliseconds', text)
    durations[field] = ms
  }
  const attributes: Record<string, string> = {}
  for (const one of query.getAll('attribute')) {
    const at = one.indexOf('=')
    if (at <= 0) return wrong('attribute', 'key=value', one)
    attributes[one.slice(0, at)] = one.slice(at + 1)
  }
  try {
    const parameters = new Parameters(query)
    const [fromMs, toMs] = [parameters.timeOr('from', -Infinity), parameters.timeOr('to', Infinity)]
    const asked = { ...texts, ...durations, attributes, fromMs, toMs, limit: Infinity }
    return { asked: status === undefined ? asked : { ...asked, status } }
  } catch (error) {
    if (error instanceof ApiFault) return refusal(400, error.message)
    throw error
  }
}

function wrong(name: string, expected: string, given: string | null): JsonAnswer {
  return refusal(400, `${name}: expected ${expected}, given ${JSON.stringify(given)}`)
}
