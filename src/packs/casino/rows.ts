import type { PanelRow } from '../dashboard.ts'
import { PLAYERS } from './player-listing.ts'
import { bucketsOf, quantileOf, quantilesOf, rateOf } from '../expressions.ts'

/** Of two fair dice, for the totals 2 to 12. */
const WAYS = [1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1]
const EXPECTED = WAYS.map((ways, i) => `label_replace(vector(${ways} / 36), "total", "${i + 2}", "", "")`).join(' or ')

/** Whether the dice are fair. @param p before the names */
export function diceRow(p: string): PanelRow {
  const rolls = `${p}_dice_rolls_total`
  return {
    title: 'Dice',
    needs: rolls,
    panels: [
      {
        kind: 'bars',
        title: 'Rolls against two fair dice',
        description:
          'The share of each total since the start; the mark is what two fair dice give. Judge by the p-value: a few hundred rolls stray by chance.',
        unit: 'percent-of-one',
        width: 12,
        queries: [{ expr: `sum by (total) (${rolls}) / on () group_left () sum(${rolls})`, legend: '{{total}}' }],
        order: 'name',
        reference: { title: 'two fair dice', expr: EXPECTED, legend: '{{total}}' },
      },
      {
        kind: 'time-series',
        title: 'Fairness p-value',
        description:
          'How likely two fair dice stray at least this far. Below 0.1 % the dice are not fair, or something is wrong.',
        unit: 'percent-of-one',
        width: 12,
        needs: `${p}_dice_fairness_p_value`,
        queries: [{ expr: `${p}_dice_fairness_p_value`, legend: 'p-value' }],
        min: 0,
        max: 1,
      },
      {
        kind: 'time-series',
        title: 'Rolls',
        description: 'A second, of all tables.',
        unit: 'per-second',
        width: 12,
        queries: [{ expr: rateOf(rolls), legend: 'rolls' }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Chi-square',
        description: 'Of the totals, with ten degrees of freedom: above 29.6 is a chance of 1 in 1000.',
        unit: 'none',
        decimals: 1,
        width: 12,
        needs: `${p}_dice_chi_square`,
        queries: [{ expr: `${p}_dice_chi_square`, legend: 'chi-square' }],
        thresholds: [{ from: 29.59, level: 'warning' }],
        min: 0,
      },
    ],
  }
}

/** Games and money. */
export function gamingRow(p: string): PanelRow {
  const [volume, payouts] = [rateOf(`${p}_betting_volume_total`), rateOf(`${p}_payouts_total`)]
  return {
    title: 'Gaming',
    panels: [
      {
        kind: 'time-series',
        title: 'House edge',
        description:
          'What the house keeps of the settled stakes, since the start. Below zero for long, players know something.',
        unit: 'percent-of-one',
        needs: `${p}_house_edge_ratio`,
        queries: [{ expr: `${p}_house_edge_ratio`, legend: 'house edge' }],
      },
      {
        kind: 'time-series',
        title: 'Volume and payouts',
        description: 'A second. Payouts hold the returned stakes: they follow the volume closely.',
        unit: 'per-second',
        queries: [
          { expr: volume, legend: 'staked' },
          { expr: payouts, legend: 'paid out' },
        ],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Bets',
        description: 'Placed a second.',
        unit: 'per-second',
        queries: [{ expr: rateOf(`${p}_bets_total`), legend: 'bets' }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Games',
        description: 'Started a second, and under way.',
        unit: 'short',
        queries: [
          { expr: rateOf(`${p}_games_total`), legend: 'started a second' },
          { expr: `sum(${p}_games_active)`, legend: 'under way' },
        ],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Length of a game',
        description: "From a game's start to its end.",
        unit: 'seconds',
        queries: quantilesOf(`${p}_game_duration_seconds`),
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Disputes and gaming errors',
        description: 'A second. Above 5 errors for 100 bets an alert fires.',
        unit: 'per-second',
        queries: [
          { expr: rateOf(`${p}_game_disputes_total`), legend: 'disputes' },
          { expr: `${rateOf(`${p}_errors_total{category="gaming"}`)} or vector(0)`, legend: 'gaming errors' },
        ],
        min: 0,
      },
    ],
  }
}

/** Who plays. */
export function playersRow(p: string): PanelRow {
  return {
    title: 'Players',
    needs: `${p}_bets_total`,
    panels: [
      {
        kind: 'list',
        title: 'Player statistics',
        description:
          'Of those who wager most, since the start. Suspicion weighs what they win beyond luck, the pattern of their stakes and the timing of their bets: a reason to look, no proof.',
        width: 24,
        listing: PLAYERS,
      },
    ],
  }
}

/** From the bet to its proof. */
export function proofRow(p: string): PanelRow {
  const proof = `${p}_gateway_ingress_to_proof_ms`
  return {
    title: 'From the bet to its proof',
    panels: [
      {
        kind: 'time-series',
        title: 'Ingress to proof',
        description:
          "From a bet's arrival to the moment its proof can be fetched. An alert fires when p95 is above 2 s.",
        unit: 'milliseconds',
        width: 12,
        queries: quantilesOf(proof),
        thresholds: [{ from: 2000, level: 'critical' }],
        links: [{ title: 'Traces of bets', to: 'traces?operation=prove%20bet' }],
        min: 0,
      },
      {
        kind: 'heatmap',
        title: 'Ingress to proof, heat map',
        description: 'How many bets a second waited how long for their proof.',
        unit: 'milliseconds',
        width: 12,
        expr: bucketsOf(proof),
      },
    ],
  }
}

/** How the validators agree. */
export function consensusRow(p: string): PanelRow {
  const accepted = rateOf(`${p}_consensus_proposals_accepted_total`)
  const rejected = rateOf(`${p}_consensus_proposals_rejected_total`)
  return {
    title: 'Consensus',
    panels: [
      {
        kind: 'time-series',
        title: 'Proposals',
        description: 'A second. None accepted for ten minutes: the validators have no quorum.',
        unit: 'per-second',
        queries: [
          { expr: accepted, legend: 'accepted' },
          { expr: rejected, legend: 'rejected' },
        ],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Rejected share',
        description: 'Of all proposals. An alert fires above 10 %.',
        unit: 'percent-of-one',
        queries: [{ expr: `${rejected} / (${rejected} + ${accepted})`, legend: 'rejected' }],
        thresholds: [{ from: 0.1, level: 'critical' }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Time to a quorum',
        description: 'From a proposal to its quorum. An alert fires when p95 is above 1 s.',
        unit: 'seconds',
        queries: quantilesOf(`${p}_consensus_latency_seconds`),
        thresholds: [{ from: 1, level: 'warning' }],
        min: 0,
      },
      {
        kind: 'heatmap',
        title: 'Time to a quorum, heat map',
        width: 12,
        description: 'How many proposals a second took how long.',
        unit: 'seconds',
        expr: bucketsOf(`${p}_consensus_latency_seconds`),
      },
      {
        kind: 'time-series',
        title: 'Forks',
        width: 12,
        description: 'Second proposals for one height within ten minutes. Any is an alert.',
        unit: 'short',
        queries: [{ expr: `sum(increase(${p}_consensus_forks_total[10m]))`, legend: 'forks' }],
        thresholds: [{ from: 1, level: 'critical' }],
        min: 0,
      },
    ],
  }
}

/** Sockets, traffic, and how quickly events reach their subscribers. */
export function fanOutRow(p: string): PanelRow {
  const latency = `${p}_gateway_ws_broadcast_latency_ms`
  return {
    title: 'Sockets and fan-out',
    panels: [
      {
        kind: 'time-series',
        title: 'Subscribers',
        description: 'Sockets by topic.',
        unit: 'short',
        needs: `${p}_gateway_ws_subscribers`,
        queries: [{ expr: `sum by (topic) (${p}_gateway_ws_subscribers)`, legend: '{{topic}}' }],
        min: 0,
      },
      {
        kind: 'time-series',
        title: 'Fan-out p99',
        description: "From an event's time to its hand-over to 99 of 100 sockets, by topic.",
        unit: 'milliseconds',
        needs: `${latency}_count`,
        queries: [{ expr: quantileOf(0.99, latency, 'topic'), legend: '{{topic}}' }],
        min: 0,
      },
      {
        kind: 'heatmap',
        title: 'Fan-out, heat map',
        description: 'How many hand-overs a second came how late.',
        unit: 'milliseconds',
        needs: `${latency}_count`,
        expr: bucketsOf(latency),
      },
      ...trafficPanels(p),
    ],
  }
}

/** The traffic alone, for a page on which there is more. */
export function trafficRow(p: string): PanelRow {
  return { title: 'Sockets', needs: `${p}_network_active_connections`, panels: trafficPanels(p) }
}

function trafficPanels(p: string): PanelRow['panels'] {
  const directions = (what: string): { expr: string; legend: string }[] => [
    { expr: rateOf(`${p}_network_${what}_sent_total`), legend: 'sent' },
    { expr: rateOf(`${p}_network_${what}_received_total`), legend: 'received' },
  ]
  return [
    {
      kind: 'time-series',
      title: 'Open sockets',
      description: 'At zero for two minutes, after there were some, an alert fires.',
      unit: 'short',
      queries: [{ expr: `sum(${p}_network_active_connections)`, legend: 'open' }],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Messages',
      description: 'Sent and received a second.',
      unit: 'per-second',
      queries: directions('messages'),
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Traffic',
      description: 'Bytes of the messages, a second.',
      unit: 'bytes-per-second',
      queries: directions('bytes'),
      min: 0,
    },
  ]
}
