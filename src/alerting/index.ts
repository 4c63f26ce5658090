export type {
  AlertingRuleStatus,
  AlertStatus,
  CommonRuleStatus,
  RecordingRuleStatus,
  RuleGroupStatus,
  RuleStatus,
} from './status.ts'
