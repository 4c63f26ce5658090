import type { Reason } from './sampler/decide.ts'

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'
export type SpanStatus = 'unset' | 'ok' | 'error'
export type AttributeValue = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[]
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>

export interface SpanEvent {
  readonly name: string
  readonly atMs: number
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags?: number
  readonly traceState?: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

export interface SpanScope {
  readonly name: string
  readonly version?: string
}

/** A span that has ended and was kept: plain data. Times are ms since the epoch, with fractions. */
export interface SpanData {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  /** Whether the parent is in another process. */
  readonly parentIsRemote: boolean
  readonly traceFlags: number
  readonly traceState: string | undefined
  readonly name: string
  readonly kind: SpanKind
  readonly startMs: number
  readonly endMs: number
  readonly status: SpanStatus
  readonly statusMessage: string | undefined
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  readonly droppedAttributes: number
  readonly droppedEvents: number
  readonly droppedLinks: number
  readonly scope: SpanScope | undefined
}

/** What one process, in one local root, kept of a trace. */
export interface TraceData {
  readonly traceId: string
  readonly correlationId: string
  readonly resource: Readonly<Record<string, AttributeValue>>
  /** In the order of their starts; the local root is first, unless it had not ended by the deadline. */
  readonly spans: readonly SpanData[]
  readonly route: string | undefined
  readonly failed: boolean
  readonly reason: Reason
  /** How many traces this one stands for; undefined where nobody knows. */
  readonly adjustedCount: number | undefined
  /** Parts of other processes may be missing: the caller did not keep its own, or callees were told not to keep theirs. */
  readonly partial: boolean
  /** Spans that were not recorded, for their number. */
  readonly droppedSpans: number
}

/** What a span may hold, and a trace. */
export interface SpanLimits {
  readonly attributes: number
  readonly events: number
  readonly links: number
  /** Characters of a text, also in a list; of a list's items the first 128 are taken. */
  readonly valueLength: number
  readonly spans: number
}

export const SPAN_LIMITS: SpanLimits = Object.freeze({
  attributes: 64,
  events: 64,
  links: 32,
  valueLength: 4096,
  spans: 64,
})
