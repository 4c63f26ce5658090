import { createHash } from 'node:crypto'
import type { AlertStatus, RuleGroupStatus, RuleStatus } from '../../alerting/index.ts'
import { type LabelSet, type Matcher } from '../../series/index.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { failParameter } from './fault.ts'
import { exponential, goSeconds, goTime } from './go-text.ts'
import type { Parameters } from './parameters.ts'

export function alerts({ sources }: ApiContext): Answer {
  const rules = (sources.ruleGroups?.() ?? []).flatMap((group) => group.rules)
  return jsonAnswer({ alerts: rules.flatMap((rule) => (rule.kind === 'alerting' ? rule.alerts.map(alertJson) : [])) })
}

export function rules({ sources }: ApiContext, { parameters }: ApiRequest): Answer {
  const wanted = ruleFilter(parameters)
  const excludeAlerts = readExcludeAlerts(parameters)
  const page = readPage(parameters)
  const groups = sources.ruleGroups?.() ?? []
  const first = page.token === '' ? 0 : groups.findIndex((group) => tokenOf(group) === page.token)
  if (first < 0) {
    failParameter('group_next_token', `invalid group_next_token '${page.token}'. were rule groups changed?`)
  }
  const shown: unknown[] = []
  for (const group of groups.slice(first)) {
    const own = wanted(group)
    if (own.length === 0) continue
    if (shown.length === page.limit) return jsonAnswer({ groups: shown, groupNextToken: tokenOf(group) })
    shown.push(groupJson(group, own, excludeAlerts))
  }
  return jsonAnswer({ groups: shown })
}

/** Which rules of a group are asked for. */
function ruleFilter(parameters: Parameters): (group: RuleGroupStatus) => readonly RuleStatus[] {
  const among = (name: string): ((text: string) => boolean) => {
    const texts = new Set(parameters.all(name))
    return (text) => texts.size === 0 || texts.has(text)
  }
  const [rule, group, file] = [among('rule_name[]'), among('rule_group[]'), among('file[]')]
  const sets = parameters.selectors()
  const type = parameters.text('type').toLowerCase()
  if (type !== '' && type !== 'alert' && type !== 'record') {
    failParameter('type', `not supported value ${JSON.stringify(type)}`)
  }
  const kind = type === 'alert' ? 'alerting' : 'recording'
  return ({ name, file: path, rules }) =>
    group(name) && file(path)
      ? rules.filter((each) => (type === '' || each.kind === kind) && rule(each.name) && matchesAny(sets, each.labels))
      : []
}

function matchesAny(sets: readonly (readonly Matcher[])[], labels: LabelSet): boolean {
  return sets.length === 0 || sets.some((matchers) => matchers.every((matcher) => matcher.matchesSet(labels)))
}

function readExcludeAlerts(parameters: Parameters): boolean {
  const text = parameters.text('exclude_alerts').toLowerCase()
  if (['1', 't', 'true'].includes(text)) return true
  if (['', '0', 'f', 'false'].includes(text)) return false
  const told = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`
  return failParameter('exclude_alerts', `error converting exclude_alerts: ${told}`)
}

/** So many groups, from the one that the token stands for. */
function readPage(parameters: Parameters): { readonly limit: number; readonly token: string } {
  const [text, token] = [parameters.text('group_limit'), parameters.text('group_next_token')]
  if (text === '') {
    if (token === '') return { limit: Infinity, token }
    failParameter('group_next_token', 'group_limit needs to be present in order to paginate over the groups')
  }
  if (!/^[+-]?\d+$/.test(text)) {
    const told = `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`
    failParameter('group_limit', `group_limit needs to be a valid number: ${told}`)
  }
  const limit = Number(text)
  return limit > 0 ? { limit, token } : failParameter('group_limit', 'group_limit needs to be greater than 0')
}

function tokenOf({ file, name }: RuleGroupStatus): string {
  return createHash('sha1').update(`${file};${name}`).digest('hex')
}

function groupJson(group: RuleGroupStatus, rules: readonly RuleStatus[], excludeAlerts: boolean): unknown {
  return {
    name: group.name,
    file: group.file,
    rules: rules.map((rule) => ruleJson(rule, excludeAlerts)),
    interval: goSeconds(group.intervalMs),
    limit: group.limit,
    evaluationTime: goSeconds(group.evaluationMs),
    lastEvaluation: goTime(group.lastEvaluation),
  }
}

function ruleJson(rule: RuleStatus, excludeAlerts: boolean): unknown {
  const { name, query } = rule
  const ran = {
    health: rule.health,
    lastError: rule.lastError === '' ? undefined : rule.lastError,
    evaluationTime: goSeconds(rule.evaluationMs),
    lastEvaluation: goTime(rule.lastEvaluation),
    type: rule.kind,
  }
  if (rule.kind === 'recording')
    return { name, query, labels: rule.labels.size === 0 ? undefined : rule.labels, ...ran }
  return {
    state: rule.state,
    name,
    query,
    duration: goSeconds(rule.forMs),
    keepFiringFor: goSeconds(rule.keepFiringForMs),
    labels: rule.labels,
    annotations: rule.annotations,
    alerts: excludeAlerts ? null : rule.alerts.map(alertJson),
    ...ran,
    // Ours: Prometheus shows a rule of which nobody knows how it is by its health alone.
    boxman: { state: rule.condition ?? rule.state, ...rule.onUnknown },
  }
}

function alertJson(alert: AlertStatus): unknown {
  return {
    labels: alert.labels,
    annotations: alert.annotations,
    state: alert.state,
    activeAt: goTime(alert.activeAt),
    keepFiringSince: alert.keepFiringSince === undefined ? undefined : goTime(alert.keepFiringSince),
    value: exponential(alert.value),
  }
}
