import type { RuleGroup } from '../../alerting/index.ts'
import { resolvePrefix } from '../pack.ts'
import { type ReadyAlert, readyAlert, type RuleSetOptions } from './ready-alert.ts'

/** Alerts on gateway, network, consensus and gaming: what the casino pack exports. */
export function casinoRules(options: RuleSetOptions = {}): readonly RuleGroup[] {
  const p = resolvePrefix(options)
  const rate = (metric: string): string => `sum by (job) (rate(${p}_${metric}[5m]))`
  const p95 = (metric: string): string => `histogram_quantile(0.95, sum by (job, le) (rate(${p}_${metric}_bucket[5m])))`
  const rejected = rate('consensus_proposals_rejected_total')
  const alerts: readonly ReadyAlert[] = [
    {
      alert: 'HighIngressToProofLatency',
      expr: `${p95('gateway_ingress_to_proof_ms')} > 2000`,
      for: '5m',
      severity: 'critical',
      category: 'gateway',
      summary: '1 bet in 20 waits {{ $value | printf "%.0f" }} ms or longer for its proof',
      description:
        'The 95th percentile from ingress to proof is above 2000 ms for 5 minutes. See which part is slow: the trace of a slow bet names the validator.',
    },
    {
      alert: 'ConsensusStalled',
      expr: `sum by (job) (increase(${p}_consensus_proposals_accepted_total[5m])) == 0`,
      for: '10m',
      severity: 'critical',
      category: 'consensus',
      summary: 'No proposal has been accepted for 15 minutes',
      description:
        'None in any 5 minutes of the last 10. Count the validators that answer: below a quorum nothing is accepted. If no bets come in, it is the way to here that is broken.',
    },
    {
      alert: 'SlowConsensus',
      expr: `${p95('consensus_latency_seconds')} > 1`,
      for: '5m',
      severity: 'warning',
      category: 'consensus',
      summary: '1 proposal in 20 takes {{ $value | humanizeDuration }} or longer to its quorum',
      description:
        'The 95th percentile is above 1 s for 5 minutes. Look for a validator that is slow or far, and at the network.',
    },
    {
      alert: 'ConsensusFailures',
      expr: `${rejected} / (${rejected} + ${rate('consensus_proposals_accepted_total')}) > 0.1`,
      for: '5m',
      severity: 'critical',
      category: 'consensus',
      summary: '{{ $value | humanizePercentage }} of the proposals are rejected',
      description:
        'More than 10 % were refused or found no quorum for 5 minutes. See the reasons in the log of the validators; look for one that disagrees.',
    },
    {
      alert: 'ConsensusForked',
      expr: `sum by (job) (increase(${p}_consensus_forks_total[10m])) > 0`,
      severity: 'critical',
      category: 'consensus',
      summary: 'A second proposal was made for one height',
      description:
        'Two validators believe to lead, or one is not honest. Find both proposals, and take their makers out until it is clear.',
    },
    {
      alert: 'NetworkConnectivityLost',
      expr: `${p}_network_active_connections == 0 and max_over_time(${p}_network_active_connections[1h]) > 0`,
      for: '2m',
      severity: 'critical',
      category: 'network',
      summary: '{{ $labels.instance }} has no connection left',
      description:
        'It had some within the last hour, and has had none for 2 minutes. See whether peers and gateway can be reached from it.',
    },
    {
      alert: 'HighGamingErrorRate',
      expr: `${rate('errors_total{category="gaming"}')} / ${rate('bets_total')} > 0.05`,
      for: '5m',
      severity: 'critical',
      category: 'gaming',
      summary: '{{ $value | humanizePercentage }} of the bets end in an error',
      description:
        'More than 5 gaming errors for 100 bets over 5 minutes. Read the last errors in the diagnostics; stop the table that they come from.',
    },
  ]
  return [{ name: 'boxman-casino', interval: '15s', rules: alerts.map((alert) => readyAlert(alert, options)) }]
}
