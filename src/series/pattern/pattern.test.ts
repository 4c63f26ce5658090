import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pattern, PatternError } from '../index.ts'

describe('pattern', () => {
  it.each<[string, string[], string[]]>([
    ['', [''], ['a']],
    ['a|b|', ['a', 'b', ''], ['ab']],
    ['api-(get|put)', ['api-get', 'api-put'], ['api-']],
    ['/api/.*', ['/api/', '/api/v1\nx'], ['/ap']],
    ['.*\\.png', ['a.png'], ['a.pngx', 'apng']],
    ['.*err.*or.*', ['an error or', 'xerrxor'], ['err', 'orerr']],
    ['ab.*ba', ['abba', 'abxba'], ['aba']],
    ['.+', ['\n'], ['']],
    ['.', ['\u{1f3b2}'], ['ab']],
    ['(?-s).*', ['ab'], ['a\nb']],
    ['(?i)straße|k', ['STRAßE', '\u212a', 'K'], ['STRASSE']],
    ['(?i:a)b', ['Ab'], ['AB']],
    ['(?i)[^a-y]', ['Z'], ['B']],
    ['[^\\D]+', ['123'], ['12a']],
    ['[[:alpha:]_]+[[:^digit:]]', ['ab_!'], ['ab1']],
    ['\\pL\\p{Greek}\\P{Lu}\\p{^Lu}', ['aαaa'], ['aaaa', 'aαAa']],
    ['\\x41\\x{1F3B2}\\101\\Q.*\\E\\.', ['A\u{1f3b2}A.*.'], ['A\u{1f3b2}Axx.']],
    ['a{2,3}', ['aa', 'aaa'], ['a', 'aaaa']],
    ['a{,2}', ['a{,2}'], ['aa']],
    ['(?:a{2}){2}', ['aaaa'], ['aaa']],
    ['\\bfoo\\b.*', ['foo bar', 'foo'], ['foobar']],
    ['a\\Bb', ['ab'], []],
    ['(?m)a$.^b', ['a\nb'], ['a b']],
    ['a$|^b', ['a', 'b'], []],
    ['a$b', [], ['ab']],
    ['(?U)a+', ['aaa'], []],
    ['(a*)*b', ['aaab'], ['aaa']],
    ['x*?y', ['xxy'], []],
    ['[]a]', [']', 'a'], []],
    ['[a-]', ['-'], ['b']],
    ['\\_\\-', ['_-'], []],
  ])('%j takes %j and not %j', (source, taken, refused) => {
    const pattern = new Pattern(source)
    expect(taken.filter((text) => !pattern.matches(text))).toEqual([])
    expect(refused.filter((text) => pattern.matches(text))).toEqual([])
  })

  it.each([
    ['(', 'missing closing ): `(`'],
    ['(?:a', 'missing closing ): `(?:a`'],
    [')', 'unexpected ): `)`'],
    ['a)b', 'unexpected ): `a)b`'],
    ['[', 'missing closing ]: `[`'],
    ['x[a', 'missing closing ]: `[a`'],
    ['[b-a]', 'invalid character class range: `b-a`'],
    ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
    ['\\pX', 'invalid character class range: `\\pX`'],
    ['\\p{Nope}', 'invalid character class range: `\\p{Nope}`'],
    ['\\p', 'invalid character class range: `\\p`'],
    ['**', 'missing argument to repetition operator: `*`'],
    ['a|*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a+?+', 'invalid nested repetition operator: `+?+`'],
    ['a{2}{3}', 'invalid nested repetition operator: `{2}{3}`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a{2,1}', 'invalid repeat count: `{2,1}`'],
    ['((a{10}){10}){11}', 'invalid repeat count: `{11}`'],
    ['\\', 'trailing backslash at end of expression: ``'],
    ['[a\\', 'trailing backslash at end of expression: ``'],
    ['\\8', 'invalid escape sequence: `\\8`'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['\\xg', 'invalid escape sequence: `\\xg`'],
    ['\\x{110000}', 'invalid escape sequence: `\\x{110000`'],
    ['\\Z', 'invalid escape sequence: `\\Z`'],
    ['\\C', 'invalid escape sequence: `\\C`'],
    ['[a-\\d]', 'invalid escape sequence: `\\d`'],
    ['(?z)', 'invalid or unsupported Perl syntax: `(?z`'],
    ['(?i-)', 'invalid or unsupported Perl syntax: `(?i-)`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?P=n)', 'invalid or unsupported Perl syntax: `(?P`'],
    ['(?', 'invalid or unsupported Perl syntax: `(?`'],
    ['(?P<a', 'invalid named capture: `(?P<a`'],
    ['(?P<a b>x)', 'invalid named capture: `(?P<a b>`'],
    ['\udcff', 'invalid UTF-8: `\udcff`'],
  ])('refuses %j: %s', (source, message) => {
    expect(() => new Pattern(source)).toThrow(PatternError)
    expect(() => new Pattern(source)).toThrow(`error parsing regexp: ${message}`)
  })

  it('refuses to nest or to grow without end', () => {
    expect(new Pattern('('.repeat(900) + ')'.repeat(900)).matches('')).toBe(true)
    expect(() => new Pattern('('.repeat(1001) + ')'.repeat(1001))).toThrow('expression nests too deeply')
    expect(() => new Pattern('(xx){1000}'.repeat(2000))).toThrow('expression too large')
  })

  it.each([
    ['(\\d+)-(\\d+)', '10-20', '$2/$1', '20/10'],
    ['(?P<host>[^:]+):(?<port>.*)', 'a:80', '${host}_$port', 'a_80'],
    ['(a)', 'a', '$1x ${1}x $$1 $ ${ ${no}', ' ax $1 $ ${ '],
    ['(a)|(b)', 'b', '[$1][$2][$0][$3]', '[][b][b][]'],
    ['(a+)(a*)', 'aaa', '$1-$2', 'aaa-'],
    ['(a+?)(a*)', 'aaa', '$1-$2', 'a-aa'],
    ['(?U)(a+)(a*)', 'aaa', '$1-$2', 'a-aa'],
    ['(a|ab)(c|bcd)?(d*)', 'abcd', '$1,$2,$3', 'a,bcd,'],
    ['(.)(.*)', '\u{1f3b2}x', '$2$1', 'x\u{1f3b2}'],
    ['(?:(a)|b)*', 'ab', '$1', 'a'],
  ])('%j on %j puts %j to %j', (source, text, template, want) => {
    expect(new Pattern(source).expand(text, template)).toBe(want)
  })

  it('expands nothing where it does not match', () => {
    expect(new Pattern('a').expand('b', 'x')).toBeUndefined()
  })

  it('tells an index which texts it takes, or how they begin', () => {
    expect(new Pattern('a(b|c)[de]|f?').texts).toEqual(new Set(['abd', 'abe', 'acd', 'ace', 'f', '']))
    expect(new Pattern('(?i)a').texts).toBeUndefined()
    expect(new Pattern('(api)/v(1|2).*').prefix).toBe('api/v')
    expect(new Pattern('a|ab').prefix).toBe('')
  })

  const piece = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      'ß',
      '.',
      '\\d',
      '\\w',
      '\\W',
      '\\s',
      '[a-c]',
      '[^b]',
      '[^\\d]',
      '^',
      '$',
      '\\b',
      '\\B',
      '\\n',
      '\u{1f3b2}',
    ),
    fc.string({ maxLength: 2, unit: fc.constantFrom('a', 'b', '1', ' ') }),
  )
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      piece,
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => x + y),
      fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `(${x}|${y})`),
      fc
        .tuple(tie('expression'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}'))
        .map(([x, times]) => `(?:${x})${times}`),
    ),
  }))
  const text = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '\n', 'ß', '\u{1f3b2}') })

  it('agrees with the engine of JavaScript where the syntaxes agree', () => {
    fc.assert(
      fc.property(expression, fc.boolean(), fc.array(text, { minLength: 3, maxLength: 6 }), (source, fold, texts) => {
        const ours = new Pattern(fold ? `(?i)${source}` : source)
        const theirs = new RegExp(`^(?:${source})$`, fold ? 'sui' : 'su')
        for (const each of texts) {
          expect([each, ours.matches(each)]).toEqual([each, theirs.test(each)])
          expect(ours.exec(each)?.groups[0]).toEqual(theirs.exec(each)?.[0])
        }
      }),
      { numRuns: 1500 },
    )
  })

  it('takes a short way only where it gives the same', () => {
    const glob = fc.array(fc.constantFrom('.*', 'a', 'ab', '(b|c)', '[ab]', '(?:a)?'), { maxLength: 5 })
    fc.assert(
      fc.property(glob, text, (parts, each) => {
        const source = parts.join('')
        // A condition that always holds keeps the short ways away.
        expect(new Pattern(source).matches(each)).toBe(new Pattern(`(?:\\b|\\B)${source}`).matches(each))
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['(a+)+$', 'a'],
    ['(a|aa)+', 'a'],
    ['(.*)*x', 'a'],
    ['(a?){500}a{500}', 'a'],
    ['(x+x+)+y', 'x'],
    ['(?:.*a){12}', 'ab'],
  ])('works on %j in steps linear in the text', (source, unit) => {
    const steps = (length: number): number => {
      const pattern = new Pattern(source)
      pattern.matches(unit.repeat(length) + '!')
      return pattern.steps
    }
    expect(steps(20_000)).toBeLessThan(2_000_000)
    expect(steps(20_000)).toBeLessThanOrEqual(2 * steps(10_000) + 10_000)
  })

  it('keeps its memory bounded, and its answers right, when a pattern has more states than it keeps', () => {
    const pattern = new Pattern('(?:a|b)*a(?:a|b){12}')
    const theirs = /^[ab]*a[ab]{12}$/
    fc.assert(
      fc.property(fc.string({ minLength: 30, maxLength: 200, unit: fc.constantFrom('a', 'b') }), (each) => {
        expect(pattern.matches(each)).toBe(theirs.test(each))
      }),
      { numRuns: 300 },
    )
  })
})
