import type { PlayersStats } from '../players/index.ts'
import type { Summary } from '../summary.ts'

/** What it all came to. */
export function closingText(seconds: number, players: PlayersStats | undefined, summary: Summary | undefined): string {
  const lines = [`Played for ${seconds.toFixed(1)} s.`]
  if (players !== undefined) {
    const { accepted, refused, aborted, failed, proofsVerified, proofsFailed, proofsLate, events, complaints } = players
    const statuses = Object.entries(refused).map(([status, count]) => `${status}: ${count}`)
    lines.push(
      `  bets accepted     ${accepted}`,
      `  requests refused  ${statuses.length > 0 ? statuses.join(', ') : 'none'}`,
      `  hung up           ${aborted} requests, ${players.disconnects} sockets`,
      `  without answer    ${failed}`,
      `  proofs            ${proofsVerified} verified, ${proofsFailed} failed, ${proofsLate} late`,
      `  events received   ${events}`,
    )
    if (players.unexpected > 0) lines.push(`  unexpected        ${players.unexpected} answers`)
    lines.push(...complaints.map((complaint) => `    ${complaint}`))
  }
  if (summary !== undefined) {
    const { rolls, houseEdge, errors } = summary
    if (rolls !== undefined) lines.push(`  rolls             ${rolls}`)
    if (houseEdge !== undefined) lines.push(`  house edge        ${(houseEdge * 100).toFixed(2)} %`)
    if (errors !== undefined) lines.push(`  errors counted    ${errors}`)
  }
  return lines.join('\n')
}
