import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyRoll,
  type BetKind,
  BET_KINDS,
  isPointNumber,
  numbersFor,
  openTable,
  placeBet,
  pointOf,
  type Settlement,
  type TableState,
} from './index.ts'

const die = fc.integer({ min: 1, max: 6 })

const roll = fc.record({ step: fc.constant('roll' as const), dice: fc.tuple(die, die) })

const bet = fc.constantFrom(...BET_KINDS).chain((kind) =>
  fc.record({
    step: fc.constant('bet' as const),
    playerId: fc.constantFrom('ann', 'bob', 'cleo'),
    kind: fc.constant(kind),
    amount: fc.integer({ min: 1, max: 200 }),
    number: fc.constantFrom(...(numbersFor(kind).length > 0 ? numbersFor(kind) : [undefined])),
  }),
)

const session = fc.array(fc.oneof({ weight: 3, arbitrary: bet }, { weight: 1, arbitrary: roll }), {
  minLength: 20,
  maxLength: 120,
})

/** What a won unit may earn, by the books: written out here, not taken from the code under test. */
const ODDS: Readonly<Record<BetKind, readonly (readonly [number, number])[]>> = {
  pass: [[1, 1]],
  'dont-pass': [[1, 1]],
  come: [[1, 1]],
  'dont-come': [[1, 1]],
  'pass-odds': [
    [2, 1],
    [3, 2],
    [6, 5],
  ],
  'come-odds': [
    [2, 1],
    [3, 2],
    [6, 5],
  ],
  'dont-pass-odds': [
    [1, 2],
    [2, 3],
    [5, 6],
  ],
  'dont-come-odds': [
    [1, 2],
    [2, 3],
    [5, 6],
  ],
  field: [
    [1, 1],
    [2, 1],
    [3, 1],
  ],
  place: [
    [9, 5],
    [7, 5],
    [7, 6],
  ],
  hardway: [
    [7, 1],
    [9, 1],
  ],
  'any-seven': [[4, 1]],
}

function payoutsOf({ kind, outcome, stake }: Settlement): readonly number[] {
  switch (outcome) {
    case 'win':
      return ODDS[kind].map(([pays, per]) => stake + (stake * pays - ((stake * pays) % per)) / per)
    case 'lose':
      return [0]
    case 'push':
      return [stake]
  }
}

function freezeAll<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freezeAll)
  }
  return value
}

type Steps = typeof session extends fc.Arbitrary<infer T> ? T : never

interface Books {
  readonly stakes: ReadonlyMap<string, number>
  readonly settlements: readonly Settlement[]
  /** Every state that the table was in, the last one last. */
  readonly states: readonly TableState[]
}

/** Plays a session on tables that cannot be changed in place, and keeps the books beside them. */
function keepBooks(steps: Steps): Books {
  let state = freezeAll(openTable('T1', { minimum: 1 }))
  const states = [state]
  const stakes = new Map<string, number>()
  const settlements: Settlement[] = []
  for (const [index, step] of steps.entries()) {
    if (step.step === 'roll') {
      const result = applyRoll(state, step.dice)
      settlements.push(...result.settlements)
      state = freezeAll(result.state)
    } else {
      const placement = placeBet(state, { ...step, betId: `${step.playerId}-${index}`, tableId: 'T1' })
      if (!placement.ok) continue
      stakes.set(placement.bet.betId, placement.bet.amount)
      state = freezeAll(placement.state)
    }
    states.push(state)
  }
  return { stakes, settlements, states }
}

const BASES: Readonly<Partial<Record<BetKind, BetKind>>> = {
  'pass-odds': 'pass',
  'dont-pass-odds': 'dont-pass',
  'come-odds': 'come',
  'dont-come-odds': 'dont-come',
}

function flawsOf(state: TableState): readonly string[] {
  const point = pointOf(state)
  const flaws = point === undefined || isPointNumber(point) ? [] : [`the point is ${String(point)}`]
  for (const { bet, on } of state.bets) {
    const base = BASES[bet.kind]
    const isBase = ({ bet: other, on: number }: TableState['bets'][number]): boolean =>
      other.kind === base && other.playerId === bet.playerId && number === on
    if (base !== undefined && !state.bets.some(isBase)) flaws.push(`${bet.kind} on ${on} without ${base}`)
    if ((bet.kind === 'pass' || bet.kind === 'dont-pass') && on !== point)
      flaws.push(`${bet.kind} on ${on}, not ${point}`)
    const isCome = bet.kind === 'come' || bet.kind === 'dont-come'
    if (isCome && on === undefined && point === undefined) flaws.push(`${bet.kind} waits on a come-out`)
  }
  return flaws
}

describe('any session', () => {
  it('settles each bet once, at its stake, or leaves it on the table', () => {
    fc.assert(
      fc.property(session, (steps) => {
        const { stakes, settlements, states } = keepBooks(steps)
        const seen = [
          ...settlements.map(({ betId, stake }) => [betId, stake] as const),
          ...(states.at(-1)?.bets ?? []).map(({ bet }) => [bet.betId, bet.amount] as const),
        ]
        expect(seen).toHaveLength(stakes.size)
        expect(new Map(seen)).toEqual(stakes)
      }),
    )
  })

  it('pays whole units, by the odds of the bet', () => {
    fc.assert(
      fc.property(session, (steps) => {
        for (const settlement of keepBooks(steps).settlements) {
          expect(payoutsOf(settlement)).toContain(settlement.payout)
        }
      }),
    )
  })

  it('keeps the table valid', () => {
    fc.assert(
      fc.property(session, (steps) => {
        expect(keepBooks(steps).states.flatMap(flawsOf)).toEqual([])
      }),
    )
  })

  it('settles a bet alike, whoever else is at the table', () => {
    const annsOf = ({ settlements }: Books): readonly unknown[] =>
      settlements
        .filter(({ playerId }) => playerId === 'ann')
        .map(({ kind, outcome, stake, payout }) => ({ kind, outcome, stake, payout }))
    fc.assert(
      fc.property(session, (steps) => {
        const alone = steps.filter((step) => step.step === 'roll' || step.playerId === 'ann')
        expect(annsOf(keepBooks(alone))).toEqual(annsOf(keepBooks(steps)))
      }),
    )
  })

  it('refuses dice outside 1..6 and leaves the table as it was', () => {
    const badDie = fc.oneof(
      fc.double().filter((n) => ![1, 2, 3, 4, 5, 6].includes(n)),
      fc.constantFrom(0, 7, -1),
    )
    fc.assert(
      fc.property(session, badDie, die, (steps, bad, good) => {
        const state = keepBooks(steps).states.at(-1) ?? openTable('T1')
        expect(() => applyRoll(state, [bad, good])).toThrow(RangeError)
        expect(() => applyRoll(state, [good, bad])).toThrow(RangeError)
      }),
    )
  })
})
