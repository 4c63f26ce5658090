import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import * as api from '@opentelemetry/api'
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  currentContext,
  currentSpan,
  findOtelApi,
  installOtelBridge,
  type OtelBridgeOptions,
  outgoingHeaders,
  isSuppressed,
  runWithContext,
  Sampler,
  suppressInstrumentation,
  type TraceData,
  Tracer,
} from './index.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
class NoopTracerProvider implements api.TracerProvider {
  getTracer(): api.Tracer {
    return api.ProxyTracer.prototype
  }
}
class NoopPropagator implements api.TextMapPropagator {
  inject(): void {}
  extract(given: api.Context): api.Context {
    return given
  }
  fields(): string[] {
    return []
  }
}
class NoopContextManager implements api.ContextManager {
  active(): api.Context {
    return ROOT_CONTEXT
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    _: api.Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return fn.apply(thisArg, args)
  }
  bind<T>(_: api.Context, target: T): T {
    return target
  }
  enable(): this {
    return this
  }
  disable(): this {
    return this
  }
}

const SUPPRESS = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

let at: number
let kept: TraceData[]
let own: Tracer
let undo: () => void
const installed = (options?: OtelBridgeOptions): (() => void) => {
  const bridge = installOtelBridge(own, api, options)
  if (!bridge.ok) throw new Error(bridge.detail)
  return bridge.undo
}
const theirs = () => trace.getTracer('pg', '8.1')

beforeEach(() => {
  at = 1_700_000_000_000
  kept = []
  own = new Tracer({ now: () => at++, onTrace: (one) => kept.push(one) })
  undo = installed()
})
afterEach(() => undo())

describe('spans of others', () => {
  it('are part of our traces, and ours of theirs', async () => {
    const request = own.startRequest('GET')
    await runWithContext(request, async () => {
      await theirs().startActiveSpan('query', { kind: SpanKind.CLIENT, attributes: { rows: 3 } }, async (query) => {
        await sleep(1)
        expect(trace.getActiveSpan()).toBe(query)
        expect(currentContext()?.spanId).toBe(query.spanContext().spanId)
        own.withSpan('within', (within) => {
          expect(within.parentSpanId).toBe(query.spanContext().spanId)
          expect(trace.getActiveSpan()?.spanContext().spanId).toBe(within.spanId)
        })
        query.end()
      })
    })
    request.end()
    expect(kept).toHaveLength(1)
    expect(kept[0]?.spans.map(({ name, kind, scope }) => [name, kind, scope?.name])).toEqual([
      ['GET', 'server', undefined],
      ['query', 'client', 'pg'],
      ['within', 'internal', undefined],
    ])
    expect(kept[0]?.spans[1]).toMatchObject({
      parentSpanId: request.spanId,
      attributes: { rows: 3 },
      scope: { name: 'pg', version: '8.1' },
    })
  })

  it('hold all that the API can tell them', () => {
    const span = theirs().startSpan('old', {
      startTime: new Date(at),
      links: [{ context: { traceId: TRACE, spanId: SPAN, traceFlags: 1 }, attributes: { n: 1 } }],
    })
    expect(span.isRecording()).toBe(true)
    span
      .updateName('new')
      .setAttribute('a', 'x')
      .setAttributes({ b: [1, 2] })
      .setAttribute('bad', {})
    span.addEvent('one', { c: true }, [1_700_000_001, 500_000_000]).addEvent('two', 1_700_000_000_005)
    span.addLinks([{ context: { traceId: TRACE, spanId: SPAN, traceFlags: 0 } }])
    span.recordException({ code: 'E_DICE', message: 'gone' })
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'gone' }).end(1_700_000_000_100)
    span.updateName('too late').end()
    expect(span.isRecording()).toBe(false)
    expect(kept[0]?.spans[0]).toMatchObject({
      name: 'new',
      startMs: 1_700_000_000_000,
      endMs: 1_700_000_000_100,
      attributes: { a: 'x', b: [1, 2] },
      droppedAttributes: 1,
      events: [
        { name: 'one', atMs: 1_700_000_001_500, attributes: { c: true } },
        { name: 'two', atMs: 1_700_000_000_005 },
        { name: 'exception', attributes: { 'exception.type': 'E_DICE', 'exception.message': 'gone' } },
      ],
      links: [
        { traceId: TRACE, spanId: SPAN, traceFlags: 1, attributes: { n: 1 } },
        { traceId: TRACE, spanId: SPAN, traceFlags: 0 },
      ],
      status: 'error',
      statusMessage: 'gone',
    })
  })

  it.each<[string, () => api.Span, string | undefined]>([
    ['of the active span', () => theirs().startSpan('s'), 'active'],
    [
      'of the span of a given context',
      () => theirs().startSpan('s', {}, trace.setSpan(ROOT_CONTEXT, other())),
      'other',
    ],
    ['of none, of the root context', () => theirs().startSpan('s', {}, ROOT_CONTEXT), undefined],
    ['of none, as a root', () => theirs().startSpan('s', { root: true }), undefined],
    ['of none, the span deleted', () => theirs().startSpan('s', {}, trace.deleteSpan(context.active())), undefined],
  ])('are children %s', (_, start, parent) => {
    const active = theirs().startSpan('active')
    spans = { active, other: theirs().startSpan('other') }
    const span = context.with(trace.setSpan(context.active(), active), start)
    const want = parent === undefined ? undefined : spans[parent]?.spanContext().traceId
    expect(span.spanContext().traceId === want).toBe(parent !== undefined)
    span.end()
    for (const one of Object.values(spans)) one.end()
  })
  let spans: Record<string, api.Span> = {}
  const other = () => spans['other'] ?? trace.wrapSpanContext(api.INVALID_SPAN_CONTEXT)

  it('name the route by which the trace is sampled', () => {
    const span = theirs().startSpan('GET', { kind: SpanKind.SERVER })
    span.setAttribute('http.route', '/bets/:id')
    span.end()
    expect(kept[0]?.route).toBe('/bets/:id')
    expect(own.sampler.state.routes.map(({ route }) => route)).toEqual(['/bets/:id'])
  })

  it('are not made where tracing is suppressed', () => {
    const span = context.with(context.active().setValue(SUPPRESS, true), () => theirs().startSpan('export'))
    expect(span.isRecording()).toBe(false)
    span.end()
    expect(kept).toHaveLength(0)
  })

  it('and our instruments know that, as theirs know it of us', async () => {
    expect(isSuppressed()).toBe(false)
    await context.with(context.active().setValue(SUPPRESS, true), async () => {
      await sleep(1)
      expect(isSuppressed()).toBe(true)
      propagation.inject(context.active(), {}, { set: () => expect.unreachable() })
    })
    await runWithContext(own.startRequest('GET'), () =>
      suppressInstrumentation(async () => {
        await sleep(1)
        expect(context.active().getValue(SUPPRESS)).toBe(true)
        expect(trace.getActiveSpan()).toBeUndefined()
        expect(currentContext()).toBeUndefined()
        expect(theirs().startSpan('export').isRecording()).toBe(false)
        own.withSpan('own', () => expect(isSuppressed()).toBe(true))
      }),
    )
    expect(isSuppressed()).toBe(false)
  })
})

describe('contexts', () => {
  const KEY = api.createContextKey('tenant')

  it('hold values beside the span, through awaits and our own spans', async () => {
    expect(context.active().getValue(KEY)).toBeUndefined()
    await context.with(context.active().setValue(KEY, 'casino'), async () => {
      await sleep(1)
      expect(context.active().getValue(KEY)).toBe('casino')
      own.withSpan('mine', (span) => {
        expect(context.active().getValue(KEY)).toBe('casino')
        expect(currentSpan()).toBe(span)
      })
      expect(context.active().deleteValue(KEY).getValue(KEY)).toBeUndefined()
    })
    expect(currentContext()).toBeUndefined()
  })

  it('keep what a context of the API itself holds', () => {
    context.with(ROOT_CONTEXT.setValue(KEY, 'root'), () => {
      expect(context.active().getValue(KEY)).toBe('root')
      theirs().startActiveSpan('s', (span) => {
        expect(context.active().getValue(KEY)).toBe('root')
        span.end()
      })
    })
  })

  it('can be bound to functions and emitters', () => {
    const bound = context.bind(context.active().setValue(KEY, 1), function (this: unknown, a: number, b: number) {
      return [this, a, b, context.active().getValue(KEY)]
    })
    expect(bound).toHaveLength(2)
    expect(bound.call('me', 2, 3)).toEqual(['me', 2, 3, 1])
    const emitter = new EventEmitter()
    const seen: unknown[] = []
    expect(context.bind(context.active().setValue(KEY, 2), emitter)).toBe(emitter)
    emitter.on('event', (value) => seen.push([value, context.active().getValue(KEY)]))
    expect(emitter.emit('event', 'x')).toBe(true)
    context.bind(context.active().setValue(KEY, 3), emitter)
    emitter.emit('event', 'y')
    expect(seen).toEqual([
      ['x', 2],
      ['y', 3],
    ])
    expect(context.bind(ROOT_CONTEXT, 5)).toBe(5)
  })

  it('pass arguments and what is thrown', () => {
    expect(context.with(ROOT_CONTEXT, (a: number, b: number) => a + b, undefined, 1, 2)).toBe(3)
    expect(() =>
      context.with(ROOT_CONTEXT, () => {
        throw new RangeError('theirs')
      }),
    ).toThrow('theirs')
  })
})

describe('propagation', () => {
  const carrier = () => {
    const headers: Record<string, string> = {}
    propagation.inject(context.active(), headers)
    return headers
  }

  it('sends what our own calls send', () => {
    const request = own.startRequest('GET', { headers: { 'x-correlation-id': 'bet-1', baggage: 'a=1;p,b=2' } })
    runWithContext(request, () => {
      theirs().startActiveSpan('call', (call) => {
        const span = currentSpan()
        expect(carrier()).toEqual(span === undefined ? {} : outgoingHeaders(span))
        expect(carrier()).toMatchObject({
          'x-correlation-id': 'bet-1',
          'x-parent-span-id': request.spanId,
          'x-span-id': call.spanContext().spanId,
          baggage: 'a=1;p,b=2',
        })
      })
    })
    expect(carrier()).toEqual({})
  })

  it('continues what came in', () => {
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'v=1', 'x-correlation-id': 'c-1' }
    const incoming = propagation.extract(ROOT_CONTEXT, headers)
    expect(trace.getSpanContext(incoming)).toMatchObject({
      traceId: TRACE,
      spanId: SPAN,
      traceFlags: 1,
      isRemote: true,
    })
    const span = theirs().startSpan('GET', { kind: SpanKind.SERVER }, incoming)
    context.with(trace.setSpan(incoming, span), () => {
      expect(currentContext()).toMatchObject({
        traceId: TRACE,
        parentSpanId: SPAN,
        correlationId: 'c-1',
        traceState: 'v=1',
      })
    })
    span.end()
    expect(kept[0]).toMatchObject({ reason: 'parent', correlationId: 'c-1', spans: [{ parentIsRemote: true }] })
    theirs()
      .startSpan('GET', {}, propagation.extract(ROOT_CONTEXT, { traceparent: `00-${TRACE.slice(1)}0-${SPAN}-00` }))
      .end()
    expect(kept).toHaveLength(1)
  })

  it('keeps the decision of a span of another provider', () => {
    const foreign = trace.wrapSpanContext({ traceId: TRACE, spanId: SPAN, traceFlags: 0 })
    const inner = trace.setSpan(context.active(), foreign)
    expect(trace.getSpan(inner)).toBe(foreign)
    theirs().startSpan('s', {}, inner).end()
    expect(kept).toHaveLength(0)
    context.with(inner, () => expect(carrier()).toMatchObject({ traceparent: `00-${TRACE}-${SPAN}-00` }))
  })

  it('reads and writes baggage', () => {
    const incoming = propagation.extract(ROOT_CONTEXT, { baggage: 'user=J%C3%BCrgen;ttl=1, bad=%FF%20x' })
    expect(propagation.getBaggage(incoming)?.getEntry('user')?.value).toBe('J\u00fcrgen')
    expect(propagation.getBaggage(incoming)?.getEntry('bad')?.value).toBe('\ufffd x')
    const more = propagation.getBaggage(incoming)?.setEntry('new', { value: 'a,b' }) ?? propagation.createBaggage()
    context.with(propagation.setBaggage(incoming, more), () => {
      expect(carrier()['baggage']).toBe('user=J%C3%BCrgen;ttl=1,bad=%EF%BF%BD%20x,new=a%2Cb')
    })
    context.with(propagation.deleteBaggage(context.active()), () => expect(carrier()).toEqual({}))
    expect(propagation.fields().toSorted()).toEqual([
      'baggage',
      'traceparent',
      'tracestate',
      'x-correlation-id',
      'x-parent-span-id',
      'x-span-id',
    ])
  })

  it('goes by the formats that are asked for', () => {
    undo()
    undo = installed({ propagation: { traceContext: false, baggage: false, b3: ['single'], requestId: true } })
    const incoming = propagation.extract(ROOT_CONTEXT, {
      b3: `${TRACE}-${SPAN}-1`,
      traceparent: `00-${'9'.repeat(32)}-${SPAN}-01`,
      baggage: 'a=1',
      'x-request-id': 'r-1',
    })
    expect(trace.getSpanContext(incoming)).toMatchObject({ traceId: TRACE, spanId: SPAN, traceFlags: 1 })
    const span = theirs().startSpan('GET', {}, incoming)
    const more = propagation.setBaggage(trace.setSpan(incoming, span), propagation.createBaggage({ a: { value: '1' } }))
    const { spanId } = span.spanContext()
    context.with(more, () =>
      expect(carrier()).toEqual({
        b3: `${TRACE}-${spanId}-1-${SPAN}`,
        'x-correlation-id': 'r-1',
        'x-request-id': 'r-1',
        'x-span-id': spanId,
        'x-parent-span-id': SPAN,
      }),
    )
    expect(propagation.fields().toSorted()).toEqual([
      'b3',
      'x-correlation-id',
      'x-parent-span-id',
      'x-request-id',
      'x-span-id',
    ])
  })
})

describe('the bridge', () => {
  it('gives way to what is registered already, and is undone', () => {
    const second = installOtelBridge(own, api)
    expect(second).toMatchObject({ ok: false, reason: 'taken', ours: true })
    const early = theirs()
    early.startSpan('some').end()
    undo()
    expect(theirs().startSpan('none').isRecording()).toBe(false)
    expect(early.startSpan('none').isRecording()).toBe(false)
    expect(kept.map(({ route, spans: [span] }) => route ?? span?.name)).toEqual(['some'])
    undo = installed()
    expect(theirs().startSpan('some').isRecording()).toBe(true)
  })

  it.each<[string, () => unknown]>([
    ['tracer provider (NoopTracerProvider)', () => trace.setGlobalTracerProvider(new NoopTracerProvider())],
    ['context manager (NoopContextManager)', () => context.setGlobalContextManager(new NoopContextManager())],
    ['propagator (NoopPropagator)', () => propagation.setGlobalPropagator(new NoopPropagator())],
  ])('takes nothing where there is a %s', (what, register) => {
    undo()
    register()
    const detail = `a ${what} is registered with OpenTelemetry already`
    for (let i = 0; i < 2; i++) {
      expect(installOtelBridge(own, api)).toEqual({ ok: false, reason: 'taken', ours: false, detail })
    }
    for (const part of [trace, context, propagation]) part.disable()
    undo = installed()
  })

  it('undone late leaves what another has registered since', () => {
    trace.disable()
    const provider = new NoopTracerProvider()
    trace.setGlobalTracerProvider(provider)
    undo()
    const proxy = trace.getTracerProvider()
    expect(proxy instanceof api.ProxyTracerProvider && proxy.getDelegate()).toBe(provider)
    trace.disable()
    undo = installed()
  })

  it('also serves who asked another copy of the package for a tracer before', () => {
    undo()
    const copy: typeof api = createRequire(import.meta.url)('@opentelemetry/api')
    expect(copy.trace).not.toBe(trace)
    const early = copy.trace.getTracer('early')
    expect(early.startSpan('lost').isRecording()).toBe(false)
    undo = installed({ copies: [copy] })
    early.startSpan('found').end()
    expect(kept.map(({ spans: [span] }) => [span?.name, span?.scope?.name])).toEqual([['found', 'early']])
  })

  it('finds the API at run time (B12)', async () => {
    expect((await findOtelApi())?.trace).toBe(trace)
  })

  it('leaves the decision to our sampler', () => {
    undo()
    own = new Tracer({
      now: () => at,
      onTrace: (one) => kept.push(one),
      sampler: new Sampler({ baseRate: 0, reservoir: false }),
    })
    const bridge = installOtelBridge(own, api)
    undo = bridge.ok ? bridge.undo : () => {}
    const span = theirs().startSpan('s')
    expect(span.spanContext().traceFlags).toBe(2)
    span.end()
    expect(kept).toHaveLength(0)
  })
})
