import type { Labels } from '../../data/series.ts'
import type { Tone } from '../../parts/states.tsx'
import type { Escalated, Rule, RuleGroup, ToldAlert } from './api.ts'
import { fingerprintOf } from './fingerprint.ts'

/** An alert as the rules and those who tell of it have it together. Times are ms since the epoch. */
export interface ShownAlert {
  readonly fingerprint: string
  readonly name: string
  readonly state: 'pending' | 'firing'
  readonly labels: Labels
  readonly annotations: Labels
  readonly since: number
  /** When it was first told of as firing. */
  readonly firingSince: number | undefined
  readonly value: string | undefined
  readonly rule: Rule | undefined
  readonly told: ToldAlert | undefined
  readonly groups: readonly Escalated[]
}

const RANKS: Readonly<Record<string, number>> = {
  critical: 0,
  page: 0,
  error: 1,
  high: 1,
  warning: 2,
  medium: 2,
  info: 4,
}
const UNKNOWN_RANK = 3

/** The worst first; of the same severity what fires first, then the oldest. */
export function shownAlerts(
  rules: readonly RuleGroup[],
  told: readonly ToldAlert[],
  groups: readonly Escalated[],
): readonly ShownAlert[] {
  const left = new Map(told.map((alert) => [alert.fingerprint, alert]))
  const inGroup = (fingerprint: string): readonly Escalated[] =>
    groups.filter(({ fingerprints }) => fingerprints.includes(fingerprint))
  const alerts: ShownAlert[] = []
  for (const rule of rules.flatMap((group) => group.rules)) {
    for (const { labels, annotations, state, activeAt, value } of rule.alerts ?? []) {
      const fingerprint = fingerprintOf(labels)
      const known = left.get(fingerprint)
      left.delete(fingerprint)
      const since = Date.parse(activeAt)
      alerts.push({
        fingerprint,
        name: labels['alertname'] ?? rule.name,
        state,
        labels,
        annotations,
        since,
        firingSince: state === 'firing' ? since + (rule.duration ?? 0) * 1000 : undefined,
        value,
        rule,
        told: known,
        groups: inGroup(fingerprint),
      })
    }
  }
  for (const alert of left.values()) {
    const since = Date.parse(alert.startsAt)
    alerts.push({
      fingerprint: alert.fingerprint,
      name: alert.labels['alertname'] ?? 'An alert without a name',
      state: 'firing',
      labels: alert.labels,
      annotations: alert.annotations,
      since,
      firingSince: since,
      value: undefined,
      rule: undefined,
      told: alert,
      groups: inGroup(alert.fingerprint),
    })
  }
  return alerts.sort(
    (a, b) =>
      rankOf(a.labels) - rankOf(b.labels) ||
      Number(a.state === 'pending') - Number(b.state === 'pending') ||
      a.since - b.since ||
      (a.fingerprint < b.fingerprint ? -1 : 1),
  )
}

export function severityOf(labels: Labels): string {
  return labels['severity'] ?? 'none'
}

function rankOf(labels: Labels): number {
  return RANKS[severityOf(labels)] ?? UNKNOWN_RANK
}

export function toneOf(labels: Labels): Tone {
  const rank = rankOf(labels)
  return rank < 2 ? 'critical' : rank === 2 ? 'warning' : rank === 4 ? 'info' : 'neutral'
}

/** Where what is to be done is written. An address outside http is only shown. */
export function runbookOf({ annotations, labels }: Pick<ShownAlert, 'annotations' | 'labels'>): string | undefined {
  return annotations['runbook_url'] ?? annotations['runbook'] ?? labels['runbook_url']
}

/** How it stands with telling: the first that holds. */
export function tellingOf({
  told,
  groups,
  state,
}: ShownAlert): { readonly tone: Tone; readonly text: string } | undefined {
  const by = groups.find(({ acknowledged }) => acknowledged !== null)?.acknowledged?.by
  if (by !== undefined) return { tone: 'info', text: `acknowledged by ${by}` }
  if (told === undefined) return state === 'pending' ? undefined : { tone: 'neutral', text: 'nobody is told' }
  if (told.status.silencedBy.length > 0) return { tone: 'neutral', text: 'silenced' }
  if (told.status.inhibitedBy.length > 0) return { tone: 'neutral', text: 'inhibited' }
  if ((told.status.mutedBy ?? []).length > 0) return { tone: 'neutral', text: 'muted' }
  return { tone: 'good', text: `told to ${told.receivers.map(({ name }) => name).join(', ')}` }
}
