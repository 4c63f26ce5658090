import type { Amount, HardNumber } from './bet.ts'
import type { PointNumber } from './dice.ts'

/** "`pays` for `per`": 9:5 pays 9 units for each 5 staked. */
export interface Odds {
  readonly pays: number
  readonly per: number
}

export const EVEN_MONEY: Odds = { pays: 1, per: 1 }

/** The chance of a seven against the chance of the number: no edge on either side. */
export const TAKE_ODDS: Readonly<Record<PointNumber, Odds>> = {
  4: { pays: 2, per: 1 },
  5: { pays: 3, per: 2 },
  6: { pays: 6, per: 5 },
  8: { pays: 6, per: 5 },
  9: { pays: 3, per: 2 },
  10: { pays: 2, per: 1 },
}

export const LAY_ODDS: Readonly<Record<PointNumber, Odds>> = {
  4: { pays: 1, per: 2 },
  5: { pays: 2, per: 3 },
  6: { pays: 5, per: 6 },
  8: { pays: 5, per: 6 },
  9: { pays: 2, per: 3 },
  10: { pays: 1, per: 2 },
}

/** 3-4-5x: this many times the line bet may be staked on taken odds, or won by laid odds. */
export const ODDS_MULTIPLE: Readonly<Record<PointNumber, number>> = { 4: 3, 5: 4, 6: 5, 8: 5, 9: 4, 10: 3 }

export const PLACE_ODDS: Readonly<Record<PointNumber, Odds>> = {
  4: { pays: 9, per: 5 },
  5: { pays: 7, per: 5 },
  6: { pays: 7, per: 6 },
  8: { pays: 7, per: 6 },
  9: { pays: 7, per: 5 },
  10: { pays: 9, per: 5 },
}

export const HARDWAY_ODDS: Readonly<Record<HardNumber, Odds>> = {
  4: { pays: 7, per: 1 },
  6: { pays: 9, per: 1 },
  8: { pays: 9, per: 1 },
  10: { pays: 7, per: 1 },
}

export const ANY_SEVEN_ODDS: Odds = { pays: 4, per: 1 }

/** What a won bet earns on top of its stake. The house has no fractions: a win is rounded down to a whole unit. */
export function winnings(stake: Amount, odds: Odds): Amount {
  return Math.floor((stake * odds.pays) / odds.per)
}
