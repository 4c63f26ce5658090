import type { SpanData, TraceData } from '../span-data.ts'
import type { StoredTrace } from './span-store.ts'

/** What a trace has to have: one span that is all of it, within the times. Everything that is left out fits. */
export interface TraceSearch {
  readonly service?: string
  /** The name of a span, or the route of the part that it is in. */
  readonly operation?: string
  readonly kind?: string
  /** `error`: a span that failed; `ok`: a trace without one. */
  readonly status?: 'error' | 'ok'
  readonly minDurationMs?: number
  readonly maxDurationMs?: number
  /** Values as text; those of the resource are looked at too. */
  readonly attributes?: Readonly<Record<string, string>>
  /** Anywhere in a name, value, message or id, upper or lower case. */
  readonly text?: string
  /** ms since the epoch, of the trace's start; both ends included. */
  readonly fromMs?: number
  readonly toMs?: number
  /** Default: 20. */
  readonly limit?: number
}

export function matches(trace: StoredTrace, search: TraceSearch): boolean {
  const { fromMs, toMs, service, status } = search
  if (fromMs !== undefined && trace.startMs < fromMs) return false
  if (toMs !== undefined && trace.startMs > toMs) return false
  if (status === 'ok' && trace.parts.some(({ failed }) => failed)) return false
  const text = search.text?.toLowerCase()
  return trace.parts.some((part) => {
    if (service !== undefined && serviceOf(part) !== service) return false
    return part.spans.some((span) => fits(span, part, search) && (text === undefined || contains(span, part, text)))
  })
}

export function serviceOf({ resource }: TraceData): string {
  const name = resource['service.name']
  return typeof name === 'string' && name !== '' ? name : 'unknown_service'
}

function fits(span: SpanData, part: TraceData, search: TraceSearch): boolean {
  const { operation, kind, status, minDurationMs, maxDurationMs, attributes } = search
  const durationMs = span.endMs - span.startMs
  if (operation !== undefined && span.name !== operation && part.route !== operation) return false
  if (kind !== undefined && span.kind !== kind) return false
  if (status === 'error' && span.status !== 'error') return false
  if (minDurationMs !== undefined && !(durationMs >= minDurationMs)) return false
  if (maxDurationMs !== undefined && !(durationMs <= maxDurationMs)) return false
  for (const key in attributes) if (valueOf(span, part, key) !== attributes[key]) return false
  return true
}

/** Jaeger's users look for what it shows as tags: `error=true`, `span.kind=server`. */
function valueOf(span: SpanData, part: TraceData, key: string): string | undefined {
  const value = span.attributes[key] ?? part.resource[key]
  if (value !== undefined) return typeof value === 'object' ? JSON.stringify(value) : String(value)
  if (key === 'error') return String(span.status === 'error')
  if (key === 'span.kind') return span.kind
  return undefined
}

function contains(span: SpanData, part: TraceData, text: string): boolean {
  const has = (one: unknown) => String(one).toLowerCase().includes(text)
  return (
    has(span.name) ||
    has(span.statusMessage ?? '') ||
    has(span.traceId) ||
    has(span.spanId) ||
    has(part.correlationId) ||
    has(part.route ?? '') ||
    Object.values(span.attributes).some(has) ||
    span.events.some(({ name, attributes }) => has(name) || Object.values(attributes).some(has))
  )
}
