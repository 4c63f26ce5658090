import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './index.ts'

const canonicalValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger().map((n) => n + 0),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), tie('value'), { maxKeys: 4 }),
  ),
})).value

describe('canonical JSON', () => {
  it('reads back as what it was, so that two values never share a text', () => {
    fc.assert(
      fc.property(canonicalValue, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('is the same whatever the order of the keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.nat()), (value) => {
        expect(canonicalJson(Object.fromEntries(Object.entries(value).toReversed()))).toBe(canonicalJson(value))
      }),
    )
  })

  it.each([
    [{ b: 1, a: [2, 'x'] }, '{"a":[2,"x"],"b":1}'],
    [{ a: '1' }, '{"a":"1"}'],
    [{ a: 1 }, '{"a":1}'],
    ['a","b', '"a\\",\\"b"'],
    [[[], {}], '[[],{}]'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  it.each([
    ['a float', { a: 0.5 }, '$.a: 0.5'],
    ['NaN', NaN, '$: NaN'],
    ['minus zero', [-0], '$[0]'],
    ['an unsafe integer', 2 ** 53, '$: 9007199254740992'],
    ['null', { a: null }, '$.a: null'],
    ['undefined', { a: undefined }, '$.a: undefined'],
    ['a boolean', true, '$: boolean'],
    ['a hole', Array(1), '$[0]: undefined'],
    ['a date', new Date(0), '$: object'],
    ['a bigint', 1n, '$: bigint'],
  ])('refuses %s', (_name, value, message) => {
    expect(() => canonicalJson(value)).toThrow(message)
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })

  it('refuses what is nested without end', () => {
    const endless: unknown[] = []
    endless.push(endless)
    expect(() => canonicalJson(endless)).toThrow('nested deeper')
  })
})
