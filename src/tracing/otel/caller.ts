import type { SpanContext, Span as OtelSpan } from '@opentelemetry/api'
import type { CorrelationContext } from '../context.ts'
import { type Incoming, traceIdOf } from '../incoming.ts'
import { FLAG_RANDOM, FLAG_SAMPLED } from '../traceparent.ts'

const NO_SPAN = '0'.repeat(16)

/** A span that is not ours: a caller's, or of another provider. */
export class Caller implements CorrelationContext {
  readonly incoming: Incoming
  readonly otelSpan: OtelSpan | undefined
  readonly traceId: string
  userId: string | undefined
  sessionId: string | undefined
  gameId: string | undefined

  constructor(incoming: Incoming, otelSpan: OtelSpan | undefined) {
    this.incoming = incoming
    this.otelSpan = otelSpan
    this.traceId = incoming.traceId ?? traceIdOf(incoming.correlationId ?? '')
  }

  get correlationId(): string {
    return this.incoming.correlationId ?? this.traceId
  }

  get spanId(): string {
    return this.incoming.parentSpanId ?? NO_SPAN
  }

  get parentSpanId(): undefined {
    return undefined
  }

  get traceFlags(): number {
    const { sampled, random } = this.incoming
    return (sampled === true ? FLAG_SAMPLED : 0) | (random ? FLAG_RANDOM : 0)
  }

  get traceState(): string | undefined {
    return this.incoming.traceState
  }

  get baggage(): string | undefined {
    return this.incoming.baggage
  }
}

export function incomingOf({ traceId, spanId, traceFlags, traceState }: SpanContext): Incoming {
  return {
    correlationId: undefined,
    traceId,
    parentSpanId: spanId,
    sampled: (traceFlags & FLAG_SAMPLED) !== 0,
    random: (traceFlags & FLAG_RANDOM) !== 0,
    traceState: traceState?.serialize(),
    baggage: undefined,
  }
}
