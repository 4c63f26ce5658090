import type { VectorMatching } from './ast.ts'
import { parseGrouping } from './parse-labels.ts'
import { parseSignedNumber } from './parse-number.ts'
import type { Token, TokenKind } from './token.ts'
import type { TokenStream } from './token-stream.ts'

type Side = 'fillLeft' | 'fillRight'
const LATER_FILL: ReadonlyMap<TokenKind, readonly Side[]> = new Map<TokenKind, readonly Side[]>([
  ['fill_left', ['fillLeft']],
  ['fill_right', ['fillRight']],
])
const ANY_FILL: ReadonlyMap<TokenKind, readonly Side[]> = new Map([...LATER_FILL, ['fill', ['fillLeft', 'fillRight']]])
const ONE_TO_ONE: VectorMatching = Object.freeze({
  cardinality: 'one-to-one',
  on: false,
  labels: Object.freeze([]),
  include: Object.freeze([]),
  fillLeft: undefined,
  fillRight: undefined,
})

export interface ParsedMatching {
  readonly matching: VectorMatching
  /** The word that begins the right side, when it has been taken already. */
  readonly name?: Token
}

/** What stands between an operator and its right side: `on (a) group_left (b) fill (0)`. */
export function parseMatching(stream: TokenStream): ParsedMatching {
  return parseFill(stream, parseSides(stream))
}

function parseSides(stream: TokenStream): VectorMatching {
  const { kind } = stream.peek()
  if (kind !== 'on' && kind !== 'ignoring') return ONE_TO_ONE
  stream.take()
  const matching = { ...ONE_TO_ONE, on: kind === 'on', labels: Object.freeze(parseGrouping(stream)) }
  const side = stream.peek().kind
  if (side !== 'group_left' && side !== 'group_right') return matching
  stream.take()
  const include = stream.is('(') ? Object.freeze(parseGrouping(stream)) : ONE_TO_ONE.include
  return { ...matching, cardinality: side === 'group_left' ? 'many-to-one' : 'one-to-many', include }
}

/**
 * `fill(0)`, or `fill_left(0)` and `fill_right(0)` in either order. The same word with no parenthesis after it is the
 * name of a metric, and begins the right side.
 */
function parseFill(stream: TokenStream, given: VectorMatching): ParsedMatching {
  let matching = given
  for (const allowed of [ANY_FILL, LATER_FILL]) {
    const word = stream.peek()
    const sides = allowed.get(word.kind)
    if (sides === undefined || (matching.fillLeft !== undefined && matching.fillRight !== undefined)) break
    if (sides.some((side) => matching[side] !== undefined)) break
    stream.take()
    if (!stream.is('(')) return { matching, name: word }
    const value = parseFillValue(stream)
    matching = { ...matching, ...Object.fromEntries(sides.map((side) => [side, value])) }
  }
  return { matching }
}

function parseFillValue(stream: TokenStream): number {
  stream.expect('(')
  const { value } = parseSignedNumber(stream)
  stream.expect(')')
  return value
}
