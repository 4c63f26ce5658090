import type { Bet } from './bet.ts'
import { isPointNumber, type PointNumber } from './dice.ts'
import { ANY_SEVEN_ODDS, EVEN_MONEY, HARDWAY_ODDS, LAY_ODDS, type Odds, PLACE_ODDS, TAKE_ODDS } from './payout.ts'
import type { TableRules } from './rules.ts'

/** A bet on the table. `on` is the number it waits for; a line or come bet has none until the dice give it one. */
export interface OpenBet {
  readonly bet: Bet
  readonly on: PointNumber | undefined
}

/** One throw, as the bets see it: `point` is the table's point before the dice fell. */
export interface Roll {
  readonly total: number
  readonly isHard: boolean
  readonly point: PointNumber | undefined
}

export type Verdict =
  | { readonly kind: 'stays' }
  | { readonly kind: 'travels'; readonly to: PointNumber }
  | { readonly kind: 'wins'; readonly odds: Odds }
  | { readonly kind: 'loses' }
  | { readonly kind: 'pushes' }

const STAYS: Verdict = { kind: 'stays' }
const LOSES: Verdict = { kind: 'loses' }
const PUSHES: Verdict = { kind: 'pushes' }
const WINS_EVEN: Verdict = { kind: 'wins', odds: EVEN_MONEY }

/** What one roll does to one bet; bets do not see one another. */
export function verdictOn({ bet, on }: OpenBet, roll: Roll, rules: TableRules): Verdict {
  switch (bet.kind) {
    case 'pass':
    case 'come':
      return rightSide(on, roll.total)
    case 'dont-pass':
    case 'dont-come':
      return wrongSide(on, roll.total)
    case 'pass-odds':
      return race(on, roll.total, TAKE_ODDS)
    case 'come-odds':
      return offOnComeOut(race(on, roll.total, TAKE_ODDS), roll)
    case 'dont-pass-odds':
    case 'dont-come-odds':
      return lay(on, roll.total)
    case 'place':
      return roll.point === undefined ? STAYS : race(on, roll.total, PLACE_ODDS)
    case 'hardway':
      if (roll.total === 7) return LOSES
      if (roll.total !== bet.number) return STAYS
      return roll.isHard ? { kind: 'wins', odds: HARDWAY_ODDS[bet.number] } : LOSES
    case 'field':
      return field(roll.total, rules)
    case 'any-seven':
      return roll.total === 7 ? { kind: 'wins', odds: ANY_SEVEN_ODDS } : LOSES
  }
}

function rightSide(on: PointNumber | undefined, total: number): Verdict {
  if (on !== undefined) return total === on ? WINS_EVEN : total === 7 ? LOSES : STAYS
  if (isPointNumber(total)) return { kind: 'travels', to: total }
  return total === 7 || total === 11 ? WINS_EVEN : LOSES
}

function wrongSide(on: PointNumber | undefined, total: number): Verdict {
  if (on !== undefined) return total === 7 ? WINS_EVEN : total === on ? LOSES : STAYS
  if (isPointNumber(total)) return { kind: 'travels', to: total }
  if (total === 12) return PUSHES
  return total === 2 || total === 3 ? WINS_EVEN : LOSES
}

function race(on: PointNumber | undefined, total: number, odds: Readonly<Record<PointNumber, Odds>>): Verdict {
  if (on === undefined) throw new Error('BUG: a bet that races the seven has no number')
  return total === on ? { kind: 'wins', odds: odds[on] } : total === 7 ? LOSES : STAYS
}

function lay(on: PointNumber | undefined, total: number): Verdict {
  if (on === undefined) throw new Error('BUG: laid odds have no number')
  return total === 7 ? { kind: 'wins', odds: LAY_ODDS[on] } : total === on ? LOSES : STAYS
}

/** Odds that are off neither win nor lose: they go home when the bet in front of them is decided. */
function offOnComeOut(verdict: Verdict, roll: Roll): Verdict {
  return roll.point === undefined && verdict.kind !== 'stays' ? PUSHES : verdict
}

function field(total: number, { fieldTwelvePays }: TableRules): Verdict {
  switch (total) {
    case 2:
      return { kind: 'wins', odds: { pays: 2, per: 1 } }
    case 12:
      return { kind: 'wins', odds: { pays: fieldTwelvePays, per: 1 } }
    case 3:
    case 4:
    case 9:
    case 10:
    case 11:
      return WINS_EVEN
    default:
      return LOSES
  }
}
