import type { LabelSet } from '../series/index.ts'
import type { OnUnknown } from './rule.ts'

/** An alert that is under way; times are ms since the epoch. */
export interface AlertStatus {
  readonly state: 'pending' | 'firing'
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly activeAt: number
  /** Since when it only fires because of `keep_firing_for`. */
  readonly keepFiringSince: number | undefined
  readonly value: number
}

/** What every rule has to tell; times are ms since the epoch. */
export interface CommonRuleStatus {
  readonly name: string
  /** As the formatter prints it. */
  readonly query: string
  readonly labels: LabelSet
  /** `unknown` until the first evaluation. */
  readonly health: 'ok' | 'err' | 'unknown'
  readonly lastError: string | undefined
  readonly evaluationMs: number
  /** Undefined before the first. */
  readonly lastEvaluation: number | undefined
  /** How many it gave last: series, or what it tells of its alerts. */
  readonly samples: number
}

export interface RecordingRuleStatus extends CommonRuleStatus {
  readonly kind: 'recording'
}

export interface AlertingRuleStatus extends CommonRuleStatus {
  readonly kind: 'alerting'
  /** The worst of its alerts'. */
  readonly state: 'inactive' | 'pending' | 'firing'
  /** Nobody knows how it is: its query fails, or the series of alerts are gone that fired. */
  readonly condition?: 'error' | 'nodata' | undefined
  readonly onUnknown?: OnUnknown | undefined
  readonly forMs: number
  readonly keepFiringForMs: number
  readonly annotations: LabelSet
  readonly alerts: readonly AlertStatus[]
}

export type RuleStatus = RecordingRuleStatus | AlertingRuleStatus

export interface RuleGroupStatus {
  readonly name: string
  readonly file: string
  readonly intervalMs: number
  /** Series or alerts that a rule may give; 0: any number. */
  readonly limit: number
  readonly rules: readonly RuleStatus[]
  readonly evaluationMs: number
  readonly lastEvaluation: number | undefined
}
