import { describe, expect, it } from 'vitest'
import { applyRoll, type Dice, openTable, placeBet, pointOf, type TableState } from './index.ts'

/** A step is a roll, or a bet such as `pass 10` or `place 60 on 6`; what is settled comes back as `pass 10 win 20`. */
type Step = Dice | string

function play(steps: readonly Step[], from: TableState = openTable('T1')): { state: TableState; settled: string[] } {
  let state = from
  const settled: string[] = []
  for (const [index, step] of steps.entries()) {
    if (typeof step !== 'string') {
      const result = applyRoll(state, step)
      settled.push(...result.settlements.map((s) => `${s.kind} ${s.stake} ${s.outcome} ${s.payout}`))
      state = result.state
      continue
    }
    const [kind, amount, , number] = step.split(' ')
    const placement = placeBet(state, {
      betId: `b${index}`,
      playerId: 'ann',
      tableId: 'T1',
      kind,
      amount: Number(amount),
      ...(number === undefined ? {} : { number: Number(number) }),
    })
    if (!placement.ok) throw new Error(`${step}: ${placement.detail}`)
    state = placement.state
  }
  return { state, settled }
}

describe('bets', () => {
  it.each<readonly [string, readonly Step[], readonly string[]]>([
    ['pass wins on a natural 7', ['pass 10', [3, 4]], ['pass 10 win 20']],
    ['pass wins on a natural 11', ['pass 10', [5, 6]], ['pass 10 win 20']],
    ['pass loses on craps', ['pass 10', [1, 1]], ['pass 10 lose 0']],
    ['pass loses on 12', ['pass 10', [6, 6]], ['pass 10 lose 0']],
    ['pass waits through other numbers', ['pass 10', [4, 4], [1, 1], [5, 6], [2, 2]], []],
    ['pass wins when the point is made', ['pass 10', [4, 4], [2, 6]], ['pass 10 win 20']],
    ['pass loses on seven-out', ['pass 10', [4, 4], [1, 6]], ['pass 10 lose 0']],

    ["don't pass loses on a natural", ['dont-pass 10', [5, 6]], ['dont-pass 10 lose 0']],
    ["don't pass wins on 3", ['dont-pass 10', [1, 2]], ['dont-pass 10 win 20']],
    ["don't pass bars the 12", ['dont-pass 10', [6, 6]], ['dont-pass 10 push 10']],
    ["don't pass waits on a 12 with a point", ['dont-pass 10', [4, 4], [6, 6]], []],
    ["don't pass loses to the point", ['dont-pass 10', [4, 4], [4, 4]], ['dont-pass 10 lose 0']],
    ["don't pass wins on seven-out", ['dont-pass 10', [4, 4], [1, 6]], ['dont-pass 10 win 20']],

    ['come wins on 7', [[3, 3], 'come 10', [3, 4]], ['come 10 win 20']],
    ['come loses on 3', [[3, 3], 'come 10', [1, 2]], ['come 10 lose 0']],
    ['come travels and wins', [[3, 3], 'come 10', [4, 5], [3, 6]], ['come 10 win 20']],
    ['come travels to the point that is made', [[3, 3], 'come 10', [2, 4], [3, 3]], ['come 10 win 20']],
    ['come outlives the game', [[3, 3], 'come 10', [4, 5], [1, 5], [4, 5]], ['come 10 win 20']],
    ['come loses to a come-out 7', [[3, 3], 'come 10', [4, 5], [1, 5], [3, 4]], ['come 10 lose 0']],
    ["don't come bars the 12", [[3, 3], 'dont-come 10', [6, 6]], ['dont-come 10 push 10']],
    ["don't come travels and loses", [[3, 3], 'dont-come 10', [4, 5], [3, 6]], ['dont-come 10 lose 0']],
    ["don't come wins on a come-out 7", [[3, 3], 'dont-come 10', [4, 5], [1, 5], [3, 4]], ['dont-come 10 win 20']],

    ['pass odds 2:1', ['pass 10', [2, 2], 'pass-odds 30', [1, 3]], ['pass 10 win 20', 'pass-odds 30 win 90']],
    ['pass odds 3:2', ['pass 10', [2, 3], 'pass-odds 40', [1, 4]], ['pass 10 win 20', 'pass-odds 40 win 100']],
    ['pass odds 6:5', ['pass 10', [4, 4], 'pass-odds 50', [2, 6]], ['pass 10 win 20', 'pass-odds 50 win 110']],
    ['pass odds lose', ['pass 10', [4, 4], 'pass-odds 50', [1, 6]], ['pass 10 lose 0', 'pass-odds 50 lose 0']],
    [
      'odds laid on 4 pay 1:2',
      ['dont-pass 10', [1, 3], 'dont-pass-odds 60', [1, 6]],
      ['dont-pass 10 win 20', 'dont-pass-odds 60 win 90'],
    ],
    [
      'odds laid on 9 pay 2:3',
      ['dont-pass 10', [4, 5], 'dont-pass-odds 60', [1, 6]],
      ['dont-pass 10 win 20', 'dont-pass-odds 60 win 100'],
    ],
    [
      'odds laid on 6 pay 5:6',
      ['dont-pass 10', [1, 5], 'dont-pass-odds 60', [1, 6]],
      ['dont-pass 10 win 20', 'dont-pass-odds 60 win 110'],
    ],
    [
      'laid odds lose to the point',
      ['dont-pass 10', [1, 5], 'dont-pass-odds 60', [2, 4]],
      ['dont-pass 10 lose 0', 'dont-pass-odds 60 lose 0'],
    ],
    [
      'come odds work while there is a point',
      [[3, 3], 'come 10', [4, 5], 'come-odds 40 on 9', [3, 6]],
      ['come 10 win 20', 'come-odds 40 win 100'],
    ],
    [
      'come odds are off on a come-out roll that wins',
      [[3, 3], 'come 10', [4, 5], 'come-odds 40 on 9', [3, 3], [4, 5]],
      ['come 10 win 20', 'come-odds 40 push 40'],
    ],
    [
      'come odds are off on a come-out roll that loses',
      [[3, 3], 'come 10', [4, 5], 'come-odds 40 on 9', [3, 3], [3, 4]],
      ['come 10 lose 0', 'come-odds 40 push 40'],
    ],
    [
      'odds laid behind a come bet always work',
      [[3, 3], 'dont-come 10', [4, 5], 'dont-come-odds 60 on 9', [3, 3], [3, 4]],
      ['dont-come 10 win 20', 'dont-come-odds 60 win 100'],
    ],

    ['field 2:1 on 2', ['field 10', [1, 1]], ['field 10 win 30']],
    ['field 3:1 on 12', ['field 10', [6, 6]], ['field 10 win 40']],
    ['field even on 3', ['field 10', [1, 2]], ['field 10 win 20']],
    ['field even on 4', ['field 10', [1, 3]], ['field 10 win 20']],
    ['field even on 9', ['field 10', [4, 5]], ['field 10 win 20']],
    ['field even on 10', ['field 10', [5, 5]], ['field 10 win 20']],
    ['field even on 11', ['field 10', [5, 6]], ['field 10 win 20']],
    ['field loses on 5', ['field 10', [1, 4]], ['field 10 lose 0']],
    ['field loses on 8', ['field 10', [4, 4]], ['field 10 lose 0']],

    ['place 4 pays 9:5', [[3, 3], 'place 60 on 4', [1, 3]], ['place 60 win 168']],
    ['place 9 pays 7:5', [[3, 3], 'place 60 on 9', [4, 5]], ['place 60 win 144']],
    ['place 8 pays 7:6', [[3, 3], 'place 60 on 8', [2, 6]], ['place 60 win 130']],
    ['place wins rounded down', [[3, 3], 'place 10 on 8', [2, 6]], ['place 10 win 21']],
    ['place loses on 7', [[3, 3], 'place 60 on 8', [1, 6]], ['place 60 lose 0']],
    ['place is off on the come-out, both ways', ['place 60 on 8', [3, 4], [4, 4]], []],
    ['place works after the come-out', ['place 60 on 8', [4, 4], [4, 4]], ['place 60 win 130']],

    ['hard 4 pays 7:1', ['hardway 10 on 4', [2, 2]], ['hardway 10 win 80']],
    ['hard 6 pays 9:1', ['hardway 10 on 6', [3, 3]], ['hardway 10 win 100']],
    ['an easy 6 loses', ['hardway 10 on 6', [2, 4]], ['hardway 10 lose 0']],
    ['hardways lose to a come-out 7', ['hardway 10 on 6', [3, 4]], ['hardway 10 lose 0']],
    ['hardways wait through other pairs', ['hardway 10 on 6', [1, 1], [4, 4], [6, 6]], []],

    ['any seven pays 4:1', ['any-seven 10', [1, 6]], ['any-seven 10 win 50']],
    ['any seven is decided by one roll', ['any-seven 10', [1, 1]], ['any-seven 10 lose 0']],
  ])('%s', (_, steps, want) => {
    expect(play(steps).settled).toEqual(want)
  })

  it('pays the field 2:1 on 12 where the table says so', () => {
    expect(play(['field 10', [6, 6]], openTable('T1', { fieldTwelvePays: 2 })).settled).toEqual(['field 10 win 30'])
  })

  it('leaves on the table, in their order, the bets that a roll does not decide', () => {
    const { state } = play(['place 60 on 4', 'field 10', 'hardway 10 on 8', 'pass 10', [3, 3]])
    expect(state.bets.map(({ bet, on }) => [bet.kind, on])).toEqual([
      ['place', 4],
      ['hardway', undefined],
      ['pass', 6],
    ])
  })
})

describe('phases', () => {
  it.each<readonly [string, readonly Dice[], string | undefined, number | undefined, number | undefined]>([
    ['7 on the come-out', [[3, 4]], 'natural', undefined, undefined],
    ['11 on the come-out', [[5, 6]], 'natural', undefined, undefined],
    ['2 on the come-out', [[1, 1]], 'craps', undefined, undefined],
    ['3 on the come-out', [[1, 2]], 'craps', undefined, undefined],
    ['12 on the come-out', [[6, 6]], 'craps', undefined, undefined],
    ['4 on the come-out', [[1, 3]], undefined, undefined, 4],
    ['10 on the come-out', [[5, 5]], undefined, undefined, 10],
    [
      'another number with a point',
      [
        [5, 5],
        [1, 3],
      ],
      undefined,
      10,
      10,
    ],
    [
      '11 with a point',
      [
        [5, 5],
        [5, 6],
      ],
      undefined,
      10,
      10,
    ],
    [
      'the point again',
      [
        [5, 5],
        [4, 6],
      ],
      'point-made',
      10,
      undefined,
    ],
    [
      '7 with a point',
      [
        [5, 5],
        [3, 4],
      ],
      'seven-out',
      10,
      undefined,
    ],
  ])('%s', (_, rolls, gameEnded, pointBefore, pointAfter) => {
    const { state } = play(rolls.slice(0, -1))
    const result = applyRoll(state, rolls.at(-1) ?? [0, 0])
    expect(result).toMatchObject({ gameEnded, pointBefore, pointAfter })
    expect(pointOf(result.state)).toBe(pointAfter)
  })

  it.each<Dice>([
    [0, 6],
    [7, 1],
    [1.5, 1],
    [NaN, 1],
    [1, Infinity],
    [-1, 3],
  ])('refuses the dice %d and %d', (first, second) => {
    expect(() => applyRoll(openTable('T1'), [first, second])).toThrow(RangeError)
  })
})

describe('rules of a table', () => {
  it.each([
    [{ minimum: 0 }, 'minimum 0'],
    [{ minimum: 2.5 }, 'minimum 2.5'],
    [{ minimum: 50, maximum: 10 }, 'maximum 10'],
    [{ maximum: NaN }, 'maximum NaN'],
    [{ maxOpenBets: 0 }, 'maxOpenBets 0'],
    [{ maximum: 2 ** 50 }, 'would not stay exact'],
  ])('refuses %j', (rules, message) => {
    expect(() => openTable('T1', rules)).toThrow(message)
  })
})
