import { nearest } from './config/nearest.ts'
import { isAlerting, type OnUnknown, type Rule, type RuleGroup, type UnknownChoice } from './rule.ts'
import type { RuleFault } from './rule-fault.ts'
import { type ReadRules } from './rule-file.ts'
import { YamlReader } from './yaml-reader.ts'

const KEYS = ['alert', 'no_data', 'error']
const CHOICES: readonly UnknownChoice[] = ['keep', 'alert', 'ok']
const OTHERS = '*'

/** A file of this name beside one of rules has what Prometheus's format has no place for. */
export function choicesFile(rules: string): string {
  return `${rules}.boxman`
}

/** Reads such a file: these groups, with what each alerting rule does when nobody knows how it is. */
export function readRuleChoices(text: string, groups: readonly RuleGroup[]): ReadRules {
  const yaml = new YamlReader(text)
  const known = [...new Set(groups.flatMap(({ rules }) => rules.filter(isAlerting).map(({ alert }) => alert)))]
  const top = yaml.entries(yaml.root, 'the file', ['unknown'], (key) => explain(key, ['unknown']))
  const choices = new Map<string, OnUnknown>()
  for (const item of yaml.items(top[0]?.value, 'unknown')) {
    const entries = yaml.entries(item, 'a choice', KEYS, (key) => explain(key, KEYS))
    const of = (key: string): (typeof entries)[number] | undefined => entries.find((each) => each.key === key)
    const [alert, at] = [yaml.text(of('alert')?.value, 'alert'), of('alert')?.value ?? item]
    if (alert === '') yaml.fault(`missing alert: the name of a rule, or "${OTHERS}" for all others`, item)
    else if (alert !== OTHERS && !known.includes(alert)) {
      yaml.fault(`no rule of the file is called ${alert}; ${advice(alert, known)}`, at)
    } else if (choices.has(alert)) yaml.fault(`${alert} comes twice`, at)
    const choice = (key: string): UnknownChoice | undefined => {
      const given = of(key)?.value
      const written = yaml.text(given, key)
      const found = CHOICES.find((each) => each === written)
      if (found === undefined && written !== '') yaml.fault(`${key}: ${written}; write keep, alert or ok`, given)
      return found
    }
    const [noData, error] = [choice('no_data'), choice('error')]
    choices.set(alert, { ...(noData !== undefined && { noData }), ...(error !== undefined && { error }) })
  }
  if (yaml.faults.length > 0) {
    const faults = yaml.faults.map((fault): RuleFault => ({ ...fault, group: undefined, rule: undefined }))
    return { ok: false, faults }
  }
  const chosen = (rule: Rule): Rule => {
    const unknown = isAlerting(rule) ? (choices.get(rule.alert) ?? choices.get(OTHERS)) : undefined
    return unknown === undefined ? rule : { ...rule, unknown }
  }
  return { ok: true, groups: groups.map((group) => ({ ...group, rules: group.rules.map(chosen) })) }
}

function explain(key: string, known: readonly string[]): string {
  return `unknown key ${key}; ${advice(key, known)}`
}

function advice(written: string, known: readonly string[]): string {
  const near = nearest(written, known)
  return near === undefined ? `there may be ${known.join(', ')}` : `did you mean ${near}?`
}
