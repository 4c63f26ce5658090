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
  /** Not in Prometheus's files. */
  readonly unknown?: OnUnknown | undefined
}

/**
 * What becomes of a rule's alerts when nobody knows how it is. `keep`: they stay as they are; `alert`: one more alert says
 * so, with the rule's labels; `ok`: they are over.
 */
export type UnknownChoice = 'keep' | 'alert' | 'ok'

export interface OnUnknown {
  /** The series of an alert are gone while it fires. Default `ok`, as in Prometheus. */
  readonly noData?: UnknownChoice | undefined
  /** The query fails. Default `keep`, as in Prometheus; `alert` keeps them too. */
  readonly error?: UnknownChoice | undefined
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
