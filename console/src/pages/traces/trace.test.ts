import fc from 'fast-check'
import type { JaegerTrace } from 'boxman/tracing'
import { describe, expect, it } from 'vitest'
import { clockGaps, pauses } from './clocks.ts'
import { criticalPath, timeOnPath } from './critical-path.ts'
import { diffOf } from './trace-diff.ts'
import { findSpans, openNodes, type Trace, traceOf } from './trace.ts'

interface Given {
  readonly id: string
  readonly parent?: string
  /** ms. */
  readonly from: number
  readonly to: number
  readonly name?: string
  readonly service?: string
  readonly kind?: string
  readonly failed?: boolean
  readonly tags?: Readonly<Record<string, string>>
}

function given(...spans: readonly Given[]): Trace {
  const services = [...new Set(spans.map(({ service = 'shop' }) => service))]
  const answer: JaegerTrace = {
    traceID: 't',
    warnings: null,
    processes: Object.fromEntries(services.map((serviceName) => [serviceName, { serviceName, tags: [] }])),
    spans: spans.map(({ id, parent, from, to, name = id, service = 'shop', kind, failed, tags = {} }) => ({
      traceID: 't',
      spanID: id,
      flags: 1,
      operationName: name,
      references: parent === undefined ? [] : [{ refType: 'CHILD_OF' as const, traceID: 't', spanID: parent }],
      startTime: from * 1000,
      duration: (to - from) * 1000,
      tags: [
        ...Object.entries(tags).map(([key, value]) => ({ key, type: 'string' as const, value })),
        ...(kind === undefined ? [] : [{ key: 'span.kind', type: 'string' as const, value: kind }]),
        ...(failed === true ? [{ key: 'error', type: 'bool' as const, value: true }] : []),
      ],
      logs: [],
      processID: service,
      warnings: null,
    })),
  }
  return traceOf(answer)
}

const shape = ({ nodes }: Trace): readonly string[] => nodes.map(({ span, depth }) => `${'  '.repeat(depth)}${span.id}`)

describe('a trace', () => {
  const trace = given(
    { id: 'c', parent: 'a', from: 20, to: 90, failed: true, tags: { 'db.system': 'redis' } },
    { id: 'a', from: 0, to: 100, name: 'POST /orders' },
    { id: 'b', parent: 'a', from: 10, to: 15, service: 'wallet' },
    { id: 'd', parent: 'c', from: 30, to: 40 },
    { id: 'x', parent: 'gone', from: 50, to: 60 },
  )

  it('is a tree in the order of starts; what has lost its parent is a root of its own', () => {
    expect(shape(trace)).toEqual(['a', '  b', '  c', '    d', 'x'])
    expect(trace.orphans.map(({ span }) => span.id)).toEqual(['x'])
    expect([trace.startMs, trace.endMs, ...trace.services]).toEqual([0, 100, ['shop', 4], ['wallet', 1]])
    expect(trace.nodes.map(({ below, errorsBelow }) => [below, errorsBelow])).toEqual([
      [3, 1],
      [0, 0],
      [1, 0],
      [0, 0],
      [0, 0],
    ])
  })

  it('holds every span once, whatever its parents say', () => {
    const spans = fc.array(fc.record({ id: fc.nat(9), parent: fc.nat(9) }), { maxLength: 10 })
    fc.assert(
      fc.property(spans, (all) => {
        const unique = [...new Map(all.map((each) => [each.id, each])).values()]
        const made = given(...unique.map(({ id, parent }) => ({ id: `${id}`, parent: `${parent}`, from: id, to: 10 })))
        expect(made.nodes.map(({ span }) => span.id).toSorted()).toEqual(unique.map(({ id }) => `${id}`).toSorted())
      }),
    )
  })

  it('leaves out what is beneath closed spans', () => {
    expect(openNodes(trace, new Set(['c'])).map(({ span }) => span.id)).toEqual(['a', 'b', 'c', 'x'])
    expect(openNodes(trace, new Set(['a', 'c'])).map(({ span }) => span.id)).toEqual(['a', 'x'])
  })

  it.each([
    ['redis', ['c']],
    ['db.system=redis', ['c']],
    ['db.system=red', []],
    ['wallet', ['b']],
    ['orders post', ['a']],
    ['error', ['c']],
    ['', []],
  ])('is searched for %j', (text, expected) => {
    expect(findSpans(trace, text).map(({ span }) => span.id)).toEqual(expected)
  })
})

describe('the critical path', () => {
  const parts = (...spans: readonly Given[]): readonly string[] =>
    criticalPath(given(...spans)).map(({ spanId, fromMs, toMs }) => `${spanId} ${fromMs}-${toMs}`)

  it.each<[string, readonly Given[], readonly string[]]>([
    ['of one span is that span', [{ id: 'a', from: 0, to: 10 }], ['a 0-10']],
    [
      'goes through one after the other',
      [
        { id: 'a', from: 0, to: 100 },
        { id: 'b', parent: 'a', from: 10, to: 40 },
        { id: 'c', parent: 'a', from: 50, to: 90 },
      ],
      ['a 0-10', 'b 10-40', 'a 40-50', 'c 50-90', 'a 90-100'],
    ],
    [
      'leaves out the shorter of two at once',
      [
        { id: 'a', from: 0, to: 100 },
        { id: 'b', parent: 'a', from: 10, to: 90 },
        { id: 'c', parent: 'a', from: 10, to: 60 },
      ],
      ['a 0-10', 'b 10-90', 'a 90-100'],
    ],
    [
      'of overlapping ones has the earlier one until the later one begins, if it had ended by then',
      [
        { id: 'a', from: 0, to: 100 },
        { id: 'b', parent: 'a', from: 0, to: 60 },
        { id: 'c', parent: 'a', from: 50, to: 100 },
        { id: 'd', parent: 'a', from: 10, to: 45 },
      ],
      ['a 0-10', 'd 10-45', 'a 45-50', 'c 50-100'],
    ],
    [
      'leaves out what goes on after its parent',
      [
        { id: 'a', from: 0, to: 50 },
        { id: 'b', parent: 'a', from: 10, to: 200 },
      ],
      ['a 0-50'],
    ],
    [
      'goes down to the leaves',
      [
        { id: 'a', from: 0, to: 10 },
        { id: 'b', parent: 'a', from: 1, to: 9 },
        { id: 'c', parent: 'b', from: 2, to: 9 },
      ],
      ['a 0-1', 'b 1-2', 'c 2-9', 'a 9-10'],
    ],
    [
      'cuts what begins before its parent',
      [
        { id: 'a', from: 10, to: 30 },
        { id: 'b', parent: 'a', from: 5, to: 20 },
      ],
      ['b 10-20', 'a 20-30'],
    ],
  ])('%s', (_, spans, expected) => {
    expect(parts(...spans)).toEqual(expected)
  })

  it('fills the root from its start to its end, without a hole or anything twice', () => {
    const span = fc.record({ parent: fc.nat(5), from: fc.nat(100), ms: fc.nat(60) })
    fc.assert(
      fc.property(fc.array(span, { maxLength: 12 }), (all) => {
        const trace = given(
          { id: 's0', from: 0, to: 200 },
          ...all.map(({ parent, from, ms }, i) => ({
            id: `s${i + 1}`,
            parent: `s${Math.min(parent, i)}`,
            from,
            to: from + ms,
          })),
        )
        const path = criticalPath(trace)
        expect([path[0]?.fromMs, path.at(-1)?.toMs]).toEqual([0, 200])
        path.forEach(({ fromMs, toMs }, i) => {
          expect(toMs).toBeGreaterThan(fromMs)
          expect(path[i + 1]?.fromMs ?? toMs).toBe(toMs)
        })
        expect([...timeOnPath(path).values()].reduce((sum, ms) => sum + ms, 0)).toBe(200)
      }),
    )
  })
})

describe('clocks', () => {
  it('that disagree are told, with the least that they are off', () => {
    const trace = given(
      { id: 'a', from: 100, to: 200, kind: 'client' },
      { id: 'b', parent: 'a', from: 60, to: 120, service: 'wallet', kind: 'server' },
      { id: 'c', parent: 'a', from: 90, to: 110, service: 'wallet', kind: 'server' },
      { id: 'd', parent: 'a', from: 180, to: 230, service: 'mail', kind: 'server' },
      { id: 'e', parent: 'a', from: 150, to: 400, service: 'queue', kind: 'consumer' },
      { id: 'f', parent: 'a', from: 50, to: 90 },
    )
    expect(clockGaps(trace)).toEqual([
      { service: 'wallet', parentService: 'shop', spans: 2, offMs: 40 },
      { service: 'mail', parentService: 'shop', spans: 1, offMs: -30 },
    ])
  })

  it('show when nothing was under way', () => {
    const trace = given(
      { id: 'a', from: 0, to: 10 },
      { id: 'b', parent: 'a', from: 10.5, to: 20 },
      { id: 'c', parent: 'a', from: 60, to: 100 },
    )
    expect(pauses(trace)).toEqual([{ fromMs: 20, toMs: 60 }])
  })
})

describe('two traces', () => {
  it('are compared from their roots on, whatever these are called', () => {
    const left = given(
      { id: '1', from: 0, to: 9, name: 'GET /a' },
      { id: '2', parent: '1', from: 0, to: 1, name: 'read' },
    )
    const right = given(
      { id: '3', from: 0, to: 8, name: 'GET /b' },
      { id: '4', parent: '3', from: 0, to: 1, name: 'read' },
    )
    const rows = diffOf(left, right).map(({ name, left, right }) => [name, left?.count, right?.count])
    expect(rows).toEqual([
      ['GET /a / GET /b', 1, 1],
      ['read', 1, 1],
    ])
    const none = given({ id: '5', parent: 'gone', from: 0, to: 1 }, { id: '6', from: 0, to: 1, name: 'GET /a' })
    expect(diffOf(left, none).map(({ name }) => name)).toEqual(['GET /a', 'read', '5'])
  })

  it('are laid side by side by their operations', () => {
    const left = given(
      { id: '1', from: 0, to: 100, name: 'bet' },
      { id: '2', parent: '1', from: 0, to: 10, name: 'read' },
      { id: '3', parent: '1', from: 20, to: 40, name: 'read', failed: true },
      { id: '4', parent: '2', from: 0, to: 5, name: 'parse' },
    )
    const right = given(
      { id: '5', from: 0, to: 70, name: 'bet' },
      { id: '6', parent: '5', from: 0, to: 12, name: 'read' },
      { id: '7', parent: '5', from: 20, to: 30, name: 'write' },
    )
    expect(diffOf(left, right).map(({ depth, name, left, right }) => ({ depth, name, left, right }))).toEqual([
      {
        depth: 0,
        name: 'bet',
        left: { count: 1, totalMs: 100, errors: 0 },
        right: { count: 1, totalMs: 70, errors: 0 },
      },
      {
        depth: 1,
        name: 'read',
        left: { count: 2, totalMs: 30, errors: 1 },
        right: { count: 1, totalMs: 12, errors: 0 },
      },
      { depth: 2, name: 'parse', left: { count: 1, totalMs: 5, errors: 0 }, right: undefined },
      { depth: 1, name: 'write', left: undefined, right: { count: 1, totalMs: 10, errors: 0 } },
    ])
  })
})
