import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Expr,
  explainParseError,
  type FunctionSignature,
  FUNCTIONS,
  parse,
  parseSelector,
  toJson,
  typeOf,
} from './index.ts'
import { query } from './queries.conformance.ts'

function read(text: string): Expr {
  const parsed = parse(text)
  if (!parsed.ok) throw new Error(parsed.errors.map(explainParseError).join('; '))
  return parsed.expr
}

function faults(text: string): readonly string[] {
  const parsed = parse(text)
  return parsed.ok ? [] : parsed.errors.map(explainParseError)
}

/** Every node with the part of the query that it spans. */
function parts(text: string): readonly (readonly [kind: string, part: string])[] {
  const found: [string, string][] = []
  const bytes = Buffer.from(text)
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('kind' in value && 'span' in value) {
      const { start, end } = value.span as { start: number; end: number }
      found.push([String(value.kind), bytes.subarray(start, end).toString()])
    }
    for (const inner of Object.values(value)) visit(inner)
  }
  visit(read(text))
  return found
}

describe('parse', () => {
  it.each([
    ['unknown position: parse error: no expression found in input', ''],
    ['1:1: parse error: no expression found in input', '  # nothing'],
    ['1:5: parse error: unexpected identifier "keep_common"', 'MIN keep_common (some_metric)'],
    ['1:7: parse error: unexpected end of input in grouping opts, expected "("', 'sum by'],
    ['1:12: parse error: unexpected identifier "foo" in aggregation', 'sum by (a) foo'],
    ['1:13: parse error: unexpected identifier "bar" in grouping opts, expected "," or ")"', 'sum by (foo bar) (bar)'],
    ['1:9: parse error: unexpected number "1" in grouping opts, expected label', 'sum by (1) (bar)'],
    ['1:9: parse error: invalid label name for grouping: ""', 'sum by ("") (bar)'],
    ['1:5: parse error: unexpected <by>', 'foo by $'],
    ['1:5: parse error: unexpected <aggr:sum>', 'foo sum'],
    ['1:5: parse error: unexpected "start"', 'foo start'],
    ['1:6: parse error: unexpected <op:>>', 'foo <> bar'],
    ['1:5: parse error: unexpected string "\\"a long st"...', 'foo "a long string here"'],
    ['1:5: parse error: unexpected metric identifier "a:b_and_so_on"', 'foo a:b_and_so_on'],
    ['2:7: parse error: unexpected identifier "baz"', 'foo\n+ bar baz'],
    ["1:16: parse error: unexpected character: '€'", 'foo{a="€"} + €'],
    ["1:5: parse error: unexpected character after '!': '\ufffd'", 'foo !'],
    ['1:7: parse error: unterminated quoted string', 'foo{a="b'],
    ["1:1: parse error: unknown escape sequence U+20AC '€'", '"\\€"'],
    ["1:1: parse error: illegal character U+0022 '\"' in escape sequence", '"\\u12"'],
    ['1:5: parse error: error parsing regexp: missing closing ): `(`', 'foo{a=~"("}'],
    ['1:1: parse error: metric name must not be set twice: "foo" or "a"', 'foo{"a"}'],
    ['1:6: parse error: unexpected colon before duration in duration expression', 'foo[:5m]'],
    ["1:10: parse error: unexpected colon ':'", 'foo[5m:1m:3m]'],
    ['1:8: parse error: unexpected duration "1m" in subquery or range, expected ":" or "]"', 'foo[5m 1m]'],
    ['1:11: parse error: unexpected duration "2m" in subquery selector, expected "]"', 'foo[5m:1m 2m]'],
    ['1:5: parse error: unknown unit "." in duration "1.5h"', 'foo[1.5h]'],
    ['1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e400": value out of range', '1e400'],
    ['1:1: parse error: error parsing number: strconv.ParseFloat: parsing "0x": invalid syntax', '0x'],
    ['1:1: parse error: bad number or duration syntax: "1__"', '1__0'],
    ['1:12: parse error: duration out of range', 'foo offset -1e30'],
    ['1:1: parse error: offset may not be set multiple times', 'foo offset 5m offset 6m'],
    ['1:1: parse error: @ <timestamp> may not be set multiple times', 'foo @ 1 @ 2'],
    ['1:1: parse error: timestamp out of bounds for @ modifier: +Inf', 'foo @ +Inf'],
    ['1:7: parse error: unexpected identifier "bar" in @, expected timestamp', 'foo @ bar'],
    ['1:1: parse error: unknown function with name "nosuch"', 'nosuch(foo)'],
    ['1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2', 'label_join(foo, "a")'],
    [
      '1:27: parse error: expected type string in call to function "label_join", got scalar',
      'label_join(foo, "a", "b", 5)',
    ],
    ['1:14: parse error: expected type string in aggregation parameter, got instant vector', 'count_values(foo, foo)'],
    ['1:12: parse error: comparisons between scalars must use BOOL modifier', '1 > bool 2 > 3'],
    ['1:5: parse error: binary expression must contain only scalar and instant vector types', '1 + foo[5m]'],
    ['1:1: parse error: subquery is only allowed on instant vector, got matrix instead', 'foo[5m][5m:]'],
    ['1:11: parse error: expected label selectors only', 'info(foo, rate(bar[5m]))'],
    ['1:1: parse error: filling in missing series not allowed for set operators', 'foo and fill(1) bar'],
    ['1:1: parse error: filling in missing series only allowed between instant vectors', 'foo + fill(1) 2'],
    ['1:1: parse error: anchored and smoothed modifiers cannot be used together', 'foo[5m] anchored smoothed'],
  ])('says first: %s for %j', (message, text) => {
    expect(faults(text)[0]).toBe(message)
  })

  it.each([
    [
      'sum(foo bar, baz) + sum(x y)',
      '1:9: parse error: unexpected identifier "bar" in aggregation',
      '1:1: parse error: no arguments for aggregate expression provided',
    ],
    [
      'foo{a=, b, c="d" e}',
      '1:7: parse error: unexpected "," in label matching, expected string',
      '1:10: parse error: unexpected "," in label matching, expected label matching operator',
      '1:18: parse error: unexpected identifier "e" in label matching, expected "," or "}"',
    ],
    [
      'rate(foo[5m],,)',
      '1:13: parse error: trailing commas not allowed in function call args',
      '1:14: parse error: trailing commas not allowed in function call args',
    ],
    ['foo by $', '1:5: parse error: unexpected <by>', "1:8: parse error: unexpected character: '$'"],
    [
      '(sum by (1 2) (foo) bar) + sum(x y)',
      '1:10: parse error: unexpected number "1" in grouping opts, expected label',
      '1:21: parse error: unexpected identifier "bar"',
    ],
  ])('goes on after a fault in %j as the generated parser does', (text, ...messages) => {
    expect(faults(text)).toEqual(messages)
  })

  it('binds operators as Prometheus does', () => {
    const grouped = (expr: Expr): string => {
      if (expr.kind === 'binary') return `(${grouped(expr.left)} ${expr.operator} ${grouped(expr.right)})`
      if (expr.kind === 'unary') return `(${expr.operator}${grouped(expr.expr)})`
      return expr.kind === 'number' ? String(expr.value) : expr.kind === 'vector-selector' ? expr.name : expr.kind
    }
    expect(grouped(read('a + b * -c ^ d ^ e - f'))).toBe('((a + (b * (-(c ^ (d ^ e))))) - f)')
    expect(grouped(read('a or b and c unless d == e + 1'))).toBe('(a or ((b and c) unless (d == (e + 1))))')
    expect(grouped(read('a / b % c atan2 d * e'))).toBe('((((a / b) % c) atan2 d) * e)')
    expect(grouped(read('2 ^ -1 * 3'))).toBe('((2 ^ -1) * 3)')
    expect(grouped(read('a </ 1 + 2'))).toBe('(a </ (1 + 2))')
    expect(grouped(read('- -1'))).toBe('1')
  })

  it('gives every part its place, in bytes', () => {
    const text = 'sum by ("é") ( rate(foo{a="€"}[5m] offset 1m) ) + -1'
    expect(parts(text)).toEqual([
      ['binary', text],
      ['aggregate', 'sum by ("é") ( rate(foo{a="€"}[5m] offset 1m) )'],
      ['call', 'rate(foo{a="€"}[5m] offset 1m)'],
      ['matrix-selector', 'foo{a="€"}[5m] offset 1m'],
      ['vector-selector', 'foo{a="€"}'],
      ['number', '-1'],
    ])
  })

  it('makes frozen trees of every query there is', () => {
    const frozen = (value: unknown): boolean => {
      if (typeof value !== 'object' || value === null) return true
      if (!('kind' in value) && !Array.isArray(value)) return true
      return Object.isFrozen(value) && Object.values(value).every(frozen)
    }
    fc.assert(fc.property(query, (text) => frozen(read(text))))
  })

  it('tells faults of any text, and never throws', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom(...Array.from('(){}[]:,=!~@+-*/^<>"\'`\\#5sm.foo \n')), { maxLength: 30 })
        .map((each) => each.join('')),
    )
    fc.assert(
      fc.property(any, query, fc.nat(), (noise, text, at) => {
        for (const each of [
          noise,
          text.slice(0, at % (text.length + 1)) + noise + text.slice(at % (text.length + 1)),
        ]) {
          const parsed = parse(each)
          expect(
            parsed.ok || parsed.errors.every(({ start, end }) => start >= 0 && end <= Buffer.byteLength(each) + 1),
          ).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['('.repeat(5000)],
    [`1${'+1'.repeat(5000)}`],
    [`${'-'.repeat(5000)}foo`],
    [`foo[${'('.repeat(5000)}`],
    [`foo offset ${'-'.repeat(5000)}`],
    [`foo${'[5m:]'.repeat(5000)}`],
    [`foo[${'2^'.repeat(5000)}1]`],
    [Array.from({ length: 100 }).reduce<string>((inner) => `(${inner})${'+1'.repeat(100)}`, '1')],
  ])('gives up on a query that nests without end (%#)', (text) => {
    expect(faults(text).at(-1)).toContain('expression nests too deeply: 1000 levels at most')
  })

  it.each([
    [`{${'a,'.repeat(400_000)}}`, 100],
    [`{${'"é",'.repeat(200_000)}`, 1],
    [`0${'0'.repeat(500_000)}8 8`, 1],
    [`${'1'.repeat(500_000)}e5.5`, 1],
    [`foo + bool "${'\\n'.repeat(300_000)}é"`, 2],
    [`foo{a=~"${'[[:'.repeat(200_000)}"}`, 1],
    [`foo{a=~"(?i)${'ab'.repeat(200_000)}("}`, 1],
    [`${'# note\n'.repeat(100_000)}€`, 1],
  ])('reads what is made to be slow (%#) and tells the first hundred faults', (text, count) => {
    expect(faults(text)).toHaveLength(count)
  })

  it('refuses a query of more than a million characters', () => {
    expect(() => parse(' '.repeat(1_000_001))).toThrow(RangeError)
  })

  it('knows what every function takes and gives', () => {
    const argument = { scalar: '1', string: '"a"', vector: 'foo', matrix: 'foo[5m]' } as const
    const called = ({ name, args }: FunctionSignature): string =>
      `${name}(${args.map((type) => argument[type]).join(', ')})`
    for (const each of FUNCTIONS.values()) {
      if (each.name === 'info') continue
      expect(typeOf(read(called(each)))).toBe(each.returns)
    }
    expect(FUNCTIONS.size).toBeGreaterThan(85)
  })

  it('gives trees as the API does', () => {
    expect(
      toJson(read('sum by (a) (rate(foo{b!~"c"}[5m] offset 1m)) > bool on() group_left(x) bar @ start()')),
    ).toEqual({
      type: 'binaryExpr',
      op: '>',
      bool: true,
      matching: { card: 'many-to-one', labels: [], on: true, include: ['x'] },
      lhs: {
        type: 'aggregation',
        op: 'sum',
        grouping: ['a'],
        without: false,
        param: null,
        expr: {
          type: 'call',
          func: { name: 'rate', argTypes: ['matrix'], variadic: 0, returnType: 'vector' },
          args: [
            {
              type: 'matrixSelector',
              name: 'foo',
              range: 300_000,
              offset: 60_000,
              timestamp: null,
              startOrEnd: null,
              matchers: [
                { name: 'b', type: '!~', value: 'c' },
                { name: '__name__', type: '=', value: 'foo' },
              ],
            },
          ],
        },
      },
      rhs: {
        type: 'vectorSelector',
        name: 'bar',
        offset: 0,
        timestamp: null,
        startOrEnd: 'start',
        matchers: [{ name: '__name__', type: '=', value: 'bar' }],
      },
    })
  })
})

describe('parseSelector', () => {
  it.each([
    ['up', ['__name__="up"']],
    ['{a="b", c=~"d"}', ['a="b"', 'c=~"d"']],
    ['sum{}', ['__name__="sum"']],
    ['{"a.b", x!=""}', ['__name__="a.b"', 'x!=""']],
    ['{}', []],
  ])('%s', (text, matchers) => {
    const parsed = parseSelector(text)
    expect(parsed.ok && parsed.matchers.map(String)).toEqual(matchers)
  })

  it.each([
    ['', 'unexpected end of input'],
    ['1', 'unexpected number "1"'],
    ['up[5m]', 'unexpected "["'],
    ['up offset 5m', 'unexpected <offset>'],
    ['sum(up)', 'unexpected "("'],
    ['up + up', 'unexpected <op:+>'],
    ['up{a=', 'unexpected end of input inside braces'],
  ])('%s: %s', (text, message) => {
    const parsed = parseSelector(text)
    expect(parsed.ok ? [] : parsed.errors.map((error) => error.message)).toEqual([message])
  })

  it('refuses what is too long', () => {
    expect(() => parseSelector('x'.repeat(1_000_001))).toThrow('a query of 1000001 characters: 1000000 at most')
  })
})
