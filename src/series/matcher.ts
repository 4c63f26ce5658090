import type { LabelSet } from './label-set.ts'
import { quote } from './label-set.ts'

export type MatchOperator = '=' | '!=' | '=~' | '!~'

/**
 * One condition on a label, as in `{job="craps", route!~"/internal.*"}`. An absent label counts as the empty value.
 * A pattern must match the whole value. It is read as a JavaScript regular expression in Unicode mode, `.` matching line ends.
 */
export class Matcher {
  readonly name: string
  readonly operator: MatchOperator
  readonly value: string
  readonly #test: (value: string) => boolean

  /** @throws RangeError for an empty name or a pattern that is no regular expression. */
  constructor(name: string, operator: MatchOperator, value: string) {
    if (name === '') throw new RangeError('a matcher needs a label name')
    this.name = name
    this.operator = operator
    this.value = value
    this.#test = compile(operator, value)
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

function compile(operator: MatchOperator, wanted: string): (value: string) => boolean {
  switch (operator) {
    case '=':
      return (value) => value === wanted
    case '!=':
      return (value) => value !== wanted
    case '=~':
    case '!~': {
      const pattern = anchored(wanted)
      return operator === '=~' ? (value) => pattern.test(value) : (value) => !pattern.test(value)
    }
  }
}

function anchored(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'su')
  } catch (cause) {
    throw new RangeError(`not a regular expression: ${quote(pattern)}`, { cause })
  }
}
