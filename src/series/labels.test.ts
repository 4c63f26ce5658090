import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareText, LabelSet, Matcher } from './index.ts'

const text = fc.string({ unit: 'binary', maxLength: 6 })
const name = fc.oneof(fc.constantFrom('a', 'b', '__name__', 'le'), text).filter((value) => value !== '')
const record = fc.dictionary(name, text, { maxKeys: 4 })

describe('text order', () => {
  it('is the order of UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
    const astralLast = ['\u{1f3b2}', '\uffff'].toSorted(compareText)
    expect(astralLast).toEqual(['\uffff', '\u{1f3b2}'])
    expect(astralLast.toSorted()).not.toEqual(astralLast)
  })
})

describe('label set', () => {
  it('is the same whatever the order in which it was given, and sorted', () => {
    fc.assert(
      fc.property(record, (labels) => {
        const set = LabelSet.of(labels)
        expect(LabelSet.of(Object.entries(labels).toReversed()).equals(set)).toBe(true)
        const names = Array.from(set, ([own]) => own)
        expect(names).toEqual(names.toSorted(compareText))
      }),
    )
  })

  it('has one key an identity, and one identity a key', () => {
    const present = (labels: Record<string, string>): [string, string][] =>
      Object.entries(labels)
        .filter(([, value]) => value !== '')
        .toSorted(([a], [b]) => compareText(a, b))
    fc.assert(
      fc.property(record, record, (a, b) => {
        const same = JSON.stringify(present(a)) === JSON.stringify(present(b))
        expect(LabelSet.of(a).key === LabelSet.of(b).key).toBe(same)
        expect(LabelSet.of(a).compare(LabelSet.of(b)) === 0).toBe(same)
      }),
    )
    expect(LabelSet.of({ a: 'p|', b: '' }).equals(LabelSet.of({ a: 'p', b: '|' }))).toBe(false)
  })

  it('takes an empty value for an absent label', () => {
    const set = LabelSet.of({ job: 'craps', zone: '' })
    expect(set.size).toBe(1)
    expect(set.has('zone')).toBe(false)
    expect(set.with('job', '')).toBe(LabelSet.EMPTY)
  })

  it('adds, keeps and drops labels without changing itself', () => {
    const set = LabelSet.of({ __name__: 'up', job: 'craps' })
    expect(set.with('job', 'dice').toObject()).toEqual({ __name__: 'up', job: 'dice' })
    expect(set.only(new Set(['job'])).toObject()).toEqual({ job: 'craps' })
    expect(set.without(new Set(['job'])).toObject()).toEqual({ __name__: 'up' })
    expect(set.toObject()).toEqual({ __name__: 'up', job: 'craps' })
  })

  it.each([
    [{}, '{}'],
    [{ __name__: 'up' }, 'up'],
    [{ __name__: 'up', job: 'a"b\n' }, 'up{job="a\\"b\\n"}'],
    [{ __name__: 'http.duration', 'l.x': 'v' }, '{"http.duration", "l.x"="v"}'],
  ])('writes %j as %s', (labels, selector) => {
    expect(String(LabelSet.of(labels))).toBe(selector)
  })

  it('refuses a name that is empty or comes twice', () => {
    expect(() => LabelSet.of({ '': 'x' })).toThrow(RangeError)
    expect(() =>
      LabelSet.of([
        ['a', '1'],
        ['a', '2'],
      ]),
    ).toThrow('label "a" comes twice')
  })
})

describe('matcher', () => {
  it.each([
    ['=', 'craps', 'craps', true],
    ['=', 'craps', 'craps2', false],
    ['=', '', undefined, true],
    ['!=', 'craps', undefined, true],
    ['!=', '', undefined, false],
    ['=~', 'cr.*|dice', 'craps', true],
    ['=~', 'rap', 'craps', false],
    ['=~', 'a|b', 'ab', false],
    ['=~', '.*', 'two\nlines', true],
    ['=~', 'x*', undefined, true],
    ['!~', 'cr.*', 'craps', false],
    ['!~', 'cr.*', 'dice', true],
  ] as const)('job%s"%s" on %j: %j', (operator, value, own, matches) => {
    const labels = LabelSet.of(own === undefined ? {} : { job: own })
    expect(new Matcher('job', operator, value).matchesSet(labels)).toBe(matches)
  })

  it('names a pattern that cannot be read', () => {
    expect(() => new Matcher('job', '=~', '(')).toThrow('error parsing regexp: missing closing ): `(`')
  })
})
