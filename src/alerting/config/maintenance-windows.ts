import type { MaintenanceWindow, TimeSpec } from '../dispatch-types.ts'
import { readMatcherList } from './matcher-list.ts'
import type { Section } from './section.ts'
import { readSpecs } from './time-intervals.ts'

const KEYS = ['name', 'matchers', 'during', 'owner', 'reason']
const NO_OLDER_KEYS = { values: '', patterns: '' }

export function readMaintenance(parent: Section): readonly MaintenanceWindow[] {
  const names = new Set<string>()
  return parent.sections('maintenance', KEYS).map((section) => {
    const [name, owner, reason] = ['name', 'owner', 'reason'].map((key) => {
      const text = (section.text(key) ?? '').trim()
      if (text === '') section.fault(`missing ${section.named(key)}${key === 'name' ? ' in maintenance' : ''}`)
      return text
    })
    if (name !== undefined && name !== '' && names.has(name)) {
      section.fault(`maintenance ${JSON.stringify(name)} is not unique`, 'name')
    }
    names.add(name ?? '')
    const matchers = readMatcherList(section, { texts: 'matchers', ...NO_OLDER_KEYS })
    if (matchers.every((matcher) => matcher.matches(''))) {
      section.fault(
        `missing ${section.named('matchers')}, such as [service="db"]: one at least must not match an empty value`,
        section.has('matchers') ? 'matchers' : undefined,
      )
    }
    const specs = readSpecs(section, 'during')
    if (specs.length === 0) {
      section.fault(`missing ${section.named('during')}: [{ weekdays: [sunday], times: [...] }]`)
    } else if (specs.some(isAlways)) {
      section.fault('a part that states no time is always: maintenance would never end', 'during')
    }
    return { name: name ?? '', owner: owner ?? '', reason: reason ?? '', matchers, specs }
  })
}

function isAlways(spec: TimeSpec): boolean {
  return Object.keys(spec).every((key) => key === 'location')
}
