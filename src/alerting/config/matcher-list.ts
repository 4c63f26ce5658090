import { Matcher, PatternError } from '../../series/index.ts'
import { readMatchers, sortMatchers } from '../route/matchers.ts'
import type { Section } from './section.ts'

/** Three ways to state matchers: as texts, and the older mappings of values and of patterns. */
export interface MatcherKeys {
  readonly texts: string
  readonly values: string
  readonly patterns: string
}

/** Sorted, as Alertmanager keeps them. */
export function readMatcherList(section: Section, keys: MatcherKeys): readonly Matcher[] {
  const matchers: Matcher[] = []
  for (const [name, value] of Object.entries(section.textMap(keys.values) ?? {})) {
    if (checkName(section, keys.values, name)) matchers.push(new Matcher(name, '=', value))
  }
  for (const [name, value] of Object.entries(section.textMap(keys.patterns) ?? {})) {
    if (checkName(section, keys.patterns, name)) add(section, keys.patterns, matchers, name, value)
  }
  for (const text of section.texts(keys.texts) ?? []) {
    const read = readMatchers(text)
    if (!read.ok) {
      section.fault(`${read.fault}; write it like severity="critical" or team=~"a|b"`, keys.texts)
      continue
    }
    if (read.ambiguous !== undefined) section.warn(`${text}: ${read.ambiguous}`, keys.texts)
    matchers.push(...read.matchers)
  }
  return sortMatchers(matchers)
}

function add(section: Section, key: string, matchers: Matcher[], name: string, value: string): void {
  try {
    // So Alertmanager keeps it, and shows it in its keys of groups.
    matchers.push(new Matcher(name, '=~', `^(?:${value})$`))
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause
    section.fault(`${name}: ${cause.message}`, key)
  }
}

/** Any name of UTF-8 is one, as since Alertmanager 0.27. */
export function checkName(section: Section, key: string, name: string): boolean {
  if (name !== '' && name.isWellFormed()) return true
  section.fault(`invalid label name ${JSON.stringify(name)}`, key)
  return false
}
