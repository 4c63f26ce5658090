import { readMatchers } from '../../../alerting/index.ts'
import { type LabelSet, Matcher } from '../../../series/index.ts'
import { AlertingFault } from './fault.ts'

const TRUE = new Set(['true', '1', 'yes', 'ok', 'y', 'on', 'selected', 'checked', 't', 'enabled'])

/** What is said counts; anything that is no yes is a no. Default: yes. */
export function flagOf(query: URLSearchParams, name: string): boolean {
  const said = query.get(name) ?? ''
  return said === '' || TRUE.has(said.toLowerCase())
}

/** One matcher for each time that it is said; all must hold. */
export function matchersOf(query: URLSearchParams, name: string): readonly Matcher[] {
  return query.getAll(name).map((text) => {
    if (/^\s*\{/.test(text)) throw AlertingFault.said(400, `bad matcher format: ${text}`)
    const read = readMatchers(text)
    if (!read.ok) throw AlertingFault.said(400, read.fault)
    const [only, ...more] = read.matchers
    if (only === undefined) throw AlertingFault.said(400, `bad matcher format: ${text}`)
    if (more.length > 0) {
      throw AlertingFault.said(400, `bad matcher format: ${text}: one matcher is expected; ${name} can be said again`)
    }
    return only
  })
}

/** Which labels pass `filter`. */
export function labelFilter(query: URLSearchParams): (labels: LabelSet) => boolean {
  const matchers = matchersOf(query, 'filter')
  return (labels) => matchers.every((matcher) => matcher.matchesSet(labels))
}

/** Which receivers, by name, pass `receiver` and `receiver_matchers`: ours have no labels, which match as empty ones. */
export function receiverFilter(query: URLSearchParams): (name: string) => boolean {
  const passes = matchersOf(query, 'receiver_matchers').every((matcher) => matcher.matches(''))
  const pattern = query.get('receiver') ?? ''
  const wanted = pattern === '' ? undefined : receiverMatcher(pattern)
  return (name) => passes && (wanted === undefined || wanted.matches(name))
}

function receiverMatcher(pattern: string): Matcher {
  try {
    return new Matcher('receiver', '=~', pattern)
  } catch (error) {
    if (error instanceof RangeError) {
      throw AlertingFault.said(400, `failed to parse receiver param: ${error.message}`)
    }
    throw error
  }
}
