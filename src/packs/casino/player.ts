import type { SettledBet } from './bet.ts'
import { combine, StakePattern, type Suspicion, Timing, WinRate } from './suspicion.ts'

/** What one player did, in a few dozen numbers however long the player plays. */
export class Player {
  bets = 0
  games = 0
  wagered = 0
  won = 0
  readonly #winRate = new WinRate()
  readonly #stakes = new StakePattern()
  readonly #timing = new Timing()

  get winRate(): number | undefined {
    return this.#winRate.rate
  }

  get suspicion(): Suspicion {
    return combine([this.#winRate.part(), this.#stakes.part(), this.#timing.part()])
  }

  placed(amount: number, at: number): void {
    this.bets++
    this.wagered += amount
    this.#stakes.placed(amount)
    this.#timing.placed(at)
  }

  settled({ stake, payout }: SettledBet, winProbability: number): void {
    this.games++
    this.won += payout
    if (payout !== stake) this.#winRate.decided(payout > stake, winProbability)
    this.#stakes.settled(stake, payout < stake)
  }
}
