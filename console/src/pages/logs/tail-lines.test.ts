import { describe, expect, it } from 'vitest'
import { fieldsIn, type LogLine, type LogsAnswer, lineJson } from './line.ts'
import { rateOf } from './rate.ts'
import { begun, continued, keyOfLine, NO_LINES } from './tail-lines.ts'

const at = (seconds: number): string => new Date(seconds * 1000).toISOString()

function line(number: number, level = 'info'): LogLine {
  return { number, time: at(number), level, message: `m${number}`, fields: {} }
}

function answer(run: string, numbers: readonly number[], more: Partial<LogsAnswer> = {}): LogsAnswer {
  return {
    logs: numbers.map((number) => line(number)).toReversed(),
    kept: { lines: 10, bytes: 100, dropped: 0 },
    cursor: `${run}-${numbers.at(-1) ?? 0}`,
    ...more,
  }
}

const numbers = ({ lines }: { readonly lines: readonly LogLine[] }): readonly number[] =>
  lines.map(({ number }) => number)

describe('lines as they come', () => {
  it('are put behind the ones that are there, none of them twice', () => {
    let tail = begun(answer('aa', [3, 4]))
    tail = continued(tail, answer('aa', [5, 7]))
    tail = continued(tail, answer('aa', [7, 8]))
    expect([numbers(tail), tail.cursor, tail.missed]).toEqual([[3, 4, 5, 7, 8], 'aa-8', 0])
    const same = continued(tail, answer('aa', []))
    expect(same.lines).toBe(tail.lines)
  })

  it('go on after a restart of the service, whose numbers begin anew', () => {
    const tail = continued(begun(answer('aa', [30, 31])), answer('bb', [0, 1], { missed: 4 }))
    expect([numbers(tail), tail.missed]).toEqual([[30, 31, 0, 1], 0])
    expect(new Set(tail.lines.map(keyOfLine)).size).toBe(4)
  })

  it('are counted where they were missed, or let go of', () => {
    const tail = continued(begun(answer('aa', [1, 2, 3])), answer('aa', [9, 10], { missed: 5 }), 4)
    expect([numbers(tail), tail.missed, tail.let]).toEqual([[2, 3, 9, 10], 5, 1])
  })

  it('begin with none', () => {
    expect(numbers(continued(NO_LINES, answer('aa', [0])))).toEqual([0])
  })
})

describe('the rate of lines', () => {
  it('is counted by level in steps of a round length', () => {
    const bins = rateOf([line(0, 'fatal'), line(1, 'error'), line(7, 'debug'), line(61, 'warn')], 0, 60_000, 12)
    expect(bins).toHaveLength(12)
    expect(bins[0]).toEqual({ fromMs: 0, toMs: 5000, total: 2, counts: { error: 2, warn: 0, info: 0, debug: 0 } })
    expect(bins[1]?.counts.debug).toBe(1)
    expect(bins.reduce((sum, { total }) => sum + total, 0)).toBe(3)
  })

  it.each([
    [60_000, 1000, 60],
    [900_000, 15_000, 60],
    [7 * 86_400_000, 21_600_000, 28],
  ])('has for %d ms bins of %d ms', (span, step, count) => {
    const bins = rateOf([], 0, span)
    expect([bins[0]?.toMs, bins.length]).toEqual([step, count])
  })
})

describe('a line', () => {
  it('is written as JSON with its own fields first', () => {
    expect(lineJson({ ...line(1), module: 'dice', fields: { a: 1 } })).toBe(
      `{"time":"${at(1)}","level":"info","module":"dice","message":"m1","a":1}`,
    )
  })

  it('is found by fields, each on a line of the address', () => {
    expect(fieldsIn('a=b=c\nuser=p 7\nnonsense')).toEqual(['a=b=c', 'user=p 7'])
  })
})
