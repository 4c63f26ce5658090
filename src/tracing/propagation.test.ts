import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answerHeaders,
  childContext,
  createIdSource,
  extractContext,
  type IncomingHeaders,
  outgoingHeaders,
  Tracer,
} from './index.ts'
import { readOtState, withThreshold } from './ot-state.ts'
import { ALWAYS, thresholdOf } from './probability.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const VALID = `00-${TRACE}-${SPAN}-01`
const ids = createIdSource()

describe('traceparent', () => {
  it.each([
    ['sampled', VALID, 1],
    ['not sampled', `00-${TRACE}-${SPAN}-00`, 0],
    ['random', `00-${TRACE}-${SPAN}-02`, 2],
    ['flags of a later level are not passed on', `00-${TRACE}-${SPAN}-ff`, 3],
    ['a later version', `cc-${TRACE}-${SPAN}-01`, 1],
    ['a later version with more behind it', `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, 1],
    ['a later version with a bare dash', `cc-${TRACE}-${SPAN}-01-`, 1],
  ])('continues the trace: %s', (_, traceparent, flags) => {
    expect(extractContext({ traceparent }, ids)).toMatchObject({
      traceId: TRACE,
      parentSpanId: SPAN,
      traceFlags: flags,
      correlationId: TRACE,
    })
  })

  it.each([
    ['empty', ''],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version with a capital', `0A-${TRACE}-${SPAN}-01`],
    ['version of no hex', `qq-${TRACE}-${SPAN}-01`],
    ['version 00 with more behind it', `${VALID}-00`],
    ['version 00 and one character', `${VALID}.`],
    ['a later version with other than a dash', `cc-${TRACE}-${SPAN}-01.what`],
    ['no flags', `00-${TRACE}-${SPAN}`],
    ['one digit of flags', `00-${TRACE}-${SPAN}-1`],
    ['flags of no hex', `00-${TRACE}-${SPAN}-.0`],
    ['trace id all zero', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['trace id in capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['trace id of no hex', `00-${'.'.repeat(32)}-${SPAN}-01`],
    ['trace id too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['parent all zero', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['parent in capitals', `00-${TRACE}-${SPAN.toUpperCase()}-01`],
    ['parent too long', `00-${TRACE}-${SPAN}0-01`],
    ['other separators', VALID.replaceAll('-', '_')],
    ['two in one line', `${VALID}, ${VALID}`],
    ['two lines', [VALID, VALID]],
    ['no line', []],
  ])('starts a new trace: %s', (_, traceparent) => {
    const context = extractContext({ traceparent, tracestate: 'foo=1' }, ids)
    expect(context.traceId).not.toBe(TRACE)
    expect(context.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/)
    expect(context.parentSpanId).toBeUndefined()
    expect(context.traceState).toBeUndefined()
  })

  it('is one line of an array as it is one text', () => {
    expect(extractContext({ traceparent: [VALID] }, ids).traceId).toBe(TRACE)
  })
})

describe('tracestate', () => {
  const keys = (n: number) => Array.from({ length: n }, (_, i) => `k${i}=${i}`)

  it.each<[string, string | string[], string | undefined]>([
    ['one', 'foo=1', 'foo=1'],
    ['several lines, in order', ['foo=1', 'bar=2,baz=3'], 'foo=1,bar=2,baz=3'],
    ['space about members', ' foo=1 \t,\t bar=2 ', 'foo=1,bar=2'],
    ['space within a value', 'foo=a b', 'foo=a b'],
    ['empty members', 'foo=1,,\t,bar=2,', 'foo=1,bar=2'],
    ['nothing', '', undefined],
    ['the first of a key', 'foo=1,bar=2,foo=3', 'foo=1,bar=2'],
    ['every key character', 'a0_-*/@z=1', 'a0_-*/@z=1'],
    ['a key that begins with a digit', '0a=1', '0a=1'],
    ['the longest key', `${'z'.repeat(256)}=1`, `${'z'.repeat(256)}=1`],
    ['the longest value', `a=${'v'.repeat(256)}`, `a=${'v'.repeat(256)}`],
    ['32 members', keys(32).join(','), keys(32).join(',')],
    [
      'more than 512 characters',
      `a=${'v'.repeat(256)},b=${'v'.repeat(256)},c=1`,
      `a=${'v'.repeat(256)},b=${'v'.repeat(256)},c=1`,
    ],
    ['33 members', keys(33).join(','), undefined],
    ['a key too long', `ok=1,${'z'.repeat(257)}=1`, undefined],
    ['a value too long', `ok=1,a=${'v'.repeat(257)}`, undefined],
    ['a capital in a key', 'ok=1,Foo=1', undefined],
    ['space before the sign', 'ok=1,foo =1', undefined],
    ['a sign in the value', 'ok=1,foo=bar=baz', undefined],
    ['no value', 'ok=1,foo=', undefined],
    ['no sign', 'ok=1,foo', undefined],
    ['no key', 'ok=1,=1', undefined],
    ['a key that begins with @', '@foo=1', undefined],
    ['a tab within a value', 'foo=a\tb', undefined],
    ['beyond ASCII', 'foo=\u00e9', undefined],
  ])('%s', (_, tracestate, want) => {
    expect(extractContext({ traceparent: VALID, tracestate }, ids).traceState).toBe(want)
  })
})

describe('space about a traceparent', () => {
  it.each([[` ${VALID}`], [`\t${VALID}`], [`${VALID} \t`]])('is none of it: %j', (traceparent) => {
    expect(extractContext({ traceparent }, ids)).toMatchObject({ traceId: TRACE, parentSpanId: SPAN })
    expect(extractContext({ traceparent: [traceparent] }, ids).traceId).toBe(TRACE)
  })
})

describe('our member of tracestate', () => {
  const members = (n: number) => Array.from({ length: n }, (_, i) => `k${i}=${i}`).join(',')

  it.each<[string, string | undefined, number | undefined, string | undefined]>([
    ['of none', undefined, thresholdOf(0.01), 'ot=th:fd70a4'],
    ['goes first', 'a=1,b=2', ALWAYS, 'ot=th:0,a=1,b=2'],
    ['moves to the front when it changes', 'a=1,ot=th:8,b=2', ALWAYS, 'ot=th:0,a=1,b=2'],
    ['stays where it is when it does not', 'a=1,ot=th:8,b=2', thresholdOf(0.5), 'a=1,ot=th:8,b=2'],
    ['keeps what else it says', 'a=1,ot=rv:00112233445566;x:y', thresholdOf(0.5), 'ot=th:8;rv:00112233445566;x:y,a=1'],
    ['loses its threshold', 'a=1,ot=th:8;rv:00112233445566', undefined, 'ot=rv:00112233445566,a=1'],
    ['goes when it says nothing more', 'a=1,ot=th:8', undefined, 'a=1'],
    ['alone goes as a whole', 'ot=th:8', undefined, undefined],
    ['is not another vendor\u2019s', 'xot=1,a@ot=2', undefined, 'xot=1,a@ot=2'],
    ['takes the place of the last of 32', members(32), ALWAYS, `ot=th:0,${members(31)}`],
    ['of 32 when it was one', `${members(31)},ot=th:8`, ALWAYS, `ot=th:0,${members(31)}`],
    ['is no longer than 256', `ot=x:${'v'.repeat(253)}`, ALWAYS, 'ot=th:0'],
  ])('%s', (_, before, threshold, after) => {
    expect(withThreshold(before, threshold)).toBe(after)
    const read = extractContext({ traceparent: VALID, tracestate: after }, ids).traceState
    expect(read).toBe(after)
    expect(readOtState(read).threshold).toBe(after === undefined ? undefined : threshold)
  })

  it.each([
    ['ot=th:8;rv:ffffffffffffff', thresholdOf(0.5), 2 ** 52 - 1],
    ['ot=rv:00000000000010;th:0', 0, 1],
    ['ot=th:xyz;rv:12', undefined, undefined],
    ['ot=th:123456789abcdef', undefined, undefined],
    ['ot=', undefined, undefined],
    ['a=1', undefined, undefined],
  ])('%s is read', (text, threshold, randomness) => {
    expect(readOtState(text)).toEqual({ threshold, randomness })
  })
})

describe('B3, when it is asked for', () => {
  it.each<[string, IncomingHeaders, Record<string, unknown>]>([
    ['one header', { b3: `${TRACE}-${SPAN}-1` }, { traceId: TRACE, parentSpanId: SPAN, traceFlags: 1 }],
    [
      'and its parent',
      { b3: `${TRACE}-${SPAN}-d-${'1'.repeat(16)}` },
      { traceId: TRACE, parentSpanId: SPAN, traceFlags: 1 },
    ],
    ['not sampled', { b3: `${TRACE}-${SPAN}-0` }, { traceId: TRACE, traceFlags: 0 }],
    ['undecided', { b3: `${TRACE}-${SPAN}` }, { traceId: TRACE, traceFlags: 0 }],
    ['short ids', { b3: `${SPAN}-${SPAN}-1` }, { traceId: `${'0'.repeat(16)}${SPAN}`, parentSpanId: SPAN }],
    [
      'several headers',
      { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' },
      { traceId: TRACE, parentSpanId: SPAN, traceFlags: 1 },
    ],
    ['debug', { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-flags': '1' }, { traceId: TRACE, traceFlags: 1 }],
    [
      'traceparent goes before it',
      { traceparent: VALID, b3: `${'1'.repeat(32)}-${SPAN}-0` },
      { traceId: TRACE, traceFlags: 1 },
    ],
  ])('is read: %s', (_, headers, want) => {
    expect(extractContext(headers, ids, { b3: ['single'] })).toMatchObject(want)
    const has = headers['traceparent'] !== undefined
    expect(extractContext(headers, ids).traceId === want['traceId']).toBe(has)
  })

  it.each([
    ['0'],
    ['1'],
    [TRACE],
    [`${TRACE.toUpperCase()}-${SPAN}`],
    [`${'0'.repeat(32)}-${SPAN}-1`],
    [`${TRACE}-${SPAN.slice(1)}-1`],
  ])('is not taken: %s', (b3) => {
    const context = extractContext({ b3 }, ids, { b3: ['multi'] })
    expect(context.traceId).not.toBe(TRACE)
    expect(context).toMatchObject({ parentSpanId: undefined, traceFlags: 2 })
  })

  it('is sent, and read again, and so is x-request-id', () => {
    const call = childContext(extractContext({ traceparent: VALID, 'x-correlation-id': 'c-1' }, ids), ids)
    expect(outgoingHeaders(call, { requestId: true })['x-request-id']).toBe('c-1')
    for (const b3 of ['single', 'multi'] as const) {
      const { traceparent, ...headers } = outgoingHeaders(call, { b3: [b3] })
      expect(traceparent).toContain(TRACE)
      expect(extractContext(headers, ids, { b3: ['single'] })).toMatchObject({
        traceId: TRACE,
        parentSpanId: call.spanId,
        traceFlags: 1,
      })
    }
  })
})

describe('baggage', () => {
  const member = (i: number, size: number) => `k${i}=`.padEnd(size, 'v')
  const members = (n: number, size: number) => Array.from({ length: n }, (_, i) => member(i, size)).join(',')

  it.each<[string, string | string[], string | undefined]>([
    ['one', 'user=42', 'user=42'],
    ['with properties', 'user=42;secure;ttl=3', 'user=42;secure;ttl=3'],
    ['several lines', ['a=1', ' b=2 , c=3'], 'a=1,b=2,c=3'],
    ['a value with a sign, and percent escapes', 'a=b=c%20d', 'a=b=c%20d'],
    ['an empty value', 'a=', 'a='],
    ['the bad member alone goes', 'a=1,no sign,b =2,c\u00e9=3,d=\u00e9', 'a=1,b =2'],
    ['a line break', 'a=1\r\nx-evil: 1,b=2', 'b=2'],
    ['nothing', '', undefined],
    ['180 members', members(180, 8), members(180, 8)],
    ['181 members', members(181, 8), members(180, 8)],
    ['8192 bytes', member(0, 8192), member(0, 8192)],
    ['8193 bytes in one member', member(0, 8193), undefined],
    ['two members, 8192 bytes', `${member(0, 4000)},${member(1, 4191)}`, `${member(0, 4000)},${member(1, 4191)}`],
    ['two members, 8193 bytes', `${member(0, 4000)},${member(1, 4192)}`, member(0, 4000)],
  ])('%s', (_, baggage, want) => {
    expect(extractContext({ baggage }, ids).baggage).toBe(want)
  })
})

describe('correlation id', () => {
  it.each([['a'], ['Z9_.:+/=@-'], ['x'.repeat(128)], ['0af76519-16cd-43dd-8448-eb211c80319c']])('keeps %j', (id) => {
    expect(extractContext({ 'x-correlation-id': id }, ids).correlationId).toBe(id)
  })

  it.each([[''], ['x'.repeat(129)], ['a b'], ['a\nb'], ['a\n'], ['a"b'], ['<script>'], ['\u00e9'], [['a', 'b']]])(
    'replaces %j',
    (id) => {
      const context = extractContext({ 'x-correlation-id': id }, ids)
      expect(context.correlationId).toBe(context.traceId)
    },
  )

  it('is x-request-id when x-correlation-id is absent or bad', () => {
    expect(extractContext({ 'x-request-id': 'r-1' }, ids).correlationId).toBe('r-1')
    expect(extractContext({ 'x-correlation-id': 'no good', 'x-request-id': 'r-1' }, ids).correlationId).toBe('r-1')
    expect(extractContext({ 'x-correlation-id': 'c-1', 'x-request-id': 'r-1' }, ids).correlationId).toBe('c-1')
  })

  it('gives the trace id where no traceparent does, the same in every service', () => {
    const want = createHash('sha256').update('order-17').digest('hex').slice(0, 32)
    for (const source of [ids, createIdSource()]) {
      expect(extractContext({ 'x-correlation-id': 'order-17' }, source).traceId).toBe(want)
    }
    expect(extractContext({ 'x-correlation-id': 'order-17', traceparent: VALID }, ids)).toMatchObject({
      correlationId: 'order-17',
      traceId: TRACE,
    })
  })
})

describe('x-parent-span-id', () => {
  it.each<[string, IncomingHeaders, string | undefined]>([
    ['16 hex digits', { 'x-parent-span-id': SPAN }, SPAN],
    ['traceparent rules', { 'x-parent-span-id': '1'.repeat(16), traceparent: VALID }, SPAN],
    ['all zero', { 'x-parent-span-id': '0'.repeat(16) }, undefined],
    ['too short', { 'x-parent-span-id': SPAN.slice(1) }, undefined],
    ['too long', { 'x-parent-span-id': `${SPAN}0` }, undefined],
    ['no hex', { 'x-parent-span-id': 'span-of-my-caller'.slice(0, 16) }, undefined],
    ['twice', { 'x-parent-span-id': [SPAN, SPAN] }, undefined],
  ])('%s', (_, headers, want) => {
    expect(extractContext(headers, ids).parentSpanId).toBe(want)
  })
})

describe('whatever arrives', () => {
  const tracer = new Tracer({ now: () => 0, onTrace: () => {} })
  const names = ['traceparent', 'tracestate', 'baggage', 'x-correlation-id', 'x-request-id', 'x-parent-span-id', 'b3']
  const oneOf = (characters: string) => fc.constantFrom(...characters.split(''))
  const hex = (length: number) => fc.string({ unit: oneOf('0123456789abcdef'), minLength: length, maxLength: length })
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: oneOf('0afZ-_=,;@ \t\r\n"'), maxLength: 300 }),
    fc.tuple(hex(2), hex(32), hex(16), hex(2)).map((parts) => parts.join('-')),
    fc.array(fc.string({ unit: oneOf('ab=1 ;') }), { maxLength: 80 }).map((members) => members.join(',')),
    hex(16),
  )
  const headers = fc.dictionary(fc.constantFrom(...names), fc.oneof(text, fc.array(text, { maxLength: 3 })))
  const grammar: Readonly<Record<string, RegExp>> = {
    'x-correlation-id': /^[\w.:+/=@-]{1,128}$/,
    'x-span-id': /^(?!0+$)[0-9a-f]{16}$/,
    'x-parent-span-id': /^(?!0+$)[0-9a-f]{16}$/,
    'x-request-id': /^[\w.:+/=@-]{1,128}$/,
    b3: /^(?!0+-)[0-9a-f]{32}-(?!0+-)[0-9a-f]{16}-[01](-(?!0+$)[0-9a-f]{16})?$/,
    traceparent: /^00-(?!0+-)[0-9a-f]{32}-(?!0+-)[0-9a-f]{16}-0[0-3]$/,
    tracestate: /^[\x20-\x7e]+$/,
    baggage: /^[\t\x20-\x7e]{1,8192}$/,
  }

  it('only what the grammars allow is passed on', () => {
    fc.assert(
      fc.property(headers, (incoming) => {
        const context = extractContext(incoming, ids)
        const span = tracer.startRequest('GET', { headers: incoming, propagation: { b3: ['single'] } })
        for (const out of [
          outgoingHeaders(span, { b3: ['single'], requestId: true }),
          outgoingHeaders(tracer.startSpan('call', { parent: span })),
          outgoingHeaders(context),
          outgoingHeaders(childContext(context, ids)),
          answerHeaders(context),
        ]) {
          for (const [name, value] of Object.entries(out)) expect(value).toMatch(grammar[name] ?? /^$/)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('a span passes on what a context does, but for the decision', () => {
    fc.assert(
      fc.property(headers, (incoming) => {
        const context = extractContext(incoming, ids)
        const span = tracer.startRequest('GET', { headers: incoming })
        const isOurs = context.traceFlags !== span.traceFlags
        expect(span).toMatchObject({
          parentSpanId: context.parentSpanId,
          baggage: context.baggage,
          traceState: isOurs ? 'ot=th:0' : context.traceState,
        })
        // A trace without a caller is ours to decide.
        expect(span.traceFlags & 2).toBe(context.traceFlags & 2)
        expect(isOurs).toBe(span.trace.parentSampled === undefined)
      }),
      { numRuns: 500 },
    )
  })

  it('what one service passes on, the next one takes as it is', () => {
    fc.assert(
      fc.property(headers, (incoming) => {
        const call = childContext(extractContext(incoming, ids), ids)
        const callee = extractContext(outgoingHeaders(call), ids)
        expect(callee).toEqual({ ...call, parentSpanId: call.spanId, spanId: callee.spanId })
      }),
    )
  })
})

describe('outgoing headers', () => {
  it('name the call as a child of the span that makes it (G13)', () => {
    const request = extractContext(
      { traceparent: VALID, tracestate: 'v=1', baggage: 'a=1', 'x-correlation-id': 'c-1' },
      ids,
    )
    const call = childContext(request, ids)
    expect(outgoingHeaders(call)).toEqual({
      'x-correlation-id': 'c-1',
      'x-parent-span-id': request.spanId,
      'x-span-id': call.spanId,
      traceparent: `00-${TRACE}-${call.spanId}-01`,
      tracestate: 'v=1',
      baggage: 'a=1',
    })
    expect(answerHeaders(request)).toEqual({ 'x-correlation-id': 'c-1', 'x-span-id': request.spanId })
  })

  it('of a root leave out what it does not have', () => {
    const root = extractContext({}, ids)
    expect(outgoingHeaders(root)).toEqual({
      'x-correlation-id': root.traceId,
      'x-span-id': root.spanId,
      traceparent: `00-${root.traceId}-${root.spanId}-02`,
    })
  })
})

describe('id source', () => {
  it('gives ids of the right shape, never the same twice', () => {
    const seen = new Set<string>()
    for (let i = 0; i < 5000; i++) {
      const [trace, span] = [ids.traceId(), ids.spanId()]
      expect(trace).toMatch(/^(?!0+$)[0-9a-f]{32}$/)
      expect(span).toMatch(/^(?!0+$)[0-9a-f]{16}$/)
      seen.add(trace).add(span)
    }
    expect(seen.size).toBe(10_000)
  })
})
