import { createHash } from 'node:crypto'
import { isLabelName } from './config/label-name.ts'
import { DEFAULT_REGEX, hasVariable, type RelabelRule } from './config/relabel-rule.ts'

/** Applies the rules in order to the labels, which have no empty values before and after. False: what they stand on is dropped. */
export function relabel(labels: Map<string, string>, rules: readonly RelabelRule[]): boolean {
  return rules.every((rule) => apply(rule, labels))
}

function apply(rule: RelabelRule, labels: Map<string, string>): boolean {
  const { action, regex, targetLabel } = rule
  const value = rule.sourceLabels.map((name) => labels.get(name) ?? '').join(rule.separator)
  switch (action) {
    case 'keep':
      return regex.matches(value)
    case 'drop':
      return !regex.matches(value)
    case 'keepequal':
      return (labels.get(targetLabel) ?? '') === value
    case 'dropequal':
      return (labels.get(targetLabel) ?? '') !== value
    case 'replace':
      replace(rule, value, labels)
      return true
    case 'lowercase':
      put(labels, targetLabel, value.toLowerCase())
      return true
    case 'uppercase':
      put(labels, targetLabel, value.toUpperCase())
      return true
    case 'hashmod':
      put(labels, targetLabel, String(hashOf(value) % BigInt(rule.modulus)))
      return true
    case 'labelmap':
      for (const [name, text] of Array.from(labels)) {
        const mapped = regex.expand(name, rule.replacement)
        if (mapped !== undefined && mapped !== '') put(labels, mapped, text)
      }
      return true
    case 'labeldrop':
    case 'labelkeep':
      for (const name of Array.from(labels.keys())) {
        if (regex.matches(name) === (action === 'labeldrop')) labels.delete(name)
      }
      return true
  }
}

function replace({ regex, targetLabel, replacement }: RelabelRule, value: string, labels: Map<string, string>): void {
  // The plain case of a label that is set or taken out, which needs no match.
  if (value === '' && regex.source === DEFAULT_REGEX && !hasVariable(targetLabel) && !hasVariable(replacement)) {
    put(labels, targetLabel, replacement)
    return
  }
  const name = hasVariable(targetLabel) ? regex.expand(value, targetLabel) : targetLabel
  const text = regex.expand(value, replacement)
  if (name !== undefined && text !== undefined && isLabelName(name)) put(labels, name, text)
}

/** The last eight bytes of the MD5, as Prometheus has always taken them. */
function hashOf(value: string): bigint {
  return createHash('md5').update(value).digest().readBigUInt64BE(8)
}

function put(labels: Map<string, string>, name: string, value: string): void {
  if (value === '') labels.delete(name)
  else labels.set(name, value)
}
