import { type Bet, type LineKind, type OddsKind, readBet } from './bet.ts'
import type { PointNumber } from './dice.ts'
import { LAY_ODDS, ODDS_MULTIPLE, winnings } from './payout.ts'
import { refuse, type Refused } from './refusal.ts'
import { pointOf, type TableState } from './table.ts'
import type { OpenBet } from './verdict.ts'

export type Placement = { readonly ok: true; readonly bet: Bet; readonly state: TableState } | Refused

/** Reads a bet and puts it on the table, or says why not; `state` itself is left as it was. A bet's id is unique among the open ones. */
export function placeBet(state: TableState, input: unknown): Placement {
  const reading = readBet(input)
  if (!reading.ok) return reading
  const { bet } = reading
  const seat = seatFor(state, bet)
  if ('reason' in seat) return seat
  return { ok: true, bet, state: { ...state, bets: [...state.bets, seat] } }
}

function seatFor(state: TableState, bet: Bet): OpenBet | Refused {
  const { tableId, rules, bets } = state
  if (bet.tableId !== tableId) return refuse('wrong-table', `this is table ${tableId}, the bet is for ${bet.tableId}`)
  if (bets.length >= rules.maxOpenBets)
    return refuse('table-full', `${rules.maxOpenBets} bets are open: wait for a roll`)
  if (bets.some((open) => open.bet.betId === bet.betId)) {
    return refuse('duplicate-bet', `bet ${bet.betId} is on the table already`)
  }
  const point = pointOf(state)
  switch (bet.kind) {
    case 'pass-odds':
    case 'dont-pass-odds':
      if (point === undefined) return refuse('wrong-phase', `${bet.kind} need a point: wait for the come-out roll`)
      return behind(state, bet, bet.kind, point)
    case 'come-odds':
    case 'dont-come-odds':
      return behind(state, bet, bet.kind, bet.number)
    case 'pass':
    case 'dont-pass':
      if (point !== undefined) return refuse('wrong-phase', `${bet.kind} is for the come-out; the point is ${point}`)
      return withinLimits(state, bet, undefined)
    case 'come':
    case 'dont-come':
      if (point === undefined) return refuse('wrong-phase', `${bet.kind} needs a point: wait for the come-out roll`)
      return withinLimits(state, bet, undefined)
    case 'place':
      return withinLimits(state, bet, bet.number)
    case 'field':
    case 'hardway':
    case 'any-seven':
      return withinLimits(state, bet, undefined)
  }
}

function withinLimits({ rules }: TableState, bet: Bet, on: PointNumber | undefined): OpenBet | Refused {
  if (bet.amount < rules.minimum) return refuse('below-minimum', `the smallest bet here is ${rules.minimum}`)
  if (bet.amount > rules.maximum) return refuse('above-maximum', `the largest bet here is ${rules.maximum}`)
  return { bet, on }
}

const BASE_OF: Readonly<Record<OddsKind, LineKind>> = {
  'pass-odds': 'pass',
  'dont-pass-odds': 'dont-pass',
  'come-odds': 'come',
  'dont-come-odds': 'dont-come',
}

/** Odds stand behind all that the player has on that number by that kind, and all of the odds there share one limit. */
function behind(state: TableState, bet: Bet, kind: OddsKind, on: PointNumber): OpenBet | Refused {
  const stakeOn = (wanted: Bet['kind']): number =>
    state.bets.reduce((sum, open) => {
      const counts = open.bet.playerId === bet.playerId && open.bet.kind === wanted && open.on === on
      return counts ? sum + open.bet.amount : sum
    }, 0)
  const base = stakeOn(BASE_OF[kind])
  if (base === 0) return refuse('no-base-bet', `${kind} on ${on} need a ${BASE_OF[kind]} bet on ${on}`)
  const limit = oddsLimit(kind, on, base)
  const room = limit - stakeOn(kind)
  if (bet.amount > room) {
    return refuse('above-odds-limit', `${kind} on ${on} behind ${base} may come to ${limit}: ${room} more`)
  }
  if (isLaid(kind) && winnings(bet.amount, LAY_ODDS[on]) === 0) {
    return refuse('below-minimum', `${bet.amount} laid on ${on} would win nothing: lay 2 or more`)
  }
  return { bet, on }
}

/** The largest stake on the odds behind `base`. Laid odds may win as much as could be staked on taken ones. */
export function oddsLimit(kind: OddsKind, on: PointNumber, base: number): number {
  const multiple = ODDS_MULTIPLE[on] * base
  return isLaid(kind) ? (multiple * LAY_ODDS[on].per) / LAY_ODDS[on].pays : multiple
}

function isLaid(kind: OddsKind): boolean {
  return kind === 'dont-pass-odds' || kind === 'dont-come-odds'
}
