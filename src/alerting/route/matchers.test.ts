import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Matcher, type MatchOperator } from '../../series/index.ts'
import { type MatcherGrammar, printMatchers, readMatchers } from '../index.ts'

function shown(text: string, grammar: MatcherGrammar): string {
  const read = readMatchers(text, grammar)
  return read.ok ? printMatchers(read.matchers) : `fault: ${read.fault}`
}

// What is the same in both grammars.
const BOTH: readonly (readonly [string, string])[] = [
  ['', '{}'],
  ['{}', '{}'],
  ['a=b', '{a="b"}'],
  ['{a=b}', '{a="b"}'],
  ['a="b"', '{a="b"}'],
  ['a!="b"', '{a!="b"}'],
  ['a=~"b|c"', '{a=~"b|c"}'],
  ['a!~"b.*"', '{a!~"b.*"}'],
  ['{a="b",c!~"d"}', '{a="b",c!~"d"}'],
  ['{ a = "b" , c != d }', '{a="b",c!="d"}'],
  ['a="b",', '{a="b"}'],
  ['a=""', '{a=""}'],
  ['a=","', '{a=","}'],
  ['a="{b}"', '{a="{b}"}'],
  [String.raw`a="b\"c\\d\ne"`, String.raw`{a="b\"c\\d\ne"}`],
  ['a="ünïcødé 😀"', '{a="ünïcødé 😀"}'],
]

// [text, classic, utf8]
const APART: readonly (readonly [string, string, string])[] = [
  ['a=', '{a=""}', 'fault: 2: unexpected end of input: expected label value'],
  ['a==b', '{a="=b"}', 'fault: 2: unexpected =: expected label value'],
  ['a=b c', '{a="b c"}', 'fault: 4: unexpected c: expected a comma or end of input'],
  ['a=b,,c=d', 'fault: bad matcher format: ', 'fault: 4: unexpected ,: expected label name or end of input'],
  ['{a=b', '{a="b"}', 'fault: 4: unexpected end of input: expected a comma or close brace'],
  ['a=b}', '{a="b"}', 'fault: 3: unexpected }: expected a comma or end of input'],
  ['a=~"\\d+"', String.raw`{a=~"\\d+"}`, String.raw`fault: 3: "\d+": invalid syntax; write a backslash as \\`],
  ['"a b"="c"', 'fault: bad matcher format: "a b"="c"', '{"a b"="c"}'],
  ['größe=1', 'fault: bad matcher format: größe=1', '{größe="1"}'],
  ['a.b=c', 'fault: bad matcher format: a.b=c', '{a.b="c"}'],
  ['a="\\u00e9\\x41"', String.raw`{a="\\u00e9\\x41"}`, '{a="éA"}'],
  ['a="\\xff"', String.raw`{a="\\xff"}`, String.raw`fault: 2: "\xff": quoted text contains invalid UTF-8`],
  [
    'a="b',
    'fault: matcher value contains unescaped double quote: "b',
    'fault: 2: quoted text is not closed: expected "',
  ],
  [
    'a=b"c"',
    'fault: matcher value contains unescaped double quote: b"c"',
    'fault: 3: unexpected "c": expected a comma or end of input',
  ],
  ["a='b'", `{a="'b'"}`, "fault: 2: unexpected ': put names and values with it in double quotes"],
  ['a!b', 'fault: bad matcher format: a!b', "fault: 1: unexpected b after !: expected one of '=~'"],
  [
    'a',
    'fault: bad matcher format: a',
    'fault: 1: unexpected end of input: expected an operator such as =, !=, =~ or !~',
  ],
]

describe('matchers', () => {
  it.each(BOTH)('%s is %s in both grammars', (text, printed) => {
    for (const grammar of ['both', 'classic', 'utf8'] as const) expect(shown(text, grammar)).toBe(printed)
    expect(readMatchers(text)).not.toHaveProperty('ambiguous')
  })

  it.each(APART)('%s is %s by the classic grammar, %s by the later one', (text, classic, utf8) => {
    expect([shown(text, 'classic'), shown(text, 'utf8')]).toEqual([classic, utf8])
    const isClassic = !classic.startsWith('fault')
    expect(shown(text, 'both')).toBe(isClassic || utf8.startsWith('fault') ? classic : utf8)
    expect('ambiguous' in readMatchers(text)).toBe(isClassic)
  })

  it.each(['a=~"("', 'a=~"(?=b)"', 'a!~"["'])('%s is no pattern of RE2', (text) => {
    for (const grammar of ['both', 'classic', 'utf8'] as const) expect(readMatchers(text, grammar).ok).toBe(false)
  })

  it('are read back as they are printed, in both grammars', () => {
    const matcher = fc.tuple(
      fc.stringMatching(/^[a-z_][a-z0-9_]*$/),
      fc.constantFrom<MatchOperator>('=', '!='),
      fc.string({ unit: 'grapheme' }),
    )
    fc.assert(
      fc.property(fc.array(matcher), (given) => {
        const matchers = given.map(([name, operator, value]) => new Matcher(name, operator, value.toWellFormed()))
        const printed = printMatchers(matchers)
        for (const grammar of ['classic', 'utf8'] as const) expect(shown(printed, grammar)).toBe(printed)
        expect(readMatchers(printed)).toMatchObject({ ok: true, matchers: given.map(([name]) => ({ name })) })
      }),
    )
  })

  it('any text is read or refused', () => {
    const pieces = fc.constantFrom('{', '}', ',', '=', '!=', '=~', '"', '\\', 'a', ' ', "'", 'ü', '\n', '(')
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const read = readMatchers(parts.join(''))
        expect(read.ok ? printMatchers(read.matchers) : read.fault).not.toBe('')
      }),
    )
  })
})
