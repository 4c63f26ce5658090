import type { Baggage, Context, Span as OtelSpan } from '@opentelemetry/api'
import { type CorrelationContext, Layer } from '../context.ts'
import { Span } from '../span.ts'
import { baggageFrom, baggageText } from './baggage-entries.ts'
import { Caller, incomingOf } from './caller.ts'
import { BAGGAGE_KEY, type OtelApi, SPAN_KEY, SUPPRESS_KEY } from './keys.ts'
import { SpanFacade } from './span-facade.ts'

type Values = ReadonlyMap<symbol, unknown>

const NO_VALUES: Values = new Map()

/** A context of ours as OpenTelemetry's users know one: its span is our span, everything else lies beside it. */
export class ContextFacade extends Layer implements Context {
  readonly context: CorrelationContext | undefined
  readonly #api: OtelApi
  readonly #values: Values
  /** One that was made by others, whose values cannot be listed. */
  readonly #base: Context | undefined
  #facade: OtelSpan | undefined

  constructor(api: OtelApi, context?: CorrelationContext, values: Values = NO_VALUES, base?: Context) {
    super()
    this.#api = api
    this.context = context
    this.#values = values
    this.#base = base
  }

  /** Any context, by whomever it was made. */
  static from(api: OtelApi, context: Context): ContextFacade {
    if (context instanceof ContextFacade) return context
    return new ContextFacade(api, correlationOf(api, context.getValue(SPAN_KEY)), NO_VALUES, context)
  }

  around(context: CorrelationContext): ContextFacade {
    return new ContextFacade(this.#api, context, this.#values, this.#base)
  }

  get suppressed(): boolean {
    return this.getValue(SUPPRESS_KEY) === true
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.#span()
    if (this.#values.has(key)) return this.#values.get(key)
    const beneath = this.#base?.getValue(key)
    if (beneath !== undefined || key !== BAGGAGE_KEY || this.context?.baggage === undefined) return beneath
    return baggageFrom(this.context.baggage, this.#api)
  }

  setValue(key: symbol, value: unknown): ContextFacade {
    if (key === SPAN_KEY) {
      return new ContextFacade(this.#api, correlationOf(this.#api, value), this.#values, this.#base)
    }
    return new ContextFacade(this.#api, this.context, new Map(this.#values).set(key, value), this.#base)
  }

  deleteValue(key: symbol): ContextFacade {
    return this.setValue(key, undefined)
  }

  /** The baggage header that goes with calls made in this context. */
  get baggage(): string | undefined {
    const own = this.#values.has(BAGGAGE_KEY) || this.#base?.getValue(BAGGAGE_KEY) !== undefined
    if (!own) return this.context?.baggage
    const value = this.getValue(BAGGAGE_KEY)
    return isBaggage(value) ? baggageText(value) : undefined
  }

  #span(): OtelSpan | undefined {
    if (this.#facade !== undefined || this.context === undefined) return this.#facade
    const { trace, createTraceState } = this.#api
    if (this.context instanceof Caller) return this.context.otelSpan
    if (this.context instanceof Span) return SpanFacade.of(this.context, createTraceState)
    const { traceId, spanId, traceFlags } = this.context
    this.#facade = trace.wrapSpanContext({ traceId, spanId, traceFlags })
    return this.#facade
  }
}

function correlationOf(api: OtelApi, span: unknown): CorrelationContext | undefined {
  if (span instanceof SpanFacade) return span.span
  if (!isSpan(span)) return undefined
  const context = span.spanContext()
  return api.trace.isSpanContextValid(context) ? new Caller(incomingOf(context), span) : undefined
}

function isSpan(value: unknown): value is OtelSpan {
  return (
    typeof value === 'object' && value !== null && 'spanContext' in value && typeof value.spanContext === 'function'
  )
}

function isBaggage(value: unknown): value is Baggage {
  return typeof value === 'object' && value !== null && 'getAllEntries' in value
}
