import type { LabelSet } from './label-set.ts'
import { quote } from './label-set.ts'
import { Pattern } from './pattern/index.ts'

export type MatchOperator = '=' | '!=' | '=~' | '!~'

/**
 * One condition on a label, as in `{job="craps", route!~"/internal.*"}`. An absent label counts as the empty value.
 * A pattern is RE2's and must match the whole value, see {@link Pattern}.
 */
export class Matcher {
  readonly name: string
  readonly operator: MatchOperator
  readonly value: string
  /** The pattern of `=~` and `!~`. */
  readonly pattern: Pattern | undefined
  readonly #test: (value: string) => boolean

  /** @throws PatternError, a RangeError, for what is no pattern. */
  constructor(name: string, operator: MatchOperator, value: string) {
    this.name = name
    this.operator = operator
    this.value = value
    this.pattern = operator === '=~' || operator === '!~' ? new Pattern(value) : undefined
    this.#test = test(operator, value, this.pattern)
  }

  matches(value: string): boolean {
    return this.#test(value)
  }

  matchesSet(labels: LabelSet): boolean {
    return this.#test(labels.get(this.name))
  }

  toString(): string {
    return `${this.name}${this.operator}${quote(this.value)}`
  }
}

function test(operator: MatchOperator, wanted: string, pattern: Pattern | undefined): (value: string) => boolean {
  const positive = operator === '=' || operator === '=~'
  if (pattern === undefined) return (value) => (value === wanted) === positive
  return (value) => pattern.matches(value) === positive
}
