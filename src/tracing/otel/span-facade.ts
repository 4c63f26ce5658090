import type {
  Attributes,
  Exception,
  Link,
  Span as OtelSpan,
  SpanContext,
  SpanStatus,
  TimeInput,
  TraceState,
} from '@opentelemetry/api'
import { acceptedValue } from '../attribute-list.ts'
import type { Span } from '../span.ts'
import { SPAN_LIMITS, type AttributeValue } from '../span-data.ts'
import { millisecondsOf } from './time.ts'

const STATUS = ['unset', 'ok', 'error'] as const
const { valueLength } = SPAN_LIMITS

export type MakeTraceState = (text: string) => TraceState

/** One for each span that is asked for: who compares them means the spans. */
const FACADES = new WeakMap<Span, SpanFacade>()

/** A span of ours as OpenTelemetry's users know one. */
export class SpanFacade implements OtelSpan {
  readonly span: Span
  readonly #makeState: MakeTraceState

  constructor(span: Span, makeState: MakeTraceState) {
    this.span = span
    this.#makeState = makeState
  }

  static of(span: Span, makeState: MakeTraceState): SpanFacade {
    let facade = FACADES.get(span)
    if (facade === undefined) FACADES.set(span, (facade = new SpanFacade(span, makeState)))
    return facade
  }

  spanContext(): SpanContext {
    const { traceId, spanId, traceFlags, traceState } = this.span
    const context: SpanContext = { traceId, spanId, traceFlags }
    if (traceState !== undefined) context.traceState = this.#makeState(traceState)
    return context
  }

  setAttribute(key: string, value: unknown): this {
    // The route of an incoming request is told by its framework, and it is by routes that traces are sampled.
    if (key === 'http.route' && typeof value === 'string' && this.span.parent === undefined) this.span.setRoute(value)
    this.span.setAttribute(key, acceptedValue(value, valueLength))
    return this
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) this.setAttribute(key, value)
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (isTime(attributesOrTime)) this.span.addEvent(name, undefined, millisecondsOf(attributesOrTime))
    else this.span.addEvent(name, acceptable(attributesOrTime), millisecondsOf(time))
    return this
  }

  addLink({ context, attributes }: Link): this {
    const { traceId, spanId, traceFlags, traceState } = context
    const state = traceState?.serialize()
    this.span.addLink({
      traceId,
      spanId,
      traceFlags,
      ...(state === undefined ? {} : { traceState: state }),
      attributes: acceptable(attributes),
    })
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus({ code, message }: SpanStatus): this {
    this.span.setStatus(STATUS[code] ?? 'unset', message)
    return this
  }

  updateName(name: string): this {
    if (!this.span.ended) this.span.name = name
    return this
  }

  end(time?: TimeInput): void {
    this.span.end(millisecondsOf(time))
  }

  isRecording(): boolean {
    return this.span.recorded && !this.span.ended
  }

  recordException(exception: Exception, time?: TimeInput): void {
    this.span.recordException(exception, millisecondsOf(time))
  }
}

function isTime(given: Attributes | TimeInput | undefined): given is TimeInput {
  return typeof given === 'number' || given instanceof Date || Array.isArray(given)
}

function acceptable(attributes: Attributes | undefined): Record<string, AttributeValue | undefined> {
  const accepted: Record<string, AttributeValue | undefined> = {}
  for (const [key, value] of Object.entries(attributes ?? {})) accepted[key] = acceptedValue(value, valueLength)
  return accepted
}
