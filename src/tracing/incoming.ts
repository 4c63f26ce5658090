import type { hash as Hash } from 'node:crypto'
import { parseB3 } from './b3.ts'
import { parseBaggage } from './baggage.ts'
import { isCorrelationId } from './correlation-id.ts'
import { type Propagation, readsB3 } from './propagation.ts'
import { FLAG_RANDOM, FLAG_SAMPLED, isSpanId, parseTraceParent } from './traceparent.ts'
import { parseTraceState } from './tracestate.ts'

let hash: typeof Hash | undefined

/** Names in lower case; an array holds one entry a header line. `IncomingMessage.headersDistinct` fits. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Every header that is ever read, in lower case. */
export const PROPAGATION_HEADERS: readonly string[] = Object.freeze([
  'baggage',
  'traceparent',
  'tracestate',
  'x-correlation-id',
  'x-parent-span-id',
  'x-request-id',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-sampled',
  'x-b3-flags',
])

/** What a caller said of the work it asks for, as far as it may be believed. */
export interface Incoming {
  readonly correlationId: string | undefined
  /** The caller's; undefined when the trace begins here. */
  readonly traceId: string | undefined
  readonly parentSpanId: string | undefined
  /** The caller's decision; undefined when it left it to us. */
  readonly sampled: boolean | undefined
  /** Whether the caller says that its trace id is random. */
  readonly random: boolean
  readonly traceState: string | undefined
  readonly baggage: string | undefined
}

export function readIncoming(headers: IncomingHeaders, propagation?: Propagation): Incoming {
  const text = propagation?.traceContext === false ? undefined : only(headers['traceparent'])
  const parent = text === undefined ? undefined : parseTraceParent(text)
  const b3 = parent === undefined && readsB3(propagation) ? parseB3((name) => only(headers[name])) : undefined
  return {
    correlationId: acceptedId(headers['x-correlation-id']) ?? acceptedId(headers['x-request-id']),
    traceId: parent?.traceId ?? b3?.traceId,
    parentSpanId: parent?.parentSpanId ?? b3?.parentSpanId ?? acceptedSpan(headers['x-parent-span-id']),
    sampled: parent === undefined ? b3?.sampled : (parent.flags & FLAG_SAMPLED) !== 0,
    random: parent !== undefined && (parent.flags & FLAG_RANDOM) !== 0,
    traceState: parent === undefined ? undefined : within(headers['tracestate'], parseTraceState),
    baggage: propagation?.baggage === false ? undefined : within(headers['baggage'], parseBaggage),
  }
}

/** The trace of what came with only a correlation id: the first half of its SHA-256, the same in every service. */
export function traceIdOf(correlationId: string): string {
  // Loaded when it is needed, like that of the ids.
  hash ??= process.getBuiltinModule('node:crypto').hash
  return hash('sha256', correlationId, 'hex').slice(0, 32)
}

type HeaderValue = IncomingHeaders[string]

const OWS = /^[ \t]+|[ \t]+$/g

/** A header that may come once. */
function only(value: HeaderValue): string | undefined {
  const text = typeof value === 'object' ? (value.length === 1 ? value[0] : undefined) : value
  return text?.replace(OWS, '')
}

/** A header that may come in several lines. */
function within(value: HeaderValue, parse: (values: readonly string[]) => string | undefined): string | undefined {
  if (value === undefined) return undefined
  return parse(typeof value === 'string' ? [value] : value)
}

function acceptedId(value: HeaderValue): string | undefined {
  const text = only(value)
  return isCorrelationId(text) ? text : undefined
}

function acceptedSpan(value: HeaderValue): string | undefined {
  const text = only(value)
  return text !== undefined && isSpanId(text) ? text : undefined
}
