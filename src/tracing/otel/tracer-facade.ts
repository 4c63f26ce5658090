import type { Context, Span as OtelSpan, SpanOptions, Tracer as OtelTracer, TracerProvider } from '@opentelemetry/api'
import type { Span } from '../span.ts'
import type { SpanKind, SpanScope } from '../span-data.ts'
import type { Tracer } from '../tracer.ts'
import { Caller } from './caller.ts'
import { ContextFacade } from './context-facade.ts'
import type { Contexts } from './context-manager.ts'
import { type OtelApi, SPAN_KEY, SUPPRESS_KEY } from './keys.ts'
import { SpanFacade } from './span-facade.ts'
import { millisecondsOf } from './time.ts'

const KINDS: readonly SpanKind[] = ['internal', 'server', 'client', 'producer', 'consumer']

export class Provider implements TracerProvider {
  readonly #make: (scope: SpanScope) => OtelTracer
  #open = true

  constructor(tracer: Tracer, contexts: Contexts, api: OtelApi) {
    const isOpen = (): boolean => this.#open
    this.#make = (scope) => new TracerFacade(scope, tracer, contexts, api, isOpen)
  }

  /** Who keeps a tracer makes spans of nothing from here on. */
  close(): void {
    this.#open = false
  }

  getTracer(name: string, version?: string): OtelTracer {
    return this.#make(Object.freeze({ name, ...(version === undefined ? {} : { version }) }))
  }
}

class TracerFacade implements OtelTracer {
  readonly #scope: SpanScope
  readonly #tracer: Tracer
  readonly #contexts: Contexts
  readonly #api: OtelApi
  readonly #isOpen: () => boolean

  constructor(scope: SpanScope, tracer: Tracer, contexts: Contexts, api: OtelApi, isOpen: () => boolean) {
    this.#scope = scope
    this.#tracer = tracer
    this.#contexts = contexts
    this.#api = api
    this.#isOpen = isOpen
  }

  startSpan(name: string, options: SpanOptions = {}, context: Context = this.#contexts.active()): OtelSpan {
    const { trace, createTraceState, INVALID_SPAN_CONTEXT } = this.#api
    if (context.getValue(SUPPRESS_KEY) === true) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
    if (!this.#isOpen()) return trace.wrapSpanContext(trace.getSpanContext(context) ?? INVALID_SPAN_CONTEXT)
    const facade = SpanFacade.of(this.#start(name, options, context), createTraceState)
    facade.span.setScope(this.#scope)
    if (options.attributes !== undefined) facade.setAttributes(options.attributes)
    if (options.links !== undefined) facade.addLinks(options.links)
    return facade
  }

  startActiveSpan<F extends (span: OtelSpan) => unknown>(
    name: string,
    ...rest: readonly [F] | readonly [SpanOptions, F] | readonly [SpanOptions, Context, F]
  ): ReturnType<F> {
    const [options, given, fn] =
      rest.length === 1 ? [{}, undefined, rest[0]] : rest.length === 2 ? [rest[0], undefined, rest[1]] : rest
    const context = given ?? this.#contexts.active()
    const span = this.startSpan(name, options, context)
    const run = () => fn(span)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of F the API says no more than this
    return this.#contexts.with(context.setValue(SPAN_KEY, span), run) as ReturnType<F>
  }

  #start(name: string, { kind, startTime, root }: SpanOptions, context: Context): Span {
    const at = millisecondsOf(startTime)
    const options = { kind: KINDS[kind ?? 0] ?? 'internal', ...(at === undefined ? {} : { at }) }
    const parent = root === true ? undefined : ContextFacade.from(this.#api, context).context
    if (parent === undefined) return this.#tracer.startRoot(name, options)
    if (parent instanceof Caller) return this.#tracer.startRoot(name, options, parent.incoming)
    return this.#tracer.startSpan(name, { ...options, parent })
  }
}
