import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api'
import type { CorrelationContext } from '../context.ts'
import { outgoingHeaders } from '../headers.ts'
import { type Incoming, type IncomingHeaders, PROPAGATION_HEADERS, readIncoming } from '../incoming.ts'
import { FLAG_RANDOM, FLAG_SAMPLED } from '../traceparent.ts'
import { baggageFrom } from './baggage-entries.ts'
import type { Propagation } from '../propagation.ts'
import { Caller } from './caller.ts'
import { ContextFacade } from './context-facade.ts'
import { BAGGAGE_KEY, type OtelApi } from './keys.ts'

/** Of which every header can be made. */
const WHOLE: CorrelationContext = Object.freeze({
  correlationId: '',
  traceId: '',
  spanId: '',
  parentSpanId: '',
  traceFlags: 0,
  traceState: '',
  baggage: '',
  userId: undefined,
  sessionId: undefined,
  gameId: undefined,
})

/** Our headers, for those who ask OpenTelemetry for them. */
export class Propagator implements TextMapPropagator<unknown> {
  readonly #api: OtelApi
  readonly #propagation: Propagation | undefined

  constructor(api: OtelApi, propagation: Propagation | undefined) {
    this.#api = api
    this.#propagation = propagation
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter<unknown>): void {
    const facade = ContextFacade.from(this.#api, context)
    if (facade.suppressed) return
    const { baggage } = facade
    if (facade.context !== undefined && !(facade.context instanceof Caller && facade.context.otelSpan === undefined)) {
      for (const [name, value] of Object.entries(outgoingHeaders(facade.context, this.#propagation))) {
        if (name !== 'baggage') setter.set(carrier, name, value)
      }
    }
    if (baggage !== undefined && this.#propagation?.baggage !== false) setter.set(carrier, 'baggage', baggage)
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter<unknown>): Context {
    const headers: Record<string, IncomingHeaders[string]> = {}
    for (const name of PROPAGATION_HEADERS) headers[name] = getter.get(carrier, name)
    const incoming = readIncoming(headers, this.#propagation)
    let facade = ContextFacade.from(this.#api, context)
    if (incoming.traceId !== undefined || incoming.correlationId !== undefined) {
      facade = facade.around(new Caller(incoming, this.#spanOf(incoming)))
    }
    if (incoming.baggage === undefined) return facade
    return facade.setValue(BAGGAGE_KEY, baggageFrom(incoming.baggage, this.#api))
  }

  fields(): string[] {
    return Object.keys(outgoingHeaders(WHOLE, this.#propagation))
  }

  #spanOf({ traceId, parentSpanId, sampled, random, traceState }: Incoming): Caller['otelSpan'] {
    if (traceId === undefined || parentSpanId === undefined) return undefined
    const { trace, createTraceState } = this.#api
    return trace.wrapSpanContext({
      traceId,
      spanId: parentSpanId,
      traceFlags: (sampled === true ? FLAG_SAMPLED : 0) | (random ? FLAG_RANDOM : 0),
      isRemote: true,
      ...(traceState === undefined ? {} : { traceState: createTraceState(traceState) }),
    })
  }
}
