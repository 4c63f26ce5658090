import type { Listing, ListingRow } from '../listing.ts'
import type { PlayerBook, PlayerStats } from './player-book.ts'

export const PLAYERS = 'players'

/** The players who wager most, and those whose play is to be looked at. */
export function playerListing(book: PlayerBook): Listing {
  return {
    id: PLAYERS,
    columns: [
      { key: 'player', title: 'Player' },
      { key: 'bets', title: 'Bets', unit: 'short' },
      { key: 'games', title: 'Settled', unit: 'short' },
      { key: 'wagered', title: 'Wagered', unit: 'money' },
      { key: 'won', title: 'Paid out', unit: 'money' },
      { key: 'winRate', title: 'Win rate', unit: 'percent-of-one', decimals: 1 },
      {
        key: 'suspicion',
        title: 'Suspicion',
        unit: 'percent-of-one',
        decimals: 0,
        thresholds: [
          { from: undefined, level: 'neutral' },
          { from: 0.5, level: 'warning' },
          { from: 0.9, level: 'critical' },
        ],
      },
      { key: 'reasons', title: 'Why' },
    ],
    orders: [
      { id: 'wagered', title: 'Most wagered' },
      { id: 'suspicion', title: 'Most suspicious' },
    ],
    size: () => book.stats.players,
    rows: (order, most) => book.top(most, order === 'suspicion' ? 'suspicion' : 'wagered').map(rowOf),
  }
}

function rowOf({ playerId, suspicion, bets, games, wagered, won, winRate }: PlayerStats): ListingRow {
  const reasons = suspicion.parts
    .filter(({ score }) => score > 0)
    .map(({ name, reason }) => `${name}: ${reason}`)
    .join('; ')
  return { player: playerId, bets, games, wagered, won, winRate, suspicion: suspicion.score, reasons }
}
