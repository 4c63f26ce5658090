import type { InhibitRule } from '../dispatch-types.ts'
import { checkName, readMatcherList } from './matcher-list.ts'
import type { Section } from './section.ts'

const SOURCE = { texts: 'source_matchers', values: 'source_match', patterns: 'source_match_re' }
const TARGET = { texts: 'target_matchers', values: 'target_match', patterns: 'target_match_re' }

export function readInhibitRules(parent: Section): readonly InhibitRule[] {
  const keys = ['name', ...Object.values(SOURCE), ...Object.values(TARGET), 'equal']
  return parent.sections('inhibit_rules', keys).map((section) => {
    section.text('name')
    const sourceMatchers = readMatcherList(section, SOURCE)
    const targetMatchers = readMatcherList(section, TARGET)
    const equal = (section.texts('equal') ?? []).filter((name) => checkName(section, 'equal', name))
    if (targetMatchers.length === 0 && section.source.faults.length === 0) {
      section.warn('it has no target matchers: it silences every alert with equal labels while its source fires')
    }
    return { sourceMatchers, targetMatchers, equal }
  })
}
