import type { Counter, Gauge, Histogram, Registry } from '../../metrics/index.ts'
import { isDuration } from '../duration.ts'
import { OptionalGauge } from '../optional-gauge.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'
import { checkPlaced, checkSettled, type PlacedBet, type SettledBet } from './bet.ts'

const DURATION_BUCKETS = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800]

/** Is told of every bet; the player book is one. */
export interface BetObserver {
  placed(bet: PlacedBet): void
  settled(bet: SettledBet): void
}

export interface GamingOptions extends PackOptions {
  readonly players?: BetObserver | undefined
}

/** Games, bets, and what the house keeps. */
export class GamingMetrics {
  /** `unmatchedEnds`: games that ended though none was active. */
  readonly stats: { refusedDurations: number; unmatchedEnds: number } = { refusedDurations: 0, unmatchedEnds: 0 }
  readonly #players: BetObserver | undefined
  readonly #games: Counter
  readonly #gamesActive: Gauge
  readonly #gameDuration: Histogram
  readonly #bets: Counter
  readonly #volume: Counter
  readonly #payouts: Counter
  readonly #disputes: Counter
  readonly #houseEdge: OptionalGauge
  #active = 0
  #resolvedStakes = 0
  #paid = 0

  constructor(registry: Registry, options: GamingOptions = {}) {
    const prefix = resolvePrefix(options)
    this.#players = options.players
    this.#games = registry.counter({ name: `${prefix}_games_total`, help: 'Games started.' })
    this.#gamesActive = registry.gauge({ name: `${prefix}_games_active`, help: 'Games started and not yet ended.' })
    this.#bets = registry.counter({ name: `${prefix}_bets_total`, help: 'Bets placed.' })
    this.#volume = registry.counter({ name: `${prefix}_betting_volume_total`, help: 'Stakes of the bets placed.' })
    this.#payouts = registry.counter({
      name: `${prefix}_payouts_total`,
      help: 'Amounts paid for settled bets, returned stakes included.',
    })
    this.#disputes = registry.counter({ name: `${prefix}_game_disputes_total`, help: 'Games disputed.' })
    this.#gameDuration = registry.histogram({
      name: `${prefix}_game_duration_seconds`,
      help: "From a game's start to its end.",
      buckets: DURATION_BUCKETS,
    })
    this.#houseEdge = new OptionalGauge(
      registry,
      `${prefix}_house_edge_ratio`,
      'Stakes of settled bets minus their payouts, as a share of those stakes, since the start; absent before the first.',
    )
  }

  /** Settled stakes minus their payouts, as a share of those stakes: open bets stand outside. Undefined before the first. */
  get houseEdge(): number | undefined {
    return this.#resolvedStakes > 0 ? (this.#resolvedStakes - this.#paid) / this.#resolvedStakes : undefined
  }

  gameStarted(): void {
    this.#games.inc()
    this.#gamesActive.set(++this.#active)
  }

  gameEnded(durationMs: number): void {
    if (this.#active > 0) this.#gamesActive.set(--this.#active)
    else this.stats.unmatchedEnds++
    if (isDuration(durationMs)) this.#gameDuration.observe(durationMs / 1000)
    else this.stats.refusedDurations++
  }

  /** @throws RangeError unless the amount is a finite number >= 0. */
  betPlaced(bet: PlacedBet): void {
    checkPlaced(bet)
    this.#bets.inc()
    this.#volume.inc(bet.amount)
    this.#players?.placed(bet)
  }

  /** Call it once a bet, also for a lost one. @throws RangeError unless stake and payout are finite numbers >= 0. */
  betSettled(bet: SettledBet): void {
    checkSettled(bet)
    this.#payouts.inc(bet.payout)
    this.#resolvedStakes += bet.stake
    this.#paid += bet.payout
    this.#houseEdge.set(this.houseEdge)
    this.#players?.settled(bet)
  }

  dispute(): void {
    this.#disputes.inc()
  }
}
