import { checkPlaced, checkSettled, checkWinProbability, type PlacedBet, type SettledBet } from './bet.ts'
import { type Hitter, HeavyHitters } from '../heavy-hitters.ts'
import { Player } from './player.ts'
import type { Suspicion } from './suspicion.ts'

export interface PlayerBookOptions {
  /** Default 10 000. Beyond it a new player takes the place of the one who wagered least. */
  readonly maxPlayers?: number | undefined
  /** Of a decided bet that does not carry its own. Default 244/495: craps' pass line. */
  readonly winProbability?: number | undefined
}

export interface PlayerStats {
  readonly playerId: string
  /** Bets placed. */
  readonly bets: number
  /** Bets settled: won, lost or pushed. */
  readonly games: number
  readonly wagered: number
  /** Paid to the player, returned stakes included. */
  readonly won: number
  /** Wins among the decided bets, 0 to 1; a push is not decided. Undefined before the first. */
  readonly winRate: number | undefined
  readonly suspicion: Suspicion
  /** The most that the player can have wagered before the book took the player in: 0 as long as nobody was evicted. */
  readonly untrackedAtMost: number
}

export interface PlayerBookCounts {
  readonly players: number
  /** Players who had to make room. */
  readonly evicted: number
  /** Settled bets of players who are not in the book. */
  readonly untrackedSettlements: number
  /** Bets whose player id was empty or longer than 128 characters. */
  readonly refusedIds: number
}

const PASS_LINE = 244 / 495
const MAX_ID_LENGTH = 128

/** Statistics of the players who wager most, since the start, in bounded memory. */
export class PlayerBook {
  readonly #players: HeavyHitters<Player>
  readonly #winProbability: number
  #untrackedSettlements = 0
  #refusedIds = 0

  constructor(options: PlayerBookOptions = {}) {
    const { maxPlayers = 10_000, winProbability = PASS_LINE } = options
    if (!(Number.isInteger(maxPlayers) && maxPlayers > 0)) {
      throw new RangeError(`maxPlayers ${maxPlayers} must be a whole number > 0`)
    }
    checkWinProbability(winProbability)
    this.#players = new HeavyHitters(maxPlayers, () => new Player())
    this.#winProbability = winProbability
  }

  get stats(): PlayerBookCounts {
    return {
      players: this.#players.size,
      evicted: this.#players.evicted,
      untrackedSettlements: this.#untrackedSettlements,
      refusedIds: this.#refusedIds,
    }
  }

  /** @throws RangeError unless the amount is a finite number >= 0. */
  placed(bet: PlacedBet): void {
    checkPlaced(bet)
    if (this.#accepts(bet.playerId)) this.#players.add(bet.playerId, bet.amount).placed(bet.amount, bet.at)
  }

  /** @throws RangeError unless stake and payout are finite numbers >= 0. */
  settled(bet: SettledBet): void {
    checkSettled(bet)
    if (!this.#accepts(bet.playerId)) return
    const player = this.#players.get(bet.playerId)?.value
    if (player === undefined) this.#untrackedSettlements++
    else player.settled(bet, bet.winProbability ?? this.#winProbability)
  }

  get(playerId: string): PlayerStats | undefined {
    const hitter = this.#players.get(playerId)
    return hitter && describe(hitter)
  }

  /** The `n` first players by what they wagered, or by how suspicious they are. */
  top(n: number, by: 'wagered' | 'suspicion' = 'wagered'): readonly PlayerStats[] {
    if (!(Number.isInteger(n) && n >= 0)) throw new RangeError(`top: ${n} must be a whole number >= 0`)
    const rank = by === 'wagered' ? (player: Player) => player.wagered : (player: Player) => player.suspicion.score
    return Array.from(this.#players.values(), (hitter) => ({ hitter, rank: rank(hitter.value) }))
      .sort((a, b) => b.rank - a.rank)
      .slice(0, n)
      .map(({ hitter }) => describe(hitter))
  }

  #accepts(playerId: string): boolean {
    if (playerId.length > 0 && playerId.length <= MAX_ID_LENGTH) return true
    this.#refusedIds++
    return false
  }
}

function describe({ key, value: player, error }: Hitter<Player>): PlayerStats {
  return {
    playerId: key,
    bets: player.bets,
    games: player.games,
    wagered: player.wagered,
    won: player.won,
    winRate: player.winRate,
    suspicion: player.suspicion,
    untrackedAtMost: error,
  }
}
