import type { AlertingRule } from '../../alerting/index.ts'
import type { PackOptions } from '../pack.ts'

export interface RuleSetOptions extends PackOptions {
  /** Where the runbooks are: `https://wiki.example.org/runbooks`. Default `docs/runbooks`, as in this package. */
  readonly runbooks?: string | undefined
}

export interface ReadyAlert {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly severity: 'critical' | 'warning'
  readonly category: 'system' | 'network' | 'consensus' | 'gaming' | 'device' | 'security' | 'gateway' | 'reliability'
  /** A line: what is so. */
  readonly summary: string
  /** What it means, and what to do first. */
  readonly description: string
}

/** The rule of a ready set, with the page that tells more. */
export function readyAlert(
  { severity, category, summary, description, ...rule }: ReadyAlert,
  { runbooks = 'docs/runbooks' }: RuleSetOptions,
): AlertingRule {
  const runbook = `${runbooks.replace(/\/$/, '')}/${rule.alert}.md`
  return { ...rule, labels: { severity, category }, annotations: { summary, description, runbook_url: runbook } }
}
