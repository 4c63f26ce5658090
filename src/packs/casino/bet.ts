export interface PlacedBet {
  readonly playerId: string
  readonly amount: number
  /** When it was placed, in ms since the epoch. */
  readonly at: number
}

export interface SettledBet {
  readonly playerId: string
  readonly stake: number
  /** All that goes back to the player, the returned stake included: 0 for a lost bet, the stake for a push. */
  readonly payout: number
  /** When it was settled, in ms since the epoch. */
  readonly at: number
  /** Of a decided bet of this kind, between 0 and 1. Default: what the player book was made with. */
  readonly winProbability?: number | undefined
}

/** @throws RangeError unless the amount is a finite number >= 0. */
export function checkPlaced({ amount }: PlacedBet): void {
  checkAmount('amount', amount)
}

/** @throws RangeError unless stake and payout are finite numbers >= 0 and the probability lies between 0 and 1. */
export function checkSettled({ stake, payout, winProbability }: SettledBet): void {
  checkAmount('stake', stake)
  checkAmount('payout', payout)
  if (winProbability !== undefined) checkWinProbability(winProbability)
}

export function checkWinProbability(probability: number): void {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`win probability ${probability} must lie between 0 and 1`)
  }
}

function checkAmount(name: string, amount: number): void {
  if (!(amount >= 0 && amount < Infinity)) throw new RangeError(`bet: ${name} ${amount} must be a finite number >= 0`)
}
