import { describe, expect, it } from 'vitest'
import {
  applyRoll,
  BET_KINDS,
  type Dice,
  numbersFor,
  openTable,
  type Placement,
  placeBet,
  readBet,
  type TableState,
} from './index.ts'

const TICKET = { betId: 'b1', playerId: 'ann', tableId: 'T1', kind: 'pass', amount: 10 }

describe('reading a bet', () => {
  it.each([
    [null, 'bad-shape'],
    ['pass', 'bad-shape'],
    [[], 'bad-id'],
    [{ ...TICKET, betId: undefined }, 'bad-id'],
    [{ ...TICKET, betId: '' }, 'bad-id'],
    [{ ...TICKET, playerId: 'a b' }, 'bad-id'],
    [{ ...TICKET, playerId: 'a'.repeat(65) }, 'bad-id'],
    [{ ...TICKET, tableId: 7 }, 'bad-id'],
    [{ ...TICKET, kind: 'big-six' }, 'unknown-kind'],
    [{ ...TICKET, kind: 'toString' }, 'unknown-kind'],
    [{ ...TICKET, kind: ['pass'] }, 'unknown-kind'],
    [{ ...TICKET, amount: 0 }, 'bad-amount'],
    [{ ...TICKET, amount: -10 }, 'bad-amount'],
    [{ ...TICKET, amount: 10.5 }, 'bad-amount'],
    [{ ...TICKET, amount: NaN }, 'bad-amount'],
    [{ ...TICKET, amount: Infinity }, 'bad-amount'],
    [{ ...TICKET, amount: 2 ** 53 }, 'bad-amount'],
    [{ ...TICKET, amount: '10' }, 'bad-amount'],
    [{ ...TICKET, number: 6 }, 'number-unwanted'],
    [{ ...TICKET, kind: 'place' }, 'number-missing'],
    [{ ...TICKET, kind: 'come-odds' }, 'number-missing'],
    [{ ...TICKET, kind: 'place', number: 7 }, 'bad-number'],
    [{ ...TICKET, kind: 'place', number: '6' }, 'bad-number'],
    [{ ...TICKET, kind: 'hardway', number: 5 }, 'bad-number'],
  ])('refuses %j: %s', (input, reason) => {
    expect(readBet(input)).toMatchObject({ ok: false, reason })
  })

  it.each(BET_KINDS.flatMap((kind) => [numbersFor(kind)[0]].map((number) => ({ ...TICKET, kind, number }))))(
    'takes $kind $number, and nothing that is no part of it',
    (ticket) => {
      const { number, ...numberless } = ticket
      const bet = number === undefined ? numberless : ticket
      expect(readBet({ ...bet, admin: true })).toStrictEqual({ ok: true, bet })
    },
  )
})

const SIX: Dice = [2, 4]
const FOUR: Dice = [1, 3]
const NINE: Dice = [4, 5]

type Step = Dice | Readonly<Record<string, unknown>>

/** What becomes of the last step, a bet; those before it are rolls, and bets that must be taken. */
function last(steps: readonly Step[], rules: Parameters<typeof openTable>[1] = {}): Placement {
  let state: TableState = openTable('T1', rules)
  let placement: Placement | undefined
  for (const [index, step] of steps.entries()) {
    if (placement?.ok === false) throw new Error(`step ${index - 1}: ${placement.detail}`)
    if (isDice(step)) {
      state = applyRoll(state, step).state
    } else {
      placement = placeBet(state, { ...TICKET, betId: `b${index}`, ...step })
      if (placement.ok) state = placement.state
    }
  }
  if (placement === undefined) throw new Error('no bet among the steps')
  return placement
}

function isDice(step: Step): step is Dice {
  return Array.isArray(step)
}

describe('placing a bet', () => {
  it.each<readonly [string, readonly Step[]]>([
    ['wrong-table', [{ tableId: 'T2' }]],
    ['below-minimum', [{ amount: 4 }]],
    ['above-maximum', [{ amount: 1001 }]],
    ['below-minimum', [{ kind: 'hardway', number: 4, amount: 4 }]],
    ['duplicate-bet', [{ betId: 'same' }, { betId: 'same', kind: 'field' }]],
    ['wrong-phase', [SIX, { kind: 'pass' }]],
    ['wrong-phase', [SIX, { kind: 'dont-pass' }]],
    ['wrong-phase', [{ kind: 'come' }]],
    ['wrong-phase', [{ kind: 'dont-come' }]],
    ['wrong-phase', [{ kind: 'pass' }, { kind: 'pass-odds' }]],
    ['no-base-bet', [SIX, { kind: 'pass-odds' }]],
    ['no-base-bet', [{ kind: 'pass' }, SIX, { kind: 'dont-pass-odds' }]],
    ['no-base-bet', [{ kind: 'pass' }, SIX, { kind: 'pass-odds', playerId: 'bob' }]],
    ['no-base-bet', [SIX, { kind: 'come' }, { kind: 'come-odds', number: 6 }]],
    ['no-base-bet', [SIX, { kind: 'come' }, NINE, { kind: 'come-odds', number: 4 }]],
    ['above-odds-limit', [{ kind: 'pass' }, FOUR, { kind: 'pass-odds', amount: 31 }]],
    ['above-odds-limit', [{ kind: 'pass' }, NINE, { kind: 'pass-odds', amount: 41 }]],
    ['above-odds-limit', [{ kind: 'pass' }, SIX, { kind: 'pass-odds', amount: 51 }]],
    ['above-odds-limit', [{ kind: 'pass' }, SIX, { kind: 'pass-odds', amount: 30 }, { kind: 'pass-odds', amount: 21 }]],
    ['above-odds-limit', [{ kind: 'dont-pass' }, FOUR, { kind: 'dont-pass-odds', amount: 61 }]],
    ['above-odds-limit', [{ kind: 'dont-pass' }, NINE, { kind: 'dont-pass-odds', amount: 61 }]],
    ['above-odds-limit', [SIX, { kind: 'dont-come' }, SIX, { kind: 'dont-come-odds', number: 6, amount: 61 }]],
    ['below-minimum', [{ kind: 'dont-pass' }, FOUR, { kind: 'dont-pass-odds', amount: 1 }]],
  ])('%s: %j', (reason, steps) => {
    expect(last(steps, { minimum: 5, maximum: 1000 })).toMatchObject({ ok: false, reason })
  })

  it.each<readonly [string, readonly Step[]]>([
    ['the minimum', [{ amount: 5 }]],
    ['the maximum', [{ amount: 1000 }]],
    ['a field bet with a point', [SIX, { kind: 'field' }]],
    ['a place bet on the come-out', [{ kind: 'place', number: 6 }]],
    ['an id again once its bet is settled', [{ betId: 'same', kind: 'field' }, SIX, { betId: 'same', kind: 'field' }]],
    ['3x odds on 4', [{ kind: 'pass' }, FOUR, { kind: 'pass-odds', amount: 30 }]],
    ['4x odds on 9', [{ kind: 'pass' }, NINE, { kind: 'pass-odds', amount: 40 }]],
    ['5x odds on 6', [{ kind: 'pass' }, SIX, { kind: 'pass-odds', amount: 50 }]],
    ['odds of a unit, whatever the minimum', [{ kind: 'pass' }, SIX, { kind: 'pass-odds', amount: 1 }]],
    ['odds above the maximum', [{ amount: 1000 }, SIX, { kind: 'pass-odds', amount: 5000 }]],
    ['odds behind two bets', [{ kind: 'pass' }, { kind: 'pass' }, SIX, { kind: 'pass-odds', amount: 100 }]],
    ['6x laid on 4, to win 3x', [{ kind: 'dont-pass' }, FOUR, { kind: 'dont-pass-odds', amount: 60 }]],
    ['6x laid on 9, to win 4x', [{ kind: 'dont-pass' }, NINE, { kind: 'dont-pass-odds', amount: 60 }]],
    ['6x laid on 6, to win 5x', [{ kind: 'dont-pass' }, SIX, { kind: 'dont-pass-odds', amount: 60 }]],
    ['come odds on a come-out', [SIX, { kind: 'come' }, NINE, SIX, { kind: 'come-odds', number: 9, amount: 40 }]],
  ])('takes %s', (_, steps) => {
    expect(last(steps, { minimum: 5, maximum: 1000 })).toMatchObject({ ok: true })
  })

  it('is full at its ceiling, until a roll makes room', () => {
    const rules = { maxOpenBets: 2 }
    const field = { kind: 'field' }
    expect(last([field, field, field], rules)).toMatchObject({ ok: false, reason: 'table-full' })
    expect(last([field, field, SIX, field], rules)).toMatchObject({ ok: true })
  })

  it('says how much more the odds may be', () => {
    const placement = last([
      { kind: 'pass' },
      SIX,
      { kind: 'pass-odds', amount: 30 },
      { kind: 'pass-odds', amount: 21 },
    ])
    expect(placement).toMatchObject({ detail: 'pass-odds on 6 behind 10 may come to 50: 20 more' })
  })
})
