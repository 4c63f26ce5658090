export type { Alert, OutgoingAlert } from './alert.ts'
export { checkGroups, defineRules, type ReadExpression } from './check-rules.ts'
export type {
  ActiveAlert,
  AlertingConfig,
  Channel,
  Decision,
  EscalationPolicy,
  EscalationStep,
  InhibitRule,
  Integration,
  Notification,
  NotifiedAlert,
  NotifyReason,
  Outcome,
  PostedAlert,
  Receiver,
  Route,
  Silence,
  TimeInterval,
  TimeSpec,
} from './dispatch-types.ts'
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
export {
  type Acknowledgement,
  type ChannelStanding,
  channelStanding,
  type ChannelState,
  compareAlerts,
  compareLabels,
  createState,
  type DispatchConfig,
  type DispatchEffect,
  type DispatchEvent,
  type DispatchState,
  type Entry as GroupEntry,
  type Escalation,
  type EscalationStanding,
  escalationStanding,
  fingerprint,
  forgetDerived,
  type Group,
  type GroupLog,
  inhibitor,
  type KnownAlert,
  loadState,
  messageId,
  type SavedPart,
  saveParts,
  type SavedState,
  saveState,
  type SilenceDraft,
  silencesOf,
  type SilenceState,
  silenceState,
  StateLoader,
  step,
  type Stepped,
} from './machine/index.ts'
export * from './message/index.ts'
export * from './notify/index.ts'
export {
  type AlertingRule,
  isAlerting,
  type OnUnknown,
  type RecordingRule,
  type Rule,
  type RuleGroup,
  ruleName,
  type UnknownChoice,
} from './rule.ts'
export { explainRuleFault, type Place, type RuleFault } from './rule-fault.ts'
export { choicesFile, readRuleChoices } from './rule-choices.ts'
export { readRuleFile, type ReadRules } from './rule-file.ts'
export { Rulebook, type RulebookOptions, type RuleSet } from './rulebook.ts'
export {
  type GivenAlert,
  notificationOf,
  notified,
  type Occasion,
  type TestOccasion,
  testNotification,
} from './sample-notification.ts'
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
export { compileSimpleRule, simpleRuleGroups } from './simple/compile.ts'
export type { Condition, SimpleRule } from './simple/simple-rule.ts'
export { printRuleFile } from './print-rules.ts'
export { type Entry, type YamlFault, YamlReader } from './yaml-reader.ts'
export type { AlertingInput, IntegrationInput, ReceiverInput, RouteInput } from './config/alerting-input.ts'
export { type ConfigFault, explainConfigFault } from './config/config-fault.ts'
export { defineAlerting, definitionOf } from './config/define-alerting.ts'
export { readAlertingConfig, type ReadConfig } from './config/read-config.ts'
export {
  explainRoute,
  printExplanation,
  type RouteExplanation,
  routeExplanationJson,
  type RouteVerdict,
} from './route/explain-route.ts'
export {
  type MatcherGrammar,
  printMatcher,
  printMatchers,
  readMatchers,
  type ReadMatchers,
  sortMatchers,
} from './route/matchers.ts'
export { onCallAt, type Shift, shiftsAt } from './route/on-call.ts'
export { allNodes, groupKey, groupLabels, matchRoutes, type RouteNode, routeTree } from './route/route-tree.ts'
export { isWithin, isWithinSpec, nextChange } from './route/time-interval.ts'
export type * from './dispatch-types.ts'
export type { Schedule as OnCallSchedule } from './dispatch-types.ts'
export type * from './notify/options.ts'
