import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pattern } from '../index.ts'

describe('search', () => {
  it.each([
    ['a+', 'xaay', 0, [1, 3]],
    ['a+?', 'xaay', 0, [1, 2]],
    ['a|ab', 'xab', 0, [1, 2]],
    ['ab|a', 'xab', 0, [1, 3]],
    ['', 'ab', 1, [1, 1]],
    ['^a', 'aa', 1, undefined],
    ['\\bb', 'ab b', 1, [3, 4]],
    ['b$', 'ab b', 0, [3, 4]],
    ['(?-s:a.b)', 'a\nba-b', 0, [3, 6]],
    ['.', '\u{1f3b2}a', 0, [0, 2]],
    ['z', 'abc', 0, undefined],
  ] as const)('%j in %j from %i', (source, text, from, want) => {
    const found = new Pattern(source).find(text, from)
    expect(found && [found.start, found.end]).toEqual(want)
  })

  it.each([
    ['(\\w+):\\d+', 'host:80 b:1', '$1', 'host b'],
    ['a*', 'baaac', '-', '-b-c-'],
    ['', 'ab', '-', '-a-b-'],
    ['(?P<x>.)b', 'ab\u{1f3b2}b', '<${x}>', '<a><\u{1f3b2}>'],
    ['^a', 'aaa', 'x', 'xaa'],
    ['x', 'abc', 'y', 'abc'],
  ])('replaces %j in %j', (source, text, template, want) => {
    expect(new Pattern(source).replaceAll(text, template)).toBe(want)
  })

  it('finds what JavaScript finds where both have the same syntax', () => {
    const part = fc.constantFrom('a', 'b', '.', '[ab]', '(a|b)', '(?:ab)?', 'a*', 'b+?', '^', '$', '\\b')
    const source = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 8 })
    fc.assert(
      fc.property(source, text, (pattern, haystack) => {
        const match = new RegExp(pattern).exec(haystack)
        const found = new Pattern(pattern).find(haystack)
        expect(found && [found.start, found.groups[0]]).toEqual(match === null ? undefined : [match.index, match[0]])
      }),
    )
  })
})
