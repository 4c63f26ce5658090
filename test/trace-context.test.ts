import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Carried, type HeaderLine, TraceContextHarness } from './support/trace-context-harness.ts'

const TRACE = '12345678901234567890123456789012'
const PARENT = '1234567890123456'
const VALID = `00-${TRACE}-${PARENT}-01`

const parent = (value: string, name = 'traceparent'): HeaderLine => [name, value]
const state = (value: string, name = 'tracestate'): HeaderLine => [name, value]
const SPACES = ['', ' ', '\t', ' \t', '\t '] as const

const CHARACTERS = (from: number, to: number): string =>
  String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i))
const KEY = `${CHARACTERS(0x61, 0x7a)}${CHARACTERS(0x30, 0x39)}_-*/`
const VENDOR_KEY = `${KEY}@${CHARACTERS(0x61, 0x7a)}${CHARACTERS(0x30, 0x39)}_-*/`
const VALUE = `${CHARACTERS(0x20, 0x2b)}${CHARACTERS(0x2d, 0x3c)}${CHARACTERS(0x3e, 0x7e)}`
const members = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `bar${from + i}=${from + i}`).join(',')

/** Those of the state, but for our own `ot`. */
const foreign = ({ state }: Carried): Record<string, string> => {
  const all = new Map(state)
  all.delete('ot')
  return Object.fromEntries(all)
}

/** By the names of the tests of https://github.com/w3c/trace-context: what is sent, and whether the trace goes on. */
const PARENTS: readonly (readonly [name: string, goesOn: boolean, ...headers: readonly HeaderLine[]])[] = [
  ['test_both_traceparent_and_tracestate_missing', false],
  ['test_traceparent_included_tracestate_missing', true, parent(VALID)],
  ['test_traceparent_duplicated', false, parent(VALID.replace('12-', '11-')), parent(VALID)],
  ['test_traceparent_duplicated, the same', false, parent(VALID), parent(VALID)],
  ['test_traceparent_duplicated, in two casings', false, parent(VALID), parent(VALID, 'TraceParent')],
  ['test_traceparent_header_name', false, parent(VALID, 'trace-parent')],
  ['test_traceparent_header_name', false, parent(VALID, 'trace.parent')],
  ['test_traceparent_header_name_valid_casing', true, parent(VALID, 'TraceParent')],
  ['test_traceparent_header_name_valid_casing', true, parent(VALID, 'TrAcEpArEnT')],
  ['test_traceparent_header_name_valid_casing', true, parent(VALID, 'TRACEPARENT')],
  ['test_traceparent_version_0x00', false, parent(`${VALID}.`)],
  ['test_traceparent_version_0x00', false, parent(`${VALID}-what-the-future-will-be-like`)],
  ['test_traceparent_version_0xcc', true, parent(VALID.replace('00', 'cc'))],
  ['test_traceparent_version_0xcc', true, parent(`${VALID.replace('00', 'cc')}-what-the-future-will-be-like`)],
  ['test_traceparent_version_0xcc', false, parent(`${VALID.replace('00', 'cc')}.what-the-future-will-be-like`)],
  ['test_traceparent_version_0xff', false, parent(VALID.replace('00', 'ff'))],
  ['test_traceparent_version_illegal_characters', false, parent(VALID.replace('00', '.0'))],
  ['test_traceparent_version_illegal_characters', false, parent(VALID.replace('00', '0.'))],
  ['test_traceparent_version_too_long', false, parent(VALID.replace('00', '000'))],
  ['test_traceparent_version_too_long', false, parent(VALID.replace('00', '0000'))],
  ['test_traceparent_version_too_short', false, parent(VALID.replace('00', '0'))],
  ['test_traceparent_trace_id_all_zero', false, parent(VALID.replace(TRACE, '0'.repeat(32)))],
  ['test_traceparent_trace_id_illegal_characters', false, parent(VALID.replace(TRACE, `.${TRACE.slice(1)}`))],
  ['test_traceparent_trace_id_illegal_characters', false, parent(VALID.replace(TRACE, `${TRACE.slice(1)}.`))],
  ['test_traceparent_trace_id_illegal_characters', false, parent(VALID.replace(TRACE, 'A'.repeat(32)))],
  ['test_traceparent_trace_id_too_long', false, parent(VALID.replace(TRACE, `${TRACE}3`))],
  ['test_traceparent_trace_id_too_short', false, parent(VALID.replace(TRACE, TRACE.slice(1)))],
  ['test_traceparent_parent_id_all_zero', false, parent(VALID.replace(`-${PARENT}-`, `-${'0'.repeat(16)}-`))],
  ['test_traceparent_parent_id_illegal_characters', false, parent(`00-${TRACE}-.${PARENT.slice(1)}-01`)],
  ['test_traceparent_parent_id_illegal_characters', false, parent(`00-${TRACE}-${PARENT.slice(1)}.-01`)],
  ['test_traceparent_parent_id_illegal_characters', false, parent(`00-${TRACE}-${'A'.repeat(16)}-01`)],
  ['test_traceparent_parent_id_too_long', false, parent(`00-${TRACE}-${PARENT}7-01`)],
  ['test_traceparent_parent_id_too_short', false, parent(`00-${TRACE}-${PARENT.slice(1)}-01`)],
  ['test_traceparent_trace_flags_illegal_characters', false, parent(`00-${TRACE}-${PARENT}-.0`)],
  ['test_traceparent_trace_flags_illegal_characters', false, parent(`00-${TRACE}-${PARENT}-0.`)],
  ['test_traceparent_trace_flags_illegal_characters', false, parent(`00-${TRACE}-${PARENT}-0A`)],
  ['test_traceparent_trace_flags_too_long', false, parent(`00-${TRACE}-${PARENT}-001`)],
  ['test_traceparent_trace_flags_too_short', false, parent(`00-${TRACE}-${PARENT}-1`)],
  ...SPACES.flatMap((before) =>
    SPACES.map((after) => ['test_traceparent_ows_handling', true, parent(before + VALID + after)] as const),
  ),
]

type States = readonly [name: string, want: Readonly<Record<string, string>>, ...headers: readonly HeaderLine[]]

const STATES: readonly States[] = [
  ['test_tracestate_included_traceparent_included', { foo: '1', bar: '2' }, state('foo=1,bar=2')],
  ['test_tracestate_header_name', {}, state('foo=1', 'trace-state')],
  ['test_tracestate_header_name', {}, state('foo=1', 'trace.state')],
  ['test_tracestate_header_name_valid_casing', { foo: '1' }, state('foo=1', 'TraceState')],
  ['test_tracestate_header_name_valid_casing', { foo: '1' }, state('foo=1', 'TrAcEsTaTe')],
  ['test_tracestate_header_name_valid_casing', { foo: '1' }, state('foo=1', 'TRACESTATE')],
  ['test_tracestate_empty_header', {}, state('')],
  ['test_tracestate_empty_header', { foo: '1' }, state('foo=1'), state('')],
  ['test_tracestate_empty_header', { foo: '1' }, state(''), state('foo=1')],
  [
    'test_tracestate_multiple_headers_different_keys',
    { foo: '1', bar: '2', rojo: '1', congo: '2', baz: '3' },
    state('foo=1,bar=2'),
    state('rojo=1,congo=2'),
    state('baz=3'),
  ],
  ['test_tracestate_duplicated_keys', { foo: '1' }, state('foo=1,foo=1')],
  ['test_tracestate_duplicated_keys', { foo: '1' }, state('foo=1,foo=2')],
  ['test_tracestate_duplicated_keys', { foo: '1' }, state('foo=1'), state('foo=1')],
  ['test_tracestate_duplicated_keys', { foo: '1' }, state('foo=1'), state('foo=2')],
  ['test_tracestate_all_allowed_characters', { [KEY]: VALUE }, state(`${KEY}=${VALUE}`)],
  ['test_tracestate_all_allowed_characters', { [VENDOR_KEY]: VALUE }, state(`${VENDOR_KEY}=${VALUE}`)],
  ['test_tracestate_ows_handling', { foo: '1', bar: '2', baz: '3' }, state('foo=1 \t , \t bar=2, \t baz=3')],
  ['test_tracestate_ows_handling', { foo: '1', bar: '2', baz: '3' }, state('foo=1\t \t,\t \tbar=2,\t \tbaz=3')],
  ...SPACES.map((space): States => ['test_tracestate_ows_handling', { foo: '1' }, state(`${space}foo=1${space}`)]),
  ['test_tracestate_key_illegal_characters', {}, state('foo =1')],
  ['test_tracestate_key_illegal_characters', {}, state('FOO=1')],
  ['test_tracestate_key_illegal_characters', {}, state('foo.bar=1')],
  ['test_tracestate_key_illegal_vendor_format', {}, state('@foo=1,bar=2')],
  // Of level 2 the rest is a key like any other.
  ['test_tracestate_key_illegal_vendor_format', { 'foo@': '1', bar: '2' }, state('foo@=1,bar=2')],
  ['test_tracestate_key_illegal_vendor_format', { 'foo@@bar': '1', bar: '2' }, state('foo@@bar=1,bar=2')],
  ['test_tracestate_key_illegal_vendor_format', { 'foo@bar@baz': '1', bar: '2' }, state('foo@bar@baz=1,bar=2')],
  [
    'test_tracestate_member_count_limit',
    Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`bar${i + 1}`, String(i + 1)])),
    state(members(1, 10)),
    state(members(11, 20)),
    state(members(21, 30)),
    state(members(31, 32)),
  ],
  ['test_tracestate_member_count_limit', {}, state(members(1, 20)), state(members(21, 33))],
  ['test_tracestate_key_length_limit', { foo: '1', ['z'.repeat(256)]: '1' }, state(`foo=1,${'z'.repeat(256)}=1`)],
  ['test_tracestate_key_length_limit', {}, state(`foo=1,${'z'.repeat(257)}=1`)],
  [
    'test_tracestate_key_length_limit',
    { foo: '1', [`${'t'.repeat(241)}@${'v'.repeat(14)}`]: '1' },
    state(`foo=1,${'t'.repeat(241)}@${'v'.repeat(14)}=1`),
  ],
  ['test_tracestate_key_length_limit', {}, state(`foo=1,${'t'.repeat(242)}@${'v'.repeat(14)}=1`)],
  ['test_tracestate_value_illegal_characters', {}, state('foo=bar=baz')],
  ['test_tracestate_value_illegal_characters', {}, state('foo=,bar=3')],
  ['test_tracestate_value_illegal_characters', {}, state('foo=\u00e9')],
  ['test_tracestate_value_length_limit', { foo: 'v'.repeat(256) }, state(`foo=${'v'.repeat(256)}`)],
  ['test_tracestate_value_length_limit', {}, state(`foo=${'v'.repeat(257)}`)],
  // None is to be cut at 512 characters.
  [
    'test_tracestate_long',
    { a: 'v'.repeat(256), b: 'w'.repeat(256), c: '1' },
    state(`a=${'v'.repeat(256)},b=${'w'.repeat(256)},c=1`),
  ],
]

describe.each([
  ['node:http', 'http', 'fetch'],
  ['node:http', 'http', 'request'],
  ['express', 'express', 'fetch'],
])('journey: trace context through %s by %s and %s', (_, ...args) => {
  let harness: TraceContextHarness
  beforeAll(async () => {
    harness = await TraceContextHarness.start(args)
  })
  afterAll(() => harness.stop())

  const one = async (...headers: readonly HeaderLine[]): Promise<Carried> => {
    const [carried] = await harness.ask(headers)
    if (carried === undefined) throw new Error('BUG: no call')
    return carried
  }

  it.each(PARENTS.map(([name, goesOn, ...headers]) => ({ name, goesOn, headers })))(
    '$name: $headers',
    async ({ goesOn, headers }) => {
      const carried = await one(...headers)
      // Of two that came, it is neither.
      expect(carried.traceId.startsWith(TRACE.slice(0, 30))).toBe(goesOn)
      expect(carried.parentId).not.toBe(PARENT)
      expect(foreign(carried)).toEqual({})
    },
  )

  it.each(STATES.map(([name, want, ...headers]) => ({ name, want, headers })))(
    '$name: $headers',
    async ({ want, headers }) => {
      for (const flags of ['00', '01']) {
        const carried = await one(parent(`00-${TRACE}-${PARENT}-${flags}`), ...headers)
        expect(carried.traceId).toBe(TRACE)
        expect(Object.entries(foreign(carried))).toEqual(Object.entries(want))
      }
    },
  )

  it('test_tracestate_included_traceparent_missing', async () => {
    const [short, long] = [await one(state('foo=1')), await one(state('foo=1,bar=2'))]
    expect([foreign(short), foreign(long)]).toEqual([{}, {}])
    expect(short.state.size).toBe(long.state.size)
    const bad = await one(parent(`${VALID}.`), state('foo=1'))
    expect(foreign(bad)).toEqual({})
  })

  it.each([
    ['00', 0],
    ['01', 1],
    ['02', 2],
    ['03', 3],
    // What a later level may say is not for us to pass on.
    ['fc', 0],
    ['ff', 3],
  ])('test_traceparent_trace_flags (level 2): %s', async (given, flags) => {
    expect(await one(parent(`00-${TRACE}-${PARENT}-${given}`))).toMatchObject({ traceId: TRACE, flags })
  })

  it('an id made here is said to be random (level 2)', async () => {
    expect((await one()).flags & 2).toBe(2)
    expect((await one(['x-correlation-id', 'order-7'])).flags & 2).toBe(0)
  })

  it.each<[string, HeaderLine[], boolean]>([
    ['test_multiple_requests_with_valid_traceparent', [parent(VALID)], true],
    ['test_multiple_requests_without_traceparent', [], false],
    ['test_multiple_requests_with_illegal_traceparent', [parent('foobar')], false],
  ])('%s', async (_, headers, goesOn) => {
    const calls = await harness.ask(headers, 3)
    const [traces, parents] = [new Set(calls.map((each) => each.traceId)), new Set(calls.map((each) => each.parentId))]
    expect([traces.size, parents.size]).toEqual([1, 3])
    expect([traces.has(TRACE), parents.has(PARENT)]).toEqual([goesOn, false])
    const again = await harness.ask(headers, 1)
    expect(traces.has(again[0]?.traceId ?? '')).toBe(goesOn)
  })

  const baggage = (...values: readonly string[]): HeaderLine[] => values.map((value) => ['Baggage', value])
  const many = (n: number, size: number): string =>
    Array.from({ length: n }, (_, i) => `k${i}=`.padEnd(size, 'v')).join(',')
  it.each<[string, HeaderLine[], string | undefined]>([
    ['is carried as it is', baggage('user=J%C3%BCrgen;ttl=1,b=a=b'), 'user=J%C3%BCrgen;ttl=1,b=a=b'],
    ['of several lines', baggage('a=1', ' b=2 ,\tc=3 '), 'a=1,b=2,c=3'],
    ['without what is malformed', baggage('a=1,nothing,=2,b c=3,d=\u00e9,e=5'), 'a=1,e=5'],
    ['of 64 members', baggage(many(64, 100)), many(64, 100)],
    ['of 180 members', baggage(many(180, 40)), many(180, 40)],
    ['of more members than that, as far as they may go', baggage(many(181, 40)), many(180, 40)],
    ['of 8192 bytes', baggage(`a=${'v'.repeat(8190)}`), `a=${'v'.repeat(8190)}`],
    ['of more bytes, in whole members', baggage(many(3, 4000)), many(2, 4000)],
    ['of one member too long', baggage(`a=${'v'.repeat(8191)}`), undefined],
  ])('baggage %s', async (_, headers, want) => {
    expect((await one(...headers)).baggage).toBe(want)
  })
})
