import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  answerHeaders,
  createIdSource,
  currentContext,
  currentSpan,
  extractContext,
  identify,
  outgoingHeaders,
  runWithContext,
  Sampler,
  type SamplerOptions,
  type Span,
  type TraceData,
  Tracer,
  type TracerOptions,
} from './index.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

let at: number
let kept: TraceData[]

function tracer(options: Partial<TracerOptions> & { readonly sampling?: SamplerOptions } = {}): Tracer {
  return new Tracer({
    now: () => at,
    onTrace: (trace) => kept.push(trace),
    sampler: new Sampler(options.sampling),
    ...options,
  })
}

/** Keeps nothing but errors. */
const NOTHING: SamplerOptions = { baseRate: 0, reservoir: false }

beforeEach(() => {
  at = 1000
  kept = []
})

describe('spans', () => {
  it('ask for the details of their end only where they are kept, and within the limits', () => {
    let asked = 0
    const details = {
      name: 'GET /bets/:id',
      get attributes() {
        asked++
        return { a: 2, b: 'x'.repeat(9), c: undefined, d: 4 }
      },
    }
    tracer({ sampling: NOTHING }).startRequest('GET').endAs(details)
    expect([asked, kept]).toEqual([0, []])
    const limits = { attributes: 2, valueLength: 5 }
    tracer({ limits })
      .startRequest('GET', { attributes: { a: 1 } })
      .setRoute('/bets/:id')
      .endAs(details)
    expect(asked).toBe(1)
    expect(kept[0]?.spans[0]).toMatchObject({ name: 'GET /bets/:id', attributes: { a: 2, b: 'xxxxx' } })
    expect(kept[0]?.spans[0]?.attributes).not.toHaveProperty('d')
  })

  it('are kept with all they were told, in the order of their starts (S12)', () => {
    const own = tracer({ resource: { 'service.name': 'gateway' } })
    const root = own.startRequest('GET', {
      headers: { traceparent: `00-${TRACE}-${SPAN}-01`, 'x-correlation-id': 'bet-1' },
      attributes: { 'http.request.method': 'GET' },
    })
    root.setRoute('/bets/:id')
    at = 1001
    const child = own.startSpan('prove', { parent: root, kind: 'client', attributes: { a: 1, b: ['x', 'y'] } })
    child.setAttribute('a', 2).setAttributes({ c: true, d: undefined }).addEvent('sent', { bytes: 7 })
    child.addLink({ traceId: TRACE, spanId: SPAN, attributes: { why: 'batch' } })
    child.recordException(new TypeError('odd'), 1001.5).setStatus('error', 'odd')
    at = 1002.25
    child.end()
    at = 1003
    root.setStatus('ok').end()

    expect(kept).toHaveLength(1)
    expect(kept[0]).toMatchObject({
      traceId: TRACE,
      correlationId: 'bet-1',
      resource: { 'service.name': 'gateway' },
      route: '/bets/:id',
      failed: true,
      reason: 'parent',
      adjustedCount: undefined,
      partial: false,
      droppedSpans: 0,
      spans: [
        {
          name: 'GET',
          kind: 'server',
          spanId: root.spanId,
          parentSpanId: SPAN,
          parentIsRemote: true,
          traceFlags: 1,
          startMs: 1000,
          endMs: 1003,
          status: 'ok',
          attributes: { 'http.request.method': 'GET' },
        },
        {
          name: 'prove',
          kind: 'client',
          traceId: TRACE,
          spanId: child.spanId,
          parentSpanId: root.spanId,
          parentIsRemote: false,
          startMs: 1001,
          endMs: 1002.25,
          status: 'error',
          statusMessage: 'odd',
          attributes: { a: 2, b: ['x', 'y'], c: true },
          events: [
            { name: 'sent', atMs: 1001, attributes: { bytes: 7 } },
            {
              name: 'exception',
              atMs: 1001.5,
              attributes: { 'exception.type': 'TypeError', 'exception.message': 'odd' },
            },
          ],
          links: [{ traceId: TRACE, spanId: SPAN, attributes: { why: 'batch' } }],
          droppedAttributes: 0,
        },
      ],
    })
  })

  it('do not change after their end, and end once, never before their start', () => {
    const own = tracer()
    const root = own.startRequest('GET')
    const child = own.startSpan('early', { parent: root })
    child.end(900)
    child.setAttribute('a', 1).addEvent('e').setStatus('error').recordException(new Error('late')).end(2000)
    root.end()
    expect(kept[0]?.spans[1]).toMatchObject({ startMs: 1000, endMs: 1000, attributes: {}, events: [], status: 'unset' })
    expect(kept[0]?.failed).toBe(false)
  })

  it('hold what the limits allow, and count the rest', () => {
    const own = tracer({ limits: { attributes: 2, events: 1, links: 1, valueLength: 3, spans: 3 } })
    const root = own.startRequest('GET')
    root.setAttributes({ a: 'abcdef', b: ['abcdef'], c: 1 }).setAttribute('b', 5)
    root.addEvent('one', { text: 'abcdef' }).addEvent('two')
    root.addLink({ traceId: TRACE, spanId: SPAN }).addLink({ traceId: TRACE, spanId: SPAN })
    const children = Array.from({ length: 4 }, (_, i) => own.startSpan(`c${i}`, { parent: root }))
    expect(children.map(({ recorded }) => recorded)).toEqual([true, true, false, false])
    // What is not recorded stands for the span above it.
    expect(children[3]?.spanId).toBe(root.spanId)
    for (const child of children) child.setAttribute('x', 1).end()
    root.end()
    expect(kept[0]).toMatchObject({ droppedSpans: 2 })
    expect(kept[0]?.spans.map(({ name }) => name)).toEqual(['GET', 'c0', 'c1'])
    expect(kept[0]?.spans[0]).toMatchObject({
      attributes: { a: 'abc', b: 5 },
      events: [{ name: 'one', attributes: { text: 'abc' } }],
      droppedAttributes: 1,
      droppedEvents: 1,
      droppedLinks: 1,
    })
    expect(own.stats).toMatchObject({ liveSpans: 0, liveBytes: 0, droppedSpans: 2, keptSpans: 3, keptTraces: 1 })
  })

  it.each([[null], [{}], [[1, 'a']], [[{}]], [() => 1], [Symbol('a')], [1n]])('do not take %s as a value', (value) => {
    const own = tracer()
    const root = own.startRequest('GET').setAttribute('a', value as never)
    root.end()
    expect(kept[0]?.spans[0]).toMatchObject({ attributes: {}, droppedAttributes: 1 })
  })
})

describe('the current span', () => {
  it('is the parent of what starts in it, and ends with its work', async () => {
    const own = tracer()
    const root = own.startRequest('GET')
    await runWithContext(root, () =>
      own.withSpan('outer', async (outer) => {
        await sleep(1)
        expect(currentSpan()).toBe(outer)
        expect(() =>
          own.withSpan('inner', () => {
            throw new RangeError('bad stake')
          }),
        ).toThrow('bad stake')
        await expect(own.withSpan('late', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
      }),
    )
    root.end()
    expect(currentSpan()).toBeUndefined()
    const spans = kept[0]?.spans ?? []
    const name = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name
    expect(spans.map((span) => `${span.name} < ${name(span.parentSpanId)}: ${span.status}`)).toEqual([
      'GET < undefined: unset',
      'outer < GET: unset',
      'inner < outer: error',
      'late < outer: error',
    ])
    expect(spans[2]).toMatchObject({
      statusMessage: 'bad stake',
      attributes: { 'error.type': 'RangeError' },
      events: [{ name: 'exception' }],
    })
  })

  it('is whose user, session and game the trace has (G10)', () => {
    const own = tracer()
    const root = own.startRequest('GET')
    runWithContext(own.startSpan('login', { parent: root }), () =>
      identify({ userId: 'player-7', sessionId: 'no good', gameId: 'T7' }),
    )
    root.end()
    expect(root).toMatchObject({ userId: 'player-7', sessionId: undefined })
    expect(kept[0]?.spans[0]?.attributes).toEqual({ 'user.id': 'player-7', 'game.id': 'T7' })
  })

  it('goes on from a context that is no span of ours', () => {
    const context = extractContext({ traceparent: `00-${TRACE}-${SPAN}-03`, baggage: 'a=1' }, createIdSource())
    const span = runWithContext(context, () => tracer().startSpan('work'))
    span.end()
    expect(span).toMatchObject({ traceId: TRACE, parentSpanId: context.spanId, baggage: 'a=1', traceFlags: 3 })
    expect(kept).toHaveLength(1)
  })
})

describe('what a span tells others', () => {
  it('is made when it is asked for, and stays', () => {
    let made = 0
    const source = createIdSource()
    const counted = <T>(value: T) => {
      made++
      return value
    }
    const ids = {
      traceId: () => counted(source.traceId()),
      spanId: () => counted(source.spanId()),
      randomness: () => source.randomness(),
      traceIdWith: (randomness: number) => counted(source.traceIdWith(randomness)),
    }
    const own = tracer({ ids, sampling: NOTHING })
    const root = own.startRequest('GET')
    own.startSpan('child', { parent: root }).end()
    root.end()
    expect(made).toBe(0)
    const named = own.startRequest('GET')
    expect(answerHeaders(named)).toEqual({ 'x-correlation-id': named.traceId, 'x-span-id': named.spanId })
    expect(made).toBe(2)
  })

  it.each<[string, SamplerOptions, Record<string, string>, RegExp, string | undefined]>([
    ['a trace of our own, kept at full rate', {}, {}, /-03$/, 'ot=th:0'],
    ['a trace of our own, not kept', NOTHING, {}, /-02$/, undefined],
    ['one named by its correlation id', {}, { 'x-correlation-id': 'c' }, /-01$/, 'ot=th:0'],
    ['sampled by the caller', NOTHING, { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1' }, /-01$/, 'a=1'],
    ['not sampled by it', {}, { traceparent: `00-${TRACE}-${SPAN}-00`, tracestate: 'a=1' }, /-00$/, 'a=1'],
    [
      'at its threshold',
      {},
      { traceparent: `00-${TRACE}-${SPAN}-03`, tracestate: 'a=1,ot=th:1;rv:ffffffffffffff' },
      /-03$/,
      'a=1,ot=th:1;rv:ffffffffffffff',
    ],
    [
      'at a threshold that its randomness does not reach',
      {},
      { traceparent: `00-${TRACE}-${SPAN}-03`, tracestate: 'a=1,ot=p:8;th:f;rv:10000000000000' },
      /-03$/,
      'ot=p:8;rv:10000000000000,a=1',
    ],
    [
      'a threshold where nothing was sampled',
      {},
      { traceparent: `00-${TRACE}-${SPAN}-02`, tracestate: 'a=1,ot=th:8,b=2' },
      /-02$/,
      'a=1,b=2',
    ],
  ])('%s', (_, sampling, headers, traceparent, tracestate) => {
    const own = tracer({ sampling })
    const call = own.startSpan('call', { parent: own.startRequest('GET', { headers }), kind: 'client' })
    const out = outgoingHeaders(call)
    expect(out['traceparent']).toMatch(traceparent)
    expect(out['traceparent']?.split('-').slice(1, 3)).toEqual([call.traceId, call.spanId])
    expect(out['tracestate']).toBe(tracestate)
  })

  it('is what it keeps to: a callee decides alike', () => {
    const headers = fc.record({ 'x-correlation-id': fc.uuid() })
    fc.assert(
      fc.property(headers, fc.double({ min: 0, max: 1, noNaN: true }), (incoming, baseRate) => {
        kept = []
        const caller = tracer({ sampling: { baseRate, reservoir: false } })
        const callee = tracer({ sampling: { baseRate: 1 - baseRate, reservoir: false } })
        const request = caller.startRequest('GET', { headers: incoming })
        const served = callee.startRequest('GET', { headers: outgoingHeaders(request) })
        const isSampled = (request.traceFlags & 1) === 1
        served.end()
        request.end()
        expect(served.traceId).toBe(request.traceId)
        expect(kept).toHaveLength(isSampled ? 2 : 0)
        expect(kept[0]?.adjustedCount).toBe(kept[1]?.adjustedCount)
      }),
    )
  })

  it('says at which odds it was kept', () => {
    const own = tracer({ sampling: { baseRate: 0.25, reservoir: false } })
    for (let i = 0; i < 400; i++) own.startRequest('GET').end()
    expect(kept.length).toBeGreaterThan(50)
    expect(kept.length).toBeLessThan(150)
    for (const { adjustedCount, spans } of kept) {
      expect(adjustedCount).toBe(4)
      expect(spans[0]).toMatchObject({ traceState: 'ot=th:c', traceFlags: 3 })
    }
  })
})

describe('the decision at the end', () => {
  it.each<[string, (root: Span, own: Tracer) => void, string | undefined]>([
    ['not without reason', () => {}, undefined],
    ['for an error', (root) => root.setStatus('error'), 'error'],
    ['for an error beneath', (root, own) => own.startSpan('db', { parent: root }).setStatus('error').end(), 'error'],
    ['not for an exception that was handled', (root) => root.recordException(new Error('tried again')), undefined],
  ])('keeps %s', (_, work, reason) => {
    const own = tracer({ sampling: NOTHING })
    const root = own.startRequest('GET')
    work(root, own)
    root.end()
    expect(kept[0]?.reason).toBe(reason)
  })

  it('keeps what failed here though the caller did not: a part', () => {
    const own = tracer()
    const headers = { traceparent: `00-${TRACE}-${SPAN}-00` }
    own.startRequest('GET', { headers }).end()
    own.startRequest('GET', { headers }).setStatus('error').end()
    expect(kept.map(({ reason, partial }) => [reason, partial])).toEqual([['error', true]])
  })

  it('is told by the part that it may be all there is', () => {
    const own = tracer({ sampling: NOTHING })
    const headers = { traceparent: `00-${TRACE}-${SPAN}-00` }
    const called = own.startRequest('GET', { headers }).setStatus('error')
    const caller = own.startRequest('POST')
    outgoingHeaders(own.startSpan('validate', { parent: caller }))
    const alone = own.startRequest('PUT')
    for (const span of [called, caller, alone]) span.setStatus('error').end()
    const told = kept.map(({ partial, spans }) => [spans[0]?.name, partial, spans[0]?.attributes['boxman.partial']])
    expect(told).toEqual([
      ['GET', true, true],
      ['POST', true, true],
      ['PUT', false, undefined],
    ])
  })

  it.each([
    ['its holders end last', ['root', 'prove', 'publish']],
    ['one ends before, one last', ['prove', 'root', 'publish']],
    ['its holders end before', ['publish', 'prove', 'root']],
  ])('waits for what holds the trace: %s', (_, order) => {
    const own = tracer({ sampling: NOTHING })
    const root = own.startRequest('POST')
    const prove = own.startSpan('prove', { parent: root, hold: true })
    const publish = own.startSpan('publish', { parent: root, hold: true })
    own.startSpan('validate', { parent: prove }).setStatus('error').end()
    const spans = new Map(Object.entries({ prove, publish }))
    for (const name of order) {
      expect(kept).toEqual([])
      if (name === 'root') root.endAs({ name: 'POST /bets', attributes: { status: 202 } })
      else spans.get(name)?.end()
    }
    const names = kept.map((part) => part.spans.map(({ name }) => name))
    expect(names).toEqual([['POST /bets', 'prove', 'publish', 'validate']])
    expect(kept[0]?.spans[0]?.attributes).toEqual({ status: 202 })
    expect(own.stats).toMatchObject({ liveSpans: 0, openTraces: 0, lateSpans: 0 })
  })

  it('does not wait beyond the deadline', () => {
    const own = tracer({ deadlineMs: 10 })
    const root = own.startRequest('POST')
    const prove = own.startSpan('prove', { parent: root, hold: true })
    const open = own.startRequest('stream')
    const late = own.startSpan('late', { parent: open, hold: true })
    root.end()
    own.sweep(at + 10)
    prove.end()
    open.end()
    late.end()
    expect(kept.map(({ spans }) => spans.map(({ name }) => name))).toEqual([['POST'], ['prove'], ['stream'], ['late']])
    expect(own.stats).toMatchObject({ liveSpans: 0, openTraces: 0, overdueTraces: 2 })
  })

  it('holds for what ends later, and for another part of the trace', () => {
    const own = tracer({ sampling: NOTHING })
    const failed = own.startRequest('GET', { headers: { 'x-correlation-id': 'bet' } }).setStatus('error')
    const slow = own.startSpan('audit', { parent: failed })
    failed.end()
    const later = own.startSpan('mail', { parent: failed })
    slow.end()
    later.end()
    own.startRequest('callback', { headers: { 'x-correlation-id': 'bet' } }).end()
    own.startRequest('callback', { headers: { 'x-correlation-id': 'other' } }).end()
    expect(kept.map(({ reason, spans }) => `${spans.map(({ name }) => name).join()}: ${reason}`)).toEqual([
      'GET: error',
      'audit: error',
      'mail: error',
      'callback: earlier',
    ])
    expect(own.stats).toMatchObject({ liveSpans: 0, liveBytes: 0, openTraces: 0, lateSpans: 2 })
  })

  it('comes at the deadline for what does not end', () => {
    const own = tracer({ deadlineMs: 30_000 })
    const root = own.startRequest('stream', { headers: { 'x-correlation-id': 'a' } })
    const child = own.startSpan('first', { parent: root })
    child.end()
    at = 30_999
    own.startRequest('quick')
    own.sweep(at)
    expect(kept).toHaveLength(0)
    at = 31_000
    own.sweep(at)
    expect(kept.map(({ spans }) => spans.map(({ name }) => name))).toEqual([['first']])
    expect(own.stats).toMatchObject({ openTraces: 1, liveSpans: 1, overdueTraces: 1 })
    root.end()
    expect(kept[1]?.spans.map(({ name }) => name)).toEqual(['stream'])
  })

  it('is made anew for what failed after its deadline', () => {
    const own = tracer({ sampling: NOTHING, deadlineMs: 10 })
    const root = own.startRequest('stream')
    own.sweep(at + 10)
    root.setStatus('error').end()
    expect(kept[0]).toMatchObject({ reason: 'error', spans: [{ name: 'stream' }] })
  })
})

describe('room', () => {
  it('goes first to what is kept, then to the first spans', () => {
    const own = tracer({ maxLiveSpans: 10, sampling: { baseRate: 1, reservoir: false } })
    const [told, untold] = [own.startRequest('told'), own.startRequest('untold')]
    expect(told.traceFlags & 1).toBe(1)
    for (let i = 0; i < 6; i++) own.startSpan('filler', { parent: untold })
    expect(own.startSpan('c', { parent: untold }).recorded).toBe(false)
    expect(own.startSpan('c', { parent: told }).recorded).toBe(true)
    expect(own.startSpan('c', { parent: told }).recorded).toBe(false)
    expect(own.startRequest('root').recorded).toBe(true)
    expect(own.startRequest('root').recorded).toBe(false)
    expect(own.stats).toMatchObject({ liveSpans: 10, droppedSpans: 3 })
  })

  it('is not needed to know of an error', () => {
    const own = tracer({ maxLiveSpans: 1 })
    own.startRequest('held')
    for (let i = 0; i < 60; i++) own.startRequest('GET').setStatus('error').end()
    at += 1000
    own.startRequest('GET').end()
    expect(own.sampler.state.incident).toBe(true)
    expect(kept).toHaveLength(0)
  })

  it('is counted in bytes too, and is all given back', () => {
    const own = tracer({ maxLiveBytes: 20_000 })
    const root = own
      .startRequest('GET')
      .setAttribute('text', 'x'.repeat(4000))
      .setAttribute('more', ['y'.repeat(4000)])
    expect(own.startSpan('c', { parent: root }).recorded).toBe(false)
    root.setAttribute('much', 'z'.repeat(4000)).addEvent('e', { much: 'z'.repeat(4000) })
    expect(own.stats.liveBytes).toBeLessThanOrEqual(20_000)
    root.end()
    expect(kept[0]?.spans[0]).toMatchObject({ droppedAttributes: 1, droppedEvents: 1 })
    expect(own.stats).toMatchObject({ liveSpans: 0, liveBytes: 0 })
    expect(own.startSpan('c', { parent: own.startRequest('GET') }).recorded).toBe(true)
  })

  it('comes back whatever order things end in', () => {
    const step = fc.record({ what: fc.constantFrom('root', 'child', 'end', 'fail', 'sweep'), which: fc.nat(30) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const own = tracer({ maxLiveSpans: 20, deadlineMs: 50 })
        const spans: Span[] = []
        for (const { what, which } of steps) {
          at += which
          const one = spans[which % Math.max(1, spans.length)]
          if (what === 'sweep') own.sweep(at)
          else if (what === 'root' || one === undefined) spans.push(own.startRequest(`r${which}`))
          else if (what === 'child') spans.push(own.startSpan('c', { parent: one }))
          else if (what === 'fail') one.setStatus('error')
          else one.end()
          expect(own.stats.liveSpans).toBeLessThanOrEqual(20)
        }
        for (const span of spans) span.end()
        expect(own.stats).toMatchObject({ liveSpans: 0, liveBytes: 0, openTraces: 0, faults: 0 })
      }),
      { numRuns: 200 },
    )
  })
})

it('keeps its own faults from the application (B12)', () => {
  const fail = () => {
    throw new Error('ours')
  }
  const own = tracer({ onTrace: fail, sampling: { rule: fail } })
  own.startRequest('GET').end()
  const quiet = tracer({ onTrace: fail })
  quiet.startRequest('GET').end()
  expect([own.stats.faults, quiet.stats.faults]).toEqual([1, 1])
  expect(currentContext()).toBeUndefined()
})
