import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, type LogEntry, LogTail, type Preset, PRESETS, type RootLogger } from './index.ts'

function tailed(
  size = { lines: 100, bytes: 65_536 },
  preset: Preset = 'plain',
): { log: RootLogger; tail: LogTail; at: (ms: number) => void } {
  const tail = new LogTail(size, preset)
  let now = 0
  const log = createLogger({
    preset,
    now: () => now,
    level: 'trace',
    destination: { write: () => undefined },
    sinks: [tail],
  })
  return { log, tail, at: (ms) => (now = ms) }
}

const said = (entries: readonly LogEntry[]): string[] => entries.map(({ message }) => message)

describe('the last lines', () => {
  it.each(PRESETS)('are read again as they were written: %s', (preset) => {
    const { log, tail, at } = tailed(undefined, preset)
    at(1_700_000_000_007)
    log
      .child('wallet')
      .warn({ amount: 5, [preset === 'ecs' ? 'trace.id' : 'trace_id']: 'a'.repeat(32) }, 'lów "balance"')
    const [entry] = tail.search()
    expect(entry).toMatchObject({
      at: 1_700_000_000_007,
      level: 'warn',
      module: 'wallet',
      message: 'lów "balance"',
      traceId: 'a'.repeat(32),
      fields: { amount: 5 },
    })
  })

  const { log, tail, at } = tailed()
  const [TRACE, OTHER] = ['a'.repeat(32), 'b'.repeat(32)]
  at(1000)
  log.debug('one')
  at(2000)
  log.child('wallet').info({ trace_id: TRACE, table: 'T7' }, 'two')
  at(3000)
  log.child('wallet').child('db').error({ trace_id: OTHER, caused_by: TRACE }, 'three "quoted"')
  at(4000)
  log.child('http').fatal({ name: 'Ärger' }, 'four')

  it.each([
    [{}, ['four', 'three "quoted"', 'two', 'one']],
    [{ limit: 2 }, ['four', 'three "quoted"']],
    [{ level: 'error' }, ['four', 'three "quoted"']],
    [{ module: 'wallet' }, ['two']],
    [{ module: 'wallet.*' }, ['three "quoted"', 'two']],
    [{ module: '*' }, ['four', 'three "quoted"', 'two', 'one']],
    [{ text: 't7' }, ['two']],
    [{ text: '"QUOTED"' }, ['three "quoted"']],
    [{ text: 'ärger' }, ['four']],
    [{ traceId: TRACE }, ['two']],
    [{ from: 2000, to: 3000 }, ['three "quoted"', 'two']],
    [{ level: 'info', module: 'wallet*', text: 't', from: 2500 }, ['three "quoted"']],
    [{ text: 'five' }, []],
    [{ fields: { table: 'T7' } }, ['two']],
    [{ fields: { table: 'T7', name: 'Ärger' } }, []],
    [{ after: 1 }, ['four', 'three "quoted"']],
    [{ after: 0, limit: 2 }, ['three "quoted"', 'two']],
    [{ after: 3 }, []],
  ])('are found by %j, the newest first', (search, expected) => {
    expect(said(tail.search(search))).toEqual(expected)
  })

  it('by a level that is none are refused', () => {
    expect(() => tail.search({ level: 'loud' })).toThrow(RangeError)
  })

  it('are as many as there is room for, and always the last ones', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 })
    const size = fc.record({ lines: fc.integer({ min: 1, max: 12 }), bytes: fc.integer({ min: 1, max: 2000 }) })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), size, (texts, size) => {
        const ring = new LogTail(size)
        const lines = texts.map((msg) => `${JSON.stringify({ msg })}\n`)
        for (const line of lines) ring.write(line, 'info')
        const { lines: kept, bytes, dropped } = ring.stats
        expect(kept).toBeLessThanOrEqual(size.lines)
        expect(bytes).toBeLessThanOrEqual(size.bytes)
        expect(kept + dropped).toBe(texts.length)
        // What is longer than all of it is left out wherever it stands.
        const fitting = texts.filter((_, i) => (lines[i]?.length ?? 0) * 3 <= size.bytes)
        expect(said(ring.search({ limit: 1000 }))).toEqual(fitting.slice(fitting.length - kept).toReversed())
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    { lines: 0, bytes: 1 },
    { lines: 1.5, bytes: 1 },
    { lines: 1, bytes: NaN },
  ])('of %j are refused', (size) => {
    expect(() => new LogTail(size)).toThrow(/tail\.(lines|bytes): .* must be a whole number/)
  })
})

describe('a live view', () => {
  it('is told of each line, until it ends; what it logs itself is not told, nor what it throws', () => {
    const { log, tail } = tailed()
    const seen: string[] = []
    log.info('before')
    const end = tail.subscribe(({ message }) => {
      seen.push(message)
      log.info('by the view')
    })
    const endOther = tail.subscribe(() => {
      throw new Error('no')
    })
    log.info('a')
    log.warn('b')
    end()
    endOther()
    log.info('after')
    expect(seen).toEqual(['a', 'b'])
    expect(said(tail.search())).toContain('by the view')
  })

  it('has a bounded number of watchers', () => {
    const { tail } = tailed()
    const ends = Array.from({ length: 100 }, () => tail.subscribe(() => undefined))
    expect(() => tail.subscribe(() => undefined)).toThrow(/at most 100/)
    ends[0]?.()
    expect(() => tail.subscribe(() => undefined)).not.toThrow()
  })
})
