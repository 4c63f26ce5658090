type Texts = Readonly<Record<string, string>>

/** A query whose result is stored as series named `record`. Durations are written as Prometheus writes them: `5m`, `1h30m`. */
export interface RecordingRule {
  readonly record: string
  readonly expr: string
  readonly labels?: Texts
}

/** A query of which each sample is an alert. */
export interface AlertingRule {
  readonly alert: string
  readonly expr: string
  /** How long a sample must be there before its alert fires. Default: it fires at once. */
  readonly for?: string
  /** How long an alert fires on when its sample is gone. */
  readonly keepFiringFor?: string
  /** Values are templates. */
  readonly labels?: Texts
  /** Values are templates. */
  readonly annotations?: Texts
}

export type Rule = RecordingRule | AlertingRule

/** Rules that are evaluated together, one after the other. */
export interface RuleGroup {
  readonly name: string
  /** Default: the interval that all groups have, a minute. */
  readonly interval?: string
  /** How far in the past the queries look, for samples that come late. */
  readonly queryOffset?: string
  /** How many series or alerts a rule may give; 0: any number. */
  readonly limit?: number
  /** For every rule that has none of the same name. */
  readonly labels?: Texts
  readonly rules: readonly Rule[]
}

export function isAlerting(rule: Rule): rule is AlertingRule {
  return 'alert' in rule
}

/** The name under which a rule is known. */
export function ruleName(rule: Rule): string {
  return isAlerting(rule) ? rule.alert : rule.record
}
