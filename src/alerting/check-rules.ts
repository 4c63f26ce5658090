import { METRIC_NAME_LABEL } from '../series/index.ts'
import { readDuration } from './duration.ts'
import { isAlerting, type Rule, type RuleGroup, ruleName } from './rule.ts'
import type { Place, RuleFault } from './rule-fault.ts'
import { readAlertTemplate, TemplateError } from './template/index.ts'

/** Reads an expression: as the formatter prints it, or what is wrong with it. */
export type ReadExpression = (expr: string) =>
  | {
      readonly ok: true
      readonly printed: string
      /** What has samples as long as there is data, whatever is compared; undefined: that cannot be told. */
      readonly data?: string | undefined
    }
  | { readonly ok: false; readonly fault: string }

/** Where something stands: a group, a rule of it, a key of that. Counted from 0. */
export type FindPlace = (group: number, rule?: number, key?: string) => Place | undefined

/** Everything wrong with groups of one file, in Prometheus's words where it has words. */
export function checkGroups(
  groups: readonly RuleGroup[],
  readExpression: ReadExpression,
  findPlace: FindPlace = () => undefined,
): readonly RuleFault[] {
  const names = new Set<string>()
  return groups.flatMap((group, i) => {
    const fault = (message: string): RuleFault => ({ message, group: undefined, rule: undefined, place: findPlace(i) })
    const faults: RuleFault[] = []
    if (group.name === '') faults.push(fault('Groupname must not be empty'))
    if (names.has(group.name)) {
      faults.push(fault(`groupname: "${group.name}" is repeated in the same file; give each group a name of its own`))
    }
    names.add(group.name)
    const own = [...labelFaults(group.labels ?? {}), ...groupNumberFaults(group)]
    faults.push(...own.map((message) => ({ ...fault(message), group: group.name })))
    group.rules.forEach((rule, k) => {
      for (const { message, key } of ruleFaults(rule, readExpression)) {
        faults.push({
          message,
          group: group.name,
          rule: { number: k + 1, name: ruleName(rule) },
          place: findPlace(i, k, key),
        })
      }
    })
    return faults
  })
}

interface Finding {
  readonly message: string
  readonly key: string
}

function* ruleFaults(rule: Rule, readExpression: ReadExpression): Iterable<Finding> {
  const nameKey = isAlerting(rule) ? 'alert' : 'record'
  if (ruleName(rule) === '') yield { message: `field '${nameKey}' must not be empty`, key: nameKey }
  if (rule.expr === '') yield { message: "field 'expr' must be set in rule", key: 'expr' }
  else {
    const read = readExpression(rule.expr)
    if (!read.ok) yield { message: `could not parse expression: ${read.fault}`, key: 'expr' }
  }
  if (!isAlerting(rule)) {
    const { record } = rule
    if (!record.isWellFormed()) yield { message: `invalid recording rule name: ${record}`, key: 'record' }
    if (/[{}]/.test(record)) {
      const message = `braces present in the recording rule name; should it be in expr?: ${record}`
      yield { message, key: 'record' }
    }
  }
  for (const message of labelFaults(rule.labels ?? {})) yield { message, key: 'labels' }
  if (isAlerting(rule)) yield* alertFaults(rule)
}

function* alertFaults(rule: Extract<Rule, { alert: string }>): Iterable<Finding> {
  for (const [key, choice] of Object.entries(rule.unknown ?? {})) {
    const path = `unknown.${key}`
    if (!['noData', 'error'].includes(key)) yield { message: `${path}: unknown; known here: noData, error`, key }
    else if (choice !== undefined && !['keep', 'alert', 'ok'].includes(choice)) {
      yield { message: `${path}: ${JSON.stringify(choice)}; write keep, alert or ok`, key }
    }
  }
  const { alert, labels = {}, annotations = {} } = rule
  for (const [key, text] of [
    ['for', rule.for],
    ['keep_firing_for', rule.keepFiringFor],
  ] as const) {
    const read = text === undefined ? 0 : readDuration(text)
    if (typeof read !== 'number') yield { message: `${key}: ${read.fault}; write it like 30s, 5m or 1h30m`, key }
  }
  for (const name of Object.keys(annotations)) {
    if (!isName(name)) yield { message: `invalid annotation name: ${name}`, key: 'annotations' }
  }
  for (const [what, texts] of [
    ['label', labels],
    ['annotation', annotations],
  ] as const) {
    for (const [name, text] of Object.entries(texts)) {
      const fault = templateFault(alert, text)
      if (fault !== undefined) yield { message: `${what} ${JSON.stringify(name)}: ${fault}`, key: `${what}s` }
    }
  }
}

function templateFault(alert: string, text: string): string | undefined {
  try {
    readAlertTemplate(alert, text)
    return undefined
  } catch (cause) {
    if (cause instanceof TemplateError) return cause.message
    throw cause
  }
}

function* labelFaults(labels: Readonly<Record<string, string>>): Iterable<string> {
  for (const [name, value] of Object.entries(labels)) {
    if (name === METRIC_NAME_LABEL) yield `invalid label name: ${name}; a metric is named by 'record'`
    else if (!isName(name)) yield `invalid label name: ${name}`
    if (!value.isWellFormed()) yield `invalid label value: ${value}`
  }
}

function* groupNumberFaults({ interval, queryOffset, limit }: RuleGroup): Iterable<string> {
  for (const [key, text] of [
    ['interval', interval],
    ['query_offset', queryOffset],
  ] as const) {
    const read = text === undefined ? 0 : readDuration(text)
    if (typeof read !== 'number') yield `${key}: ${read.fault}; write it like 30s, 5m or 1h30m`
  }
  if (limit !== undefined && !Number.isSafeInteger(limit)) yield `limit: ${limit} must be a whole number`
}

/** Any text of UTF-8 but the empty one. */
function isName(name: string): boolean {
  return name !== '' && name.isWellFormed()
}

/**
 * Rules as data, checked but for their expressions, which are read where the rules are loaded.
 * @throws RangeError that names group, rule and what is wrong.
 */
export function defineRules<const T extends readonly RuleGroup[]>(groups: T): T {
  const faults = checkGroups(groups, (expr) => ({ ok: true, printed: expr }))
  const [first] = faults
  if (first === undefined) return groups
  const { group, rule, message } = first
  throw new RangeError(
    `${group === undefined ? '' : `group "${group}": `}${rule === undefined ? '' : `rule ${rule.number}, "${rule.name}": `}${message}`,
  )
}
