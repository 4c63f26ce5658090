import fc from 'fast-check'
import { FUNCTIONS, type ValueType } from './index.ts'

const sum = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''))
const text = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)
const maybe = (part: fc.Arbitrary<string>, weight = 1): fc.Arbitrary<string> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight, arbitrary: part })
const list = (part: fc.Arbitrary<string>, max: number, min = 0): fc.Arbitrary<string> =>
  fc.array(part, { minLength: min, maxLength: max }).map((texts) => texts.join(', '))

const space = text('', ' ', '  ', '\n', '\t', ' # note\n')
/** Comments do not stand in brackets. */
const blank = text('', ' ', '  ', '\n')
const name = text(
  'foo',
  'a:b',
  'http_requests_total',
  'sum',
  'by',
  'offset',
  'start',
  'and',
  'smoothed',
  'min_of',
  'fill',
  '_x',
)
const label = text('job', 'le', '_b', 'sum', 'on', 'bool', 'start', 'group_left', 'OFFSET', '"a b"', "'é'", '`x.y`')
const literal = text('"a"', "'it\"s'", '`raw\\n`', '"\\xff\\x00\\n\\u20ac"', '""', '"\\xe2\\x82\\xac"', '"🎲"')
const number = text(
  '0',
  '1',
  '1.5',
  '.5',
  '1e3',
  '1e-7',
  '0x1F',
  '0755',
  '1_000',
  'Inf',
  'NaN',
  '3e30',
  '5m',
  '1h30m',
  '0s',
  '1y2d3ms',
)
const positive = text('5m', '1h30m5s', '14d', '90', '1.5', '0.0004', '2w', '1000ms', '365d')

const duration = fc.letrec<{ any: string; primary: string }>((tie) => ({
  primary: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    positive,
    text('step()', 'range ( )', 'STEP()'),
    sum(text('('), tie('any'), text(')')),
    sum(text('min_of(', 'max_of( '), tie('any'), text(','), tie('any'), text(')')),
  ),
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('primary'),
    sum(text('-', '+', '- '), tie('any')),
    sum(tie('any'), blank, text('+', '-', '*', '/', '%', '^'), blank, tie('primary')),
  ),
}))
// A literal alone must be positive; a sum with something known only later may be anything.
const range = fc.oneof(positive, sum(duration.any, text(' + step()', '*range()')))
const offset = sum(text(' offset ', ' OFFSET '), fc.oneof(positive, sum(text('-', '+', '-('), positive).map(closed)))
/** These take the operators that follow: something else must stand after them. */
const greedyOffset = sum(
  text(' offset ', ' OFFSET '),
  fc.oneof(sum(text('--', '+-'), duration.primary), sum(text('('), duration.any, text(')', ')*2'))),
)
const at = sum(text(' @ ', ' @'), text('0', '1.2345', '-5', '1603774568', 'start()', 'END()', '1e3', '5m'))
const times = fc.oneof(fc.constant(''), offset, at, sum(at, offset), sum(offset, at), sum(greedyOffset, at))
const bounds = maybe(text(' anchored', ' smoothed'))
const matcher = fc.oneof(
  sum(text('job', 'a', 'sum', '"x.y"', '__name__'), space, text('=', '!='), space, literal),
  sum(text('job', "'l l'"), text('=~', '!~'), text('"a.*|b"', '"(?i)x+"', '`\\d{2,3}`')),
  text('"metric.name"', '"foo"'),
)
const plainMatcher = matcher.filter((each) => !/^(__name__|"metric|"foo")/.test(each))
const selector = fc.oneof(
  sum(name, space, maybe(sum(text('{'), list(plainMatcher, 3), text('}')))),
  sum(
    text('{'),
    maybe(sum(list(matcher, 2, 1), text(', '))),
    text('a="b"', '__name__=~".+"', '"m n"'),
    text(',}', '}'),
  ),
)
const grouping = sum(text('('), list(label, 3), text(')'))
const modifier = sum(text(' by', ' without ', ' BY '), grouping)
const matching = sum(
  text(' on ', ' ignoring'),
  sum(text('('), text('', 'a', 'a, b', '"c d"'), text(')')),
  maybe(sum(text(' group_left', ' group_right '), text('()', '(x)', '(x,"y z",)'))),
)
const fill = fc.oneof(
  sum(text(' fill', ' fill_left', ' fill_right '), text('(0)', '( -1.5 )', '(NaN)', '(+Inf)')),
  text(' fill_left(1) fill_right(2)', ' fill_right (5m) fill_left(-0)'),
)

function closed(part: string): string {
  return part.includes('(') ? `${part})` : part
}

type Kinds = Record<ValueType, string>

/** Queries of every form there is, right in grammar and types. */
export const query: fc.Arbitrary<string> = (() => {
  const kinds = fc.letrec<Kinds>((tie) => ({
    string: literal,
    matrix: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      sum(selector, text('[', '[ '), range, text(']', ' ]'), bounds, times),
      sum(operand(tie), text('['), range, text(':'), maybe(range), text(']'), times),
    ),
    scalar: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      number,
      sum(text('-', '+', '- '), tie('scalar')),
      sum(text('('), tie('scalar'), text(')')),
      sum(
        tie('scalar'),
        space,
        text('+', '-', '*', '/', '%', '^', '== bool', '<= BOOL', ' atan2 '),
        text(' '),
        tie('scalar'),
      ),
      call(tie, 'scalar'),
    ),
    vector: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      sum(selector, bounds, times),
      sum(text('-', '+'), operand(tie)),
      operand(tie),
      aggregate(tie),
      call(tie, 'vector'),
      binary(tie),
    ),
  }))
  return fc.oneof(kinds.vector, kinds.vector, kinds.scalar, kinds.matrix, kinds.string)
})()

type Tie = (kind: ValueType) => fc.Arbitrary<string>

function operand(tie: Tie): fc.Arbitrary<string> {
  return sum(text('('), space, tie('vector'), space, text(')'))
}

function binary(tie: Tie): fc.Arbitrary<string> {
  const set = sum(text(' and', ' or', ' UNLESS'), maybe(text(' on(a)', ' ignoring (b, c)')))
  const arithmetic = text('+', ' - ', '*', '/', '%', '^', ' atan2')
  const comparison = text(' ==', '!=', ' > ', '<', '>=', '<=', ' > bool', '== bool', '</', ' >/')
  const either = sum(fc.oneof(arithmetic, comparison), maybe(matching), maybe(fill))
  // Without its parentheses a side could lend its scalar to the matching.
  return fc.oneof(
    sum(tie('vector'), set, text(' '), tie('vector')),
    sum(operand(tie), either, operand(tie)),
    sum(tie('vector'), fc.oneof(arithmetic, comparison), text(' '), tie('scalar')),
    sum(text('('), tie('scalar'), text(')'), fc.oneof(arithmetic, comparison), operand(tie)),
  )
}

function aggregate(tie: Tie): fc.Arbitrary<string> {
  const args = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    sum(text('('), joined(parts), text(')'))
  const calls = fc.oneof(
    fc.tuple(text('sum', 'avg', 'COUNT', 'min', 'group', 'stddev'), args(tie('vector'))),
    fc.tuple(text('topk', 'quantile', 'limitk', 'limit_ratio'), args(tie('scalar'), tie('vector'))),
    fc.tuple(text('count_values'), args(literal, tie('vector'))),
  )
  return fc
    .tuple(calls, maybe(modifier, 3), fc.boolean())
    .map(([[operator, given], by, before]) => operator + (before ? by + given : given + by))
}

function call(tie: Tie, returns: ValueType): fc.Arbitrary<string> {
  const fitting = Array.from(FUNCTIONS.values()).filter((each) => each.returns === returns)
  return fc.constantFrom(...fitting).chain(({ name: own, args, variadic }) => {
    const parts: fc.Arbitrary<string>[] = args.map((type) => tie(type))
    const last = args.at(-1)
    if (own === 'info') return sum(fc.constant('info('), tie('vector'), text(')', ', {a="b"})', ',{})'))
    if (last !== undefined && variadic > 1) parts.push(tie(last))
    const used =
      variadic === 0
        ? fc.constant(parts)
        : fc.nat({ max: 1 }).map((left) => (left === 0 ? parts : parts.slice(0, args.length - 1)))
    return used.chain((each) => sum(fc.constant(`${own}(`), joined(each), text(')')))
  })
}

function joined(parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((texts) => texts.join(', '))
}
