import type { AttributeValue, SpanData, SpanEvent, SpanLink } from '../span-data.ts'
import { serviceOf, type TraceSearch } from './search.ts'
import type { StoredTrace } from './span-store.ts'

/** As Jaeger's query service answers `/api/traces`: times and durations are microseconds. */
export interface JaegerTrace {
  readonly traceID: string
  readonly spans: readonly JaegerSpan[]
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly JaegerTag[] }>>
  readonly warnings: null
}

export interface JaegerSpan {
  readonly traceID: string
  readonly spanID: string
  readonly flags: number
  readonly operationName: string
  readonly references: readonly {
    readonly refType: 'CHILD_OF' | 'FOLLOWS_FROM'
    readonly traceID: string
    readonly spanID: string
  }[]
  readonly startTime: number
  readonly duration: number
  readonly tags: readonly JaegerTag[]
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly JaegerTag[] }[]
  readonly processID: string
  readonly warnings: readonly string[] | null
}

export interface JaegerTag {
  readonly key: string
  readonly type: 'string' | 'bool' | 'int64' | 'float64'
  readonly value: string | boolean | number
}

/** The envelope of every answer. */
export interface JaegerAnswer<T> {
  readonly data: readonly T[]
  readonly total: number
  readonly limit: number
  readonly offset: number
  readonly errors: readonly { readonly code: number; readonly msg: string }[] | null
}

export function jaegerAnswer<T>(data: readonly T[]): JaegerAnswer<T> {
  return { data, total: data.length, limit: 0, offset: 0, errors: null }
}

export function jaegerError(code: number, msg: string): JaegerAnswer<never> {
  return { data: [], total: 0, limit: 0, offset: 0, errors: [{ code, msg }] }
}

export function jaegerJson(trace: StoredTrace): JaegerTrace {
  const processes: Record<string, JaegerTrace['processes'][string]> = {}
  const known = new Map<string, string>()
  const spans = trace.parts.flatMap((part) => {
    const { 'service.name': _, ...resource } = part.resource
    const process = { serviceName: serviceOf(part), tags: tagsOf(resource) }
    const text = JSON.stringify(process)
    const processId = known.get(text) ?? `p${known.size + 1}`
    known.set(text, processId)
    processes[processId] = process
    return part.spans.map((span) => jaegerSpan(span, processId))
  })
  return { traceID: trace.traceId, spans, processes, warnings: null }
}

function jaegerSpan(span: SpanData, processID: string): JaegerSpan {
  const { traceId, spanId, parentSpanId } = span
  const parent =
    parentSpanId === undefined ? [] : [{ refType: 'CHILD_OF' as const, traceID: traceId, spanID: parentSpanId }]
  const dropped = span.droppedAttributes + span.droppedEvents + span.droppedLinks
  return {
    traceID: traceId,
    spanID: spanId,
    flags: span.traceFlags & 1,
    operationName: span.name,
    references: [...parent, ...span.links.map(follows)],
    startTime: microseconds(span.startMs),
    duration: microseconds(span.endMs - span.startMs),
    tags: [...tagsOf(span.attributes), ...ownTags(span)],
    logs: span.events.map(logOf),
    processID,
    warnings: dropped === 0 ? null : [`${dropped} attributes, events or links were dropped`],
  }
}

function ownTags({ kind, status, statusMessage, scope, traceState }: SpanData): JaegerTag[] {
  const tags: JaegerTag[] = []
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined) tags.push({ key, type: 'string', value })
  }
  put('otel.scope.name', scope?.name)
  put('otel.scope.version', scope?.version)
  put('span.kind', kind)
  if (status !== 'unset') put('otel.status_code', status.toUpperCase())
  if (status === 'error') tags.push({ key: 'error', type: 'bool', value: true })
  put('otel.status_description', statusMessage)
  put('w3c.tracestate', traceState)
  return tags
}

function follows({ traceId, spanId }: SpanLink): JaegerSpan['references'][number] {
  return { refType: 'FOLLOWS_FROM', traceID: traceId, spanID: spanId }
}

function logOf({ name, atMs, attributes }: SpanEvent): JaegerSpan['logs'][number] {
  const event: JaegerTag = { key: 'event', type: 'string', value: name }
  return { timestamp: microseconds(atMs), fields: [event, ...tagsOf(attributes)] }
}

function tagsOf(attributes: Readonly<Record<string, AttributeValue>>): JaegerTag[] {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return { key, type: 'string', value }
    if (typeof value === 'boolean') return { key, type: 'bool', value }
    if (typeof value === 'object') return { key, type: 'string', value: JSON.stringify(value) }
    // JSON has no place for the others.
    if (!Number.isFinite(value)) return { key, type: 'string', value: String(value) }
    return { key, type: Number.isSafeInteger(value) ? 'int64' : 'float64', value }
  })
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000)
}

export type JaegerQuery =
  | { readonly ok: true; readonly search: TraceSearch }
  | { readonly ok: false; readonly detail: string }

const MOST = 1500

/** What `/api/traces?...` asks for. */
export function jaegerSearch(query: URLSearchParams): JaegerQuery {
  const service = query.get('service') ?? ''
  if (service === '') return { ok: false, detail: "parameter 'service' is required" }
  const numbers: Record<string, number> = {}
  for (const name of ['start', 'end', 'limit']) {
    const text = query.get(name) ?? ''
    if (text === '') continue
    if (!/^\d{1,16}$/.test(text)) return { ok: false, detail: `parameter '${name}': ${text} is no whole number` }
    numbers[name] = Number(text)
  }
  const durations: Record<string, number> = {}
  for (const name of ['minDuration', 'maxDuration']) {
    const text = query.get(name) ?? ''
    if (text === '') continue
    const ms = goDuration(text)
    if (ms === undefined)
      return { ok: false, detail: `parameter '${name}': ${text} is no duration such as 1.5s or 200ms` }
    durations[name] = ms
  }
  const attributes = tagsAsked(query)
  if (typeof attributes === 'string') return { ok: false, detail: attributes }
  const { start, end, limit = 20 } = numbers
  const { minDuration, maxDuration } = durations
  const operation = query.get('operation') ?? ''
  return {
    ok: true,
    search: {
      service,
      attributes,
      limit: Math.min(limit, MOST),
      ...(operation === '' ? {} : { operation }),
      ...(start === undefined ? {} : { fromMs: start / 1000 }),
      ...(end === undefined ? {} : { toMs: end / 1000 }),
      ...(minDuration === undefined ? {} : { minDurationMs: minDuration }),
      ...(maxDuration === undefined ? {} : { maxDurationMs: maxDuration }),
    },
  }
}

/** `tags={"key":"value"}` and any number of `tag=key:value`; a text is what is wrong with them. */
function tagsAsked(query: URLSearchParams): Record<string, string> | string {
  const found: Record<string, string> = {}
  for (const one of query.getAll('tag')) {
    const colon = one.indexOf(':')
    if (colon <= 0) return `parameter 'tag': ${one} is not key:value`
    found[one.slice(0, colon)] = one.slice(colon + 1)
  }
  const json = query.get('tags') ?? ''
  if (json === '') return found
  try {
    const tags: unknown = JSON.parse(json)
    if (typeof tags === 'object' && tags !== null && !Array.isArray(tags)) {
      for (const [key, value] of Object.entries(tags)) found[key] = String(value)
      return found
    }
  } catch {
    // Said below.
  }
  return `parameter 'tags': ${json} is no JSON object of texts`
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/g

function goDuration(text: string): number | undefined {
  if (text.length > 40 || text.replace(PART, '') !== '') return undefined
  let ms = 0
  for (const [, amount, unit] of text.matchAll(PART)) ms += Number(amount) * (UNITS[unit ?? ''] ?? NaN)
  return ms
}
