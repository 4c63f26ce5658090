export type { Alert, OutgoingAlert } from './alert.ts'
export { checkGroups, defineRules, type ReadExpression } from './check-rules.ts'
export { readDuration } from './duration.ts'
export type { Appended, RuleAnswer, RuleQuery, RuleSample, RulesHost } from './host.ts'
export { type AlertSource, LiveGroup, type LiveGroupOptions, type Notify, type RuleStats } from './live-group.ts'
export {
  ALERT_NAME_LABEL,
  ALERT_STATE_LABEL,
  ALERTS,
  ALERTS_FOR_STATE,
  ALERTS_KEEP_FIRING_SINCE,
  LiveAlertingRule,
  LiveRecordingRule,
  type LiveRule,
} from './live-rule.ts'
export * from './message/index.ts'
export * from './notify/index.ts'
export { type AlertingRule, isAlerting, type RecordingRule, type Rule, type RuleGroup, ruleName } from './rule.ts'
export { explainRuleFault, type Place, type RuleFault } from './rule-fault.ts'
export { readRuleFile, type ReadRules } from './rule-file.ts'
export { Rulebook, type RulebookOptions, type RuleSet } from './rulebook.ts'
export { Schedule } from './schedule.ts'
export type {
  AlertingRuleStatus,
  AlertStatus,
  CommonRuleStatus,
  RecordingRuleStatus,
  RuleGroupStatus,
  RuleStatus,
} from './status.ts'
export { AlertTemplate, TemplateError, type TemplateData, type TemplateHost } from './template/index.ts'
export { type Entry, type YamlFault, YamlReader } from './yaml-reader.ts'
