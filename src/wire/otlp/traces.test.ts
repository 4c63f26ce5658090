import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeTracesJson, encodeTracesProtobuf, type OtlpSpan, type OtlpSpans, ProtobufReader } from '../index.ts'
import { nanosecondsOf, SPAN_KINDS, STATUS_CODES } from './spans.ts'

const OWN = { name: 'boxman', version: '1.2.3' }
type Official = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number]

const hrTime = (ms: number): [number, number] => {
  const ns = nanosecondsOf(ms)
  return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)]
}
const state = (text: string | undefined) => (text === undefined ? {} : { traceState: { serialize: () => text } })

/** The same span as the official transformer knows it. */
function official(span: OtlpSpan, resource: object): Official {
  const context = { traceId: span.traceId, spanId: span.spanId, traceFlags: span.traceFlags, ...state(span.traceState) }
  return {
    name: span.name,
    kind: SPAN_KINDS[span.kind] - 1,
    spanContext: () => context,
    ...(span.parentSpanId === undefined
      ? {}
      : { parentSpanContext: { traceId: span.traceId, spanId: span.parentSpanId, isRemote: span.parentIsRemote } }),
    startTime: hrTime(span.startMs),
    endTime: hrTime(span.endMs),
    status: { code: STATUS_CODES[span.status], message: span.statusMessage },
    attributes: span.attributes,
    events: span.events.map(({ name, atMs, attributes }) => ({ name, time: hrTime(atMs), attributes })),
    links: span.links.map(({ traceId, spanId, traceFlags = 0, traceState, attributes }) => ({
      context: { traceId, spanId, traceFlags, ...state(traceState) },
      attributes,
    })),
    droppedAttributesCount: span.droppedAttributes,
    droppedEventsCount: span.droppedEvents,
    droppedLinksCount: span.droppedLinks,
    instrumentationScope: span.scope ?? OWN,
    resource,
  } as unknown as Official
}

function officials(parts: readonly OtlpSpans[]): Official[] {
  const resources = new Map<object, object>()
  return parts.flatMap(({ resource, spans }) => {
    const known = resources.get(resource) ?? { attributes: resource }
    resources.set(resource, known)
    return spans.map((span) => official(span, known))
  })
}

const hex = (length: number) =>
  fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
)
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  number,
  fc.boolean(),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.array(number, { maxLength: 3 }),
  fc.array(fc.boolean(), { maxLength: 3 }),
)
const attributes = fc.dictionary(fc.stringMatching(/^[a-z.]{1,9}$/), value, { maxKeys: 5, noNullPrototype: true })
const ms = fc.double({ min: 0, max: 4e12, noNaN: true })
const text = fc.string({ maxLength: 20 })
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const span: fc.Arbitrary<OtlpSpan> = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  parentSpanId: maybe(hex(16)),
  parentIsRemote: fc.boolean(),
  traceFlags: fc.nat(3),
  traceState: maybe(fc.constantFrom('a=1', 'ot=th:8,b=2')),
  name: text,
  kind: fc.constantFrom('internal', 'server', 'client', 'producer', 'consumer'),
  startMs: ms,
  endMs: ms,
  status: fc.constantFrom('unset', 'ok', 'error'),
  statusMessage: maybe(text),
  attributes,
  events: fc.array(fc.record({ name: text, atMs: ms, attributes }), { maxLength: 3 }),
  links: fc.array(
    fc.record({ traceId: hex(32), spanId: hex(16), traceFlags: fc.nat(3), traceState: fc.constant('x=y'), attributes }),
    { maxLength: 2 },
  ),
  droppedAttributes: fc.nat(9),
  droppedEvents: fc.nat(9),
  droppedLinks: fc.nat(9),
  // The official one takes scopes that are not the same object for different ones.
  scope: maybe(
    fc.constantFrom({ name: 'pg', version: '1' }, { name: 'pg', version: '2' }, { name: 'http', version: '1' }),
  ),
})
/** The flag of a parent elsewhere makes sense only of a parent. */
const sound = span.map((one) => (one.parentSpanId === undefined ? { ...one, parentIsRemote: false } : one))
const parts = fc.array(fc.record({ resource: attributes, spans: fc.array(sound, { minLength: 1, maxLength: 4 }) }), {
  maxLength: 3,
})

/** JSON with what proto3 takes for the same made the same: numbers of 64 bits as texts. */
function parsed(bytes: Uint8Array | undefined): unknown {
  return JSON.parse(Buffer.from(bytes ?? []).toString(), (key, one: unknown) =>
    key === 'intValue' ? String(one) : one,
  )
}

type Shape = Readonly<
  Record<
    number,
    readonly [name: string, kind: 'text' | 'hex' | 'uint' | 'int' | 'bool' | 'double' | 'fixed64' | 'fixed32' | Shape]
  >
>
const VALUE: Record<number, readonly [string, never]> = {}
const KEY_VALUE: Shape = { 1: ['key', 'text'], 2: ['value', VALUE] }
Object.assign(VALUE, {
  1: ['string', 'text'],
  2: ['bool', 'bool'],
  3: ['int', 'int'],
  4: ['double', 'double'],
  5: ['array', { 1: ['values', VALUE] }],
})
const REQUEST: Shape = {
  1: [
    'resourceSpans',
    {
      1: ['resource', { 1: ['attributes', KEY_VALUE], 2: ['dropped', 'uint'] }],
      2: [
        'scopeSpans',
        {
          1: ['scope', { 1: ['name', 'text'], 2: ['version', 'text'] }],
          2: [
            'spans',
            {
              1: ['traceId', 'hex'],
              2: ['spanId', 'hex'],
              3: ['traceState', 'text'],
              4: ['parentSpanId', 'hex'],
              5: ['name', 'text'],
              6: ['kind', 'uint'],
              7: ['start', 'fixed64'],
              8: ['end', 'fixed64'],
              9: ['attributes', KEY_VALUE],
              10: ['droppedAttributes', 'uint'],
              11: [
                'events',
                { 1: ['time', 'fixed64'], 2: ['name', 'text'], 3: ['attributes', KEY_VALUE], 4: ['dropped', 'uint'] },
              ],
              12: ['droppedEvents', 'uint'],
              13: [
                'links',
                {
                  1: ['traceId', 'hex'],
                  2: ['spanId', 'hex'],
                  3: ['traceState', 'text'],
                  4: ['attributes', KEY_VALUE],
                  5: ['dropped', 'uint'],
                  6: ['flags', 'fixed32'],
                },
              ],
              14: ['droppedLinks', 'uint'],
              15: ['status', { 2: ['message', 'text'], 3: ['code', 'uint'] }],
              16: ['flags', 'fixed32'],
            },
          ],
        },
      ],
    },
  ],
}

/** Every field by its name, in lists; a field that is not in the shape fails. What is 0 or empty is left out. */
function read(bytes: Uint8Array, shape: Shape): Record<string, unknown[]> {
  const reader = new ProtobufReader(bytes)
  const found: Record<string, unknown[]> = {}
  while (reader.next()) {
    const field = shape[reader.field]
    if (field === undefined) throw new Error(`field ${reader.field}`)
    const [name, kind] = field
    const one = valueAt(reader, kind, bytes)
    if (one !== 0 && one !== '' && one !== '0') (found[name] ??= []).push(one)
  }
  return found
}

function valueAt(reader: ProtobufReader, kind: Shape[number][1], whole: Uint8Array): unknown {
  if (kind === 'text') return reader.text()
  if (kind === 'uint') return reader.uint64()
  if (kind === 'int') return `int ${reader.int64()}`
  if (kind === 'bool') return `bool ${reader.bool()}`
  if (kind === 'double') return `double ${reader.double()}`
  if (kind === 'fixed32') return reader.fixed32()
  if (kind === 'fixed64') {
    const { at } = reader
    reader.skip()
    return String(Buffer.from(whole).readBigUInt64LE(at))
  }
  const bytes = reader.bytes()
  return kind === 'hex' ? Buffer.from(bytes).toString('hex') : read(bytes, kind)
}

describe('traces, against the official transformer (O16)', () => {
  it('are the same in JSON', () => {
    fc.assert(
      fc.property(parts, (all) => {
        const want = parsed(JsonTraceSerializer.serializeRequest(officials(all)))
        expect(parsed(encodeTracesJson(all, OWN))).toEqual(want)
      }),
      { numRuns: 300 },
    )
  })

  it('are the same in protobuf', () => {
    fc.assert(
      fc.property(parts, (all) => {
        const want = ProtobufTraceSerializer.serializeRequest(officials(all)) ?? new Uint8Array()
        expect(read(encodeTracesProtobuf(all, OWN), REQUEST)).toEqual(read(want, REQUEST))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    [0, 0n],
    [1, 1_000_000n],
    [0.000001, 1n],
    [1_795_285_032_123.25, 1_795_285_032_123_250_000n],
    [999.9999999, 1_000_000_000n],
  ])('%d ms are %d ns', (given, want) => {
    expect(nanosecondsOf(given)).toBe(want)
  })
})
