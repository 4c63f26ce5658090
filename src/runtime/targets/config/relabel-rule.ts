import { Pattern } from '../../../series/index.ts'
import { isLabelName } from './label-name.ts'
import type { YamlMap, YamlValue } from './yaml-value.ts'

export const RELABEL_ACTIONS = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const

export type RelabelAction = (typeof RELABEL_ACTIONS)[number]

export interface RelabelRule {
  readonly action: RelabelAction
  readonly sourceLabels: readonly string[]
  readonly separator: string
  readonly regex: Pattern
  /** 0 unless the action is `hashmod`. */
  readonly modulus: number
  readonly targetLabel: string
  readonly replacement: string
}

export const DEFAULT_REGEX = '(.*)'
const DEFAULT_SEPARATOR = ';'
const DEFAULT_REPLACEMENT = '$1'

/** Undefined for a rule that cannot be; the file knows why. */
export function readRelabelRule(value: YamlValue): RelabelRule | undefined {
  if (value.isNull) return value.problem('empty or null relabeling rule')
  const map = value.map()
  const source = map.at('regex')?.text()
  const regex = readPattern(map, source ?? DEFAULT_REGEX)
  const action = map.at('action')
  const name = action?.text()?.toLowerCase() ?? 'replace'
  const known = RELABEL_ACTIONS.find((each) => each === name)
  const rule = {
    action: known ?? 'replace',
    sourceLabels: map.at('source_labels')?.texts() ?? [],
    separator: map.at('separator')?.text() ?? DEFAULT_SEPARATOR,
    modulus: map.at('modulus')?.count() ?? 0,
    targetLabel: map.at('target_label')?.text() ?? '',
    replacement: map.at('replacement')?.text() ?? DEFAULT_REPLACEMENT,
  }
  map.done()
  if (known === undefined)
    return action?.problem(`unknown relabel action ${JSON.stringify(name)}; there are ${RELABEL_ACTIONS.join(', ')}`)
  const fault = faultOf(rule, map.has('regex'))
  if (fault !== undefined) return map.problem(fault)
  return regex && { ...rule, regex }
}

export function hasVariable(template: string): boolean {
  return template.includes('$')
}

function readPattern(map: YamlMap, source: string): Pattern | undefined {
  try {
    return new Pattern(source)
  } catch (error) {
    return map.at('regex')?.problem(error instanceof Error ? error.message : String(error))
  }
}

function faultOf(rule: Omit<RelabelRule, 'regex'>, hasRegex: boolean): string | undefined {
  const { action, targetLabel, replacement } = rule
  const badName = rule.sourceLabels.find((label) => !isLabelName(label))
  if (badName !== undefined) return `${JSON.stringify(badName)} is not a valid label name`
  const others = rule.separator !== DEFAULT_SEPARATOR || replacement !== DEFAULT_REPLACEMENT || rule.modulus !== 0
  switch (action) {
    case 'keep':
    case 'drop':
      return undefined
    case 'replace':
      return needTarget(rule) ?? (isLabelName(targetLabel) ? undefined : badTarget(rule))
    case 'hashmod':
      if (rule.modulus === 0) return 'relabel configuration for hashmod requires non-zero modulus'
      return needTarget(rule) ?? (isLabelName(targetLabel) ? undefined : badTarget(rule))
    case 'lowercase':
    case 'uppercase':
    case 'keepequal':
    case 'dropequal': {
      const fault = needTarget(rule) ?? (isLabelName(targetLabel) ? undefined : badTarget(rule))
      if (fault !== undefined) return fault
      if (replacement !== DEFAULT_REPLACEMENT) return `'replacement' can not be set for ${action} action`
      if (action === 'lowercase' || action === 'uppercase' || (!others && !hasRegex)) return undefined
      return `${action} action requires only 'source_labels' and \`target_label\`, and no other fields`
    }
    case 'labelmap':
      return isLabelName(replacement)
        ? undefined
        : `${JSON.stringify(replacement)} is invalid 'replacement' for labelmap action`
    case 'labeldrop':
    case 'labelkeep':
      return others || rule.sourceLabels.length > 0 || targetLabel !== ''
        ? `${action} action requires only 'regex', and no other fields`
        : undefined
  }
}

function needTarget({ action, targetLabel }: Pick<RelabelRule, 'action' | 'targetLabel'>): string | undefined {
  return targetLabel === '' ? `relabel configuration for ${action} action requires 'target_label' value` : undefined
}

function badTarget({ action, targetLabel }: Pick<RelabelRule, 'action' | 'targetLabel'>): string {
  return `${JSON.stringify(targetLabel)} is invalid 'target_label' for ${action} action`
}
