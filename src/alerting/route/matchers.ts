import { compareText, Matcher, type MatchOperator, PatternError } from '../../series/index.ts'
import { parseClassic } from './classic-matchers.ts'
import { MATCH_OPERATORS } from './match-operator.ts'
import { parseUtf8 } from './utf8-matchers.ts'

export interface ParsedMatcher {
  readonly name: string
  readonly operator: MatchOperator
  readonly value: string
}
export type ParsedMatchers = { readonly matchers: readonly ParsedMatcher[] } | { readonly fault: string }

export type ReadMatchers =
  | {
      readonly ok: true
      readonly matchers: readonly Matcher[]
      /** The two grammars do not agree; as it is read, and how to write it so that they do. */
      readonly ambiguous?: string | undefined
    }
  | { readonly ok: false; readonly fault: string }

/**
 * `utf8` is the grammar since Alertmanager 0.27, `classic` that before it. `both`, the default there and here, reads what
 * either knows; where they differ the classic one counts.
 */
export type MatcherGrammar = 'both' | 'classic' | 'utf8'

/** `{severity="critical",team=~"a|b"}`, the braces left out or not. */
export function readMatchers(text: string, grammar: MatcherGrammar = 'both'): ReadMatchers {
  if (grammar === 'classic') return compiled(parseClassic(text))
  const utf8 = compiled(parseUtf8(text))
  if (grammar === 'utf8') return utf8
  const classic = compiled(parseClassic(text))
  if (!classic.ok) return utf8.ok ? utf8 : classic
  if (utf8.ok && printMatchers(utf8.matchers) === printMatchers(classic.matchers)) return utf8
  const printed = printMatchers(classic.matchers)
  return {
    ...classic,
    ambiguous: `read as ${printed}; write it so, as later versions of Alertmanager read it otherwise`,
  }
}

function compiled(parsed: ParsedMatchers): ReadMatchers {
  if ('fault' in parsed) return { ok: false, fault: parsed.fault }
  try {
    return { ok: true, matchers: parsed.matchers.map((each) => new Matcher(each.name, each.operator, each.value)) }
  } catch (cause) {
    if (cause instanceof PatternError) return { ok: false, fault: cause.message }
    throw cause
  }
}

/** By name, then value, then operator: as Alertmanager keeps them. */
export function sortMatchers(matchers: readonly Matcher[]): readonly Matcher[] {
  return [...matchers].sort(
    (a, b) =>
      compareText(a.name, b.name) ||
      compareText(a.value, b.value) ||
      MATCH_OPERATORS.indexOf(a.operator) - MATCH_OPERATORS.indexOf(b.operator),
  )
}

/** `{a="b",c=~"d"}` */
export function printMatchers(matchers: readonly Matcher[]): string {
  return `{${matchers.map((matcher) => printMatcher(matcher)).join(',')}}`
}

/** `a="b"`; a name with characters that mean something is quoted. */
export function printMatcher({ name, operator, value }: Matcher): string {
  const needsQuotes = name === '' || /[\s{}!=~,\\"'`]/.test(name)
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
  return `${needsQuotes ? JSON.stringify(name) : name}${operator}"${escaped}"`
}
