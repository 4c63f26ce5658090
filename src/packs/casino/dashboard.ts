import type { Dashboard } from '../dashboard.ts'
import { type PackOptions, resolvePrefix } from '../pack.ts'
import { consensusRow, diceRow, fanOutRow, gamingRow, playersRow, proofRow } from './rows.ts'

/** Games and money, the dice, and the way of a bet. */
export function casinoDashboards(options: PackOptions = {}): readonly Dashboard[] {
  const p = resolvePrefix(options)
  return [
    {
      id: 'casino',
      title: 'Casino',
      description: 'Whether the games are fair, and what the house keeps.',
      rows: [diceRow(p), gamingRow(p), playersRow(p)],
    },
    {
      id: 'bets',
      title: 'Bets and consensus',
      description: 'From the bet to its proof, the validators on the way, and the news of it.',
      rows: [proofRow(p), consensusRow(p), fanOutRow(p)],
    },
  ]
}
