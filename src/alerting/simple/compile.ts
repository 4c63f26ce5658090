import { readDuration } from '../duration.ts'
import type { AlertingRule, RuleGroup } from '../rule.ts'
import type { Condition, SimpleRule } from './simple-rule.ts'

const SELECTOR = /^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{.*\})?$/s
const COUNTER = /^[a-zA-Z0-9_:]+_(?:total|count|sum|bucket)(?:\{|$)/
const SECONDS = { second: 1, minute: 60, hour: 3600 }
/** Of a counter that deviates: its rate over so long, looked at so often. */
const RATE_OVER = '5m'
const STEP = '1m'
const OWN_LABELS = ['alertname', 'severity', 'category', '__name__']

/**
 * The rule of Prometheus that a simple one stands for.
 * @throws RangeError that names the rule and what is wrong with it.
 */
export function compileSimpleRule(rule: SimpleRule): AlertingRule {
  check(rule)
  const { name, description, severity, category, tags } = rule
  return {
    alert: name,
    expr: expressionOf(rule),
    ...(rule.for !== undefined && { for: rule.for }),
    labels: { ...tags, severity, ...(category !== undefined && { category }) },
    annotations: { summary: summaryOf(rule), description },
    ...(rule.unknown !== undefined && { unknown: rule.unknown }),
  }
}

/** One group for each interval, in the order in which they come. */
export function simpleRuleGroups(name: string, rules: readonly SimpleRule[]): readonly RuleGroup[] {
  const byInterval = new Map<string | undefined, AlertingRule[]>()
  for (const rule of rules) {
    const compiled = compileSimpleRule(rule)
    const group = byInterval.get(rule.interval)
    if (group === undefined) byInterval.set(rule.interval, [compiled])
    else group.push(compiled)
  }
  return Array.from(byInterval, ([interval, compiled]) =>
    interval === undefined
      ? { name, rules: compiled }
      : { name: `${name} every ${interval}`, interval, rules: compiled },
  )
}

function expressionOf({ metric, expression, condition }: SimpleRule): string {
  const value = metric ?? `(${expression})`
  const over = (range: string): string => (metric === undefined ? `${value}[${range}:]` : `${value}[${range}]`)
  switch (condition.kind) {
    case 'greater':
      return `${value} > ${condition.than}`
    case 'less':
      return `${value} < ${condition.than}`
    case 'between':
      return `${value} >= ${condition.from} <= ${condition.to}`
    case 'rate-of-change': {
      const change = `${isCounter(metric) ? 'rate' : 'deriv'}(${over(condition.over)})`
      const factor = condition.per === 'second' ? '' : ` * ${SECONDS[condition.per]}`
      return `${change}${factor} ${'greater' in condition ? `> ${condition.greater}` : `< ${condition.less}`}`
    }
    case 'absent':
      return condition.over === undefined ? `absent(${value})` : `absent_over_time(${over(condition.over)})`
    case 'deviates': {
      const now = isCounter(metric) ? `rate(${value}[${RATE_OVER}])` : value
      const past = isCounter(metric) ? `${now}[${condition.over}:${STEP}]` : over(condition.over)
      return `abs(${now} - avg_over_time(${past})) > ${condition.by} * stddev_over_time(${past})`
    }
  }
}

function isCounter(metric: string | undefined): boolean {
  return metric !== undefined && COUNTER.test(metric)
}

function summaryOf({ name, metric, expression, condition }: SimpleRule): string {
  // What a rule is of is no template.
  const what = (metric ?? expression ?? name).replaceAll('{{', '{ {')
  switch (condition.kind) {
    case 'greater':
      return `${what} is {{ $value | humanize }}, above ${condition.than}`
    case 'less':
      return `${what} is {{ $value | humanize }}, below ${condition.than}`
    case 'between':
      return `${what} is {{ $value | humanize }}, between ${condition.from} and ${condition.to}`
    case 'rate-of-change': {
      const bound = 'greater' in condition ? `above ${condition.greater}` : `below ${condition.less}`
      return `${what} changes by {{ $value | humanize }} per ${condition.per}, ${bound}`
    }
    case 'absent':
      return condition.over === undefined ? `${what} is absent` : `${what} has been absent for ${condition.over}`
    case 'deviates':
      return `${isCounter(metric) ? 'the rate of ' : ''}${what} is {{ $value | humanize }} off its average, more than ${condition.by} deviations`
  }
}

function check(rule: SimpleRule): void {
  const { name, metric, expression, condition, tags = {} } = rule
  const refuse = (path: string, why: string): never => {
    throw new RangeError(`rule ${JSON.stringify(name)}: ${path}: ${why}`)
  }
  if (typeof name !== 'string' || name === '') refuse('name', 'an alert needs one')
  if ((metric === undefined) === (expression === undefined)) refuse('metric', 'give it, or an expression, and not both')
  if (metric !== undefined && !SELECTOR.test(metric)) {
    refuse('metric', `${metric} is no selector such as queue_depth{queue="mail"}; write it as an expression`)
  }
  if (expression?.trim() === '') refuse('expression', 'it is empty')
  for (const [path, text] of [
    ['interval', rule.interval],
    ['for', rule.for],
    ['condition.over', 'over' in condition ? condition.over : undefined],
  ] as const) {
    const read = text === undefined ? 1 : readDuration(text)
    if (typeof read !== 'number') refuse(path, `${read.fault}; write it like 30s, 5m or 1h30m`)
    if (read === 0 && path !== 'for') refuse(path, 'must be longer than nothing')
  }
  for (const [key, bound] of boundsOf(condition)) {
    if (!Number.isFinite(bound)) refuse(`condition.${key}`, `${bound} must be a finite number`)
  }
  if (condition.kind === 'between' && condition.from > condition.to) {
    refuse('condition', `from ${condition.from} is above to ${condition.to}`)
  }
  if (condition.kind === 'deviates' && !(condition.by > 0)) refuse('condition.by', `${condition.by} must be above 0`)
  for (const tag of Object.keys(tags)) {
    if (OWN_LABELS.includes(tag)) refuse(`tags.${tag}`, 'the rule has a place of its own for it')
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(tag)) refuse(`tags.${tag}`, 'use letters, digits and _, not a digit first')
  }
}

function boundsOf(condition: Condition): readonly (readonly [string, number])[] {
  switch (condition.kind) {
    case 'greater':
    case 'less':
      return [['than', condition.than]]
    case 'between':
      return [
        ['from', condition.from],
        ['to', condition.to],
      ]
    case 'rate-of-change':
      return 'greater' in condition ? [['greater', condition.greater]] : [['less', condition.less]]
    case 'deviates':
      return [['by', condition.by]]
    case 'absent':
      return []
  }
}
