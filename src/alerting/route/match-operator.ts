import type { MatchOperator } from '../../series/index.ts'

/** In the order in which Alertmanager sorts them. */
export const MATCH_OPERATORS: readonly MatchOperator[] = ['=', '!=', '=~', '!~']

export function operatorOf(text: string): MatchOperator {
  const operator = MATCH_OPERATORS.find((each) => each === text)
  if (operator === undefined) throw new Error(`BUG: ${text} is no operator of a matcher`)
  return operator
}
