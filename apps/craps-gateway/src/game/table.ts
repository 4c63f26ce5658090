import type { Amount, BetKind, HardNumber } from './bet.ts'
import { type Dice, isPointNumber, type PointNumber, totalOf } from './dice.ts'
import { winnings } from './payout.ts'
import { type TableRules, tableRules } from './rules.ts'
import { type OpenBet, type Roll, verdictOn } from './verdict.ts'

export type Phase = { readonly kind: 'come-out' } | { readonly kind: 'point'; readonly number: PointNumber }

export interface TableState {
  readonly tableId: string
  readonly rules: TableRules
  readonly phase: Phase
  /** In the order they were placed. */
  readonly bets: readonly OpenBet[]
}

export interface Settlement {
  readonly betId: string
  readonly playerId: string
  readonly kind: BetKind
  /** The number that the bet named or, for odds behind the line, the point that they stood on. */
  readonly number: PointNumber | HardNumber | undefined
  readonly outcome: 'win' | 'lose' | 'push'
  readonly stake: Amount
  /** All that goes back to the player, the stake included: 0 for a loss, the stake for a push. */
  readonly payout: Amount
}

/** A game runs from a come-out roll to the roll that decides the pass line. */
export type GameEnd = 'natural' | 'craps' | 'point-made' | 'seven-out'

export interface RollResult {
  readonly state: TableState
  readonly settlements: readonly Settlement[]
  readonly pointBefore: PointNumber | undefined
  readonly pointAfter: PointNumber | undefined
  readonly gameEnded: GameEnd | undefined
}

const COME_OUT: Phase = { kind: 'come-out' }

/** @throws RangeError when the rules cannot hold. */
export function openTable(tableId: string, rules: Partial<TableRules> = {}): TableState {
  return { tableId, rules: tableRules(rules), phase: COME_OUT, bets: [] }
}

export function pointOf(state: TableState): PointNumber | undefined {
  return state.phase.kind === 'point' ? state.phase.number : undefined
}

/**
 * Settles what the dice decide and moves the table on; `state` itself is left as it was.
 * @throws RangeError for dice outside 1..6.
 */
export function applyRoll(state: TableState, dice: Dice): RollResult {
  const pointBefore = pointOf(state)
  const roll: Roll = { total: totalOf(dice), isHard: dice[0] === dice[1], point: pointBefore }
  const bets: OpenBet[] = []
  const settlements: Settlement[] = []
  for (const open of state.bets) {
    const verdict = verdictOn(open, roll, state.rules)
    switch (verdict.kind) {
      case 'stays':
        bets.push(open)
        break
      case 'travels':
        bets.push({ bet: open.bet, on: verdict.to })
        break
      case 'wins':
        settlements.push(settle(open, 'win', open.bet.amount + winnings(open.bet.amount, verdict.odds)))
        break
      case 'loses':
        settlements.push(settle(open, 'lose', 0))
        break
      case 'pushes':
        settlements.push(settle(open, 'push', open.bet.amount))
        break
    }
  }
  const { phase, gameEnded } = nextPhase(state.phase, roll.total)
  const next: TableState = { ...state, phase, bets }
  return { state: next, settlements, pointBefore, pointAfter: pointOf(next), gameEnded }
}

function settle({ bet, on }: OpenBet, outcome: Settlement['outcome'], payout: Amount): Settlement {
  const { betId, playerId, kind, amount: stake } = bet
  const number = kind === 'pass-odds' || kind === 'dont-pass-odds' ? on : bet.number
  return { betId, playerId, kind, number, outcome, stake, payout }
}

function nextPhase(phase: Phase, total: number): { readonly phase: Phase; readonly gameEnded: GameEnd | undefined } {
  switch (phase.kind) {
    case 'come-out':
      if (isPointNumber(total)) return { phase: { kind: 'point', number: total }, gameEnded: undefined }
      return { phase: COME_OUT, gameEnded: total === 7 || total === 11 ? 'natural' : 'craps' }
    case 'point':
      if (total === phase.number) return { phase: COME_OUT, gameEnded: 'point-made' }
      if (total === 7) return { phase: COME_OUT, gameEnded: 'seven-out' }
      return { phase, gameEnded: undefined }
  }
}
