import { describe, expect, it } from 'vitest'
import { type Bet, HouseEdges, toNumber } from './index.ts'

const edges = new HouseEdges()

describe('house edge, enumerated through the code that settles bets', () => {
  it.each<readonly [string, string, string]>([
    ['pass', '1.414', '7/495'],
    ['dont-pass', '1.364', '3/220'],
    ['come', '1.414', '7/495'],
    ['dont-come', '1.364', '3/220'],
    ['field', '2.778', '1/36'],
    ['any-seven', '16.667', '1/6'],
    ['place 4', '6.667', '1/15'],
    ['place 5', '4.000', '1/25'],
    ['place 6', '1.515', '1/66'],
    ['place 8', '1.515', '1/66'],
    ['place 9', '4.000', '1/25'],
    ['place 10', '6.667', '1/15'],
    ['hardway 4', '11.111', '1/9'],
    ['hardway 6', '9.091', '1/11'],
    ['hardway 8', '9.091', '1/11'],
    ['hardway 10', '11.111', '1/9'],
    ...['pass-odds', 'dont-pass-odds', 'come-odds', 'dont-come-odds'].flatMap((kind) =>
      [4, 5, 6, 8, 9, 10].map((number) => [`${kind} ${number}`, '0.000', '0/1'] as const),
    ),
  ])('%s: %s %%', (name, percent, exact) => {
    const found = edges.all.filter(({ kind, number }) => name === (number === undefined ? kind : `${kind} ${number}`))
    expect(found.map(({ edge }) => `${edge.numerator}/${edge.denominator}`)).toEqual([exact])
    expect(found.map(({ edge }) => (toNumber(edge) * 100).toFixed(3))).toEqual([percent])
  })

  it.each([
    [3, 1 / 36],
    [2, 1 / 18],
  ] as const)('field when the 12 pays %i:1', (fieldTwelvePays, edge) => {
    expect(new HouseEdges({ fieldTwelvePays }).of({ kind: 'field' })).toBe(edge)
  })

  it.each([
    ['pass', undefined, 244, 495],
    ['dont-pass', undefined, 949, 1925],
    ['come', undefined, 244, 495],
    ['dont-come', undefined, 949, 1925],
    ['field', undefined, 4, 9],
    ['any-seven', undefined, 1, 6],
    ['place', 6, 5, 11],
    ['place', 10, 1, 3],
    ['hardway', 4, 1, 9],
    ['hardway', 8, 1, 11],
    ['pass-odds', 4, 1, 3],
    ['pass-odds', 8, 5, 11],
    ['dont-pass-odds', 4, 2, 3],
    ['come-odds', 5, 2, 5],
    ['dont-come-odds', 9, 3, 5],
  ] as const)('%s %s is won %i times in %i decided bets (S9)', (kind, number, wins, of) => {
    expect(edges.winProbability({ kind, number })).toBe(wins / of)
  })

  it('covers every bet: 6 without a number, 6 place, 4 hardways, 4 x 6 odds', () => {
    expect(edges.all).toHaveLength(40)
  })
})

describe('expected edge of bets', () => {
  it('takes a bet by its number, and the odds behind the line without one', () => {
    expect(edges.of({ kind: 'place', number: 5 })).toBe(1 / 25)
    expect(edges.of({ kind: 'pass-odds' })).toBe(0)
  })

  it('weighs a mix by its stakes', () => {
    const ticket = { playerId: 'ann', tableId: 'T1' }
    const bets: Bet[] = [
      { ...ticket, betId: '1', kind: 'any-seven', amount: 60 },
      { ...ticket, betId: '2', kind: 'pass-odds', amount: 300 },
      { ...ticket, betId: '3', kind: 'place', number: 4, amount: 40 },
    ]
    expect(edges.ofMix(bets)).toBeCloseTo((10 + 0 + 40 / 15) / 400, 12)
    expect(edges.ofMix([])).toBeUndefined()
  })

  it('names a bet that it does not know', () => {
    expect(() => edges.of({ kind: 'hardway', number: 5 })).toThrow(/no house edge for hardway 5/)
    expect(() => edges.winProbability({ kind: 'pass-odds', number: undefined })).toThrow(/no win prob.* pass-odds/)
  })
})
