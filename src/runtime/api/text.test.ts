import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteSink } from './byte-sink.ts'
import { decimal, exponential, general, goJson, goTime, quoteLabel, unescapeName } from './go-text.ts'
import { MAX_TIME, MIN_TIME, Parameters } from './parameters.ts'

function written(write: (sink: ByteSink) => unknown): string {
  const sink = new ByteSink()
  write(sink)
  return Buffer.concat(sink.end()).toString()
}

it.each([
  // value, as a sample, 'f', 'g', 'e'
  [0, '0', '0', '0', '0e+00'],
  [-0, '-0', '-0', '-0', '-0e+00'],
  [1, '1', '1', '1', '1e+00'],
  [-25, '-25', '-25', '-25', '-2.5e+01'],
  [0.1, '0.1', '0.1', '0.1', '1e-01'],
  [1e-6, '0.000001', '0.000001', '1e-06', '1e-06'],
  [1.5e-7, '1.5e-07', '0.00000015', '1.5e-07', '1.5e-07'],
  [-1e-10, '-1e-10', '-0.0000000001', '-1e-10', '-1e-10'],
  [100_000, '100000', '100000', '100000', '1e+05'],
  [1_234_567, '1234567', '1234567', '1.234567e+06', '1.234567e+06'],
  [2 ** 53, '9007199254740992', '9007199254740992', '9.007199254740992e+15', '9.007199254740992e+15'],
  [1e21, '1e+21', '1000000000000000000000', '1e+21', '1e+21'],
  [1.25e22, '1.25e+22', '12500000000000000000000', '1.25e+22', '1.25e+22'],
  [NaN, 'NaN', 'NaN', 'NaN', 'NaN'],
  [Infinity, '+Inf', '+Inf', '+Inf', '+Inf'],
  [-Infinity, '-Inf', '-Inf', '-Inf', '-Inf'],
])('%d is %s, %s, %s and %s', (value, sample, f, g, e) => {
  const texts = [written((sink) => sink.number(value)), decimal(value), general(value), exponential(value)]
  expect(texts).toEqual([sample, f, g, e])
})

it('numbers of every form read back as they were', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      const texts = [written((sink) => sink.number(value)), decimal(value), general(value), exponential(value)]
      return texts.every((text) => Object.is(Number(text.replace('Inf', 'Infinity')), value))
    }),
  )
})

it('points in stretches are points one by one', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 50 }), (values) => {
      const heads = values.map((_, i) => `,[${i * 15},"`)
      const ends = Uint32Array.from(heads, (_, i) => heads.slice(0, i + 1).join('').length)
      const bytes = Buffer.from(heads.join(''))
      const whole = written((sink) => sink.points(Float64Array.from(values), 0, values.length, bytes, ends, 0))
      const each = values.map((value, i) => `,${written((sink) => sink.point(i * 15_000, value))}`)
      return whole === each.join('')
    }),
  )
})

it.each([
  [0, '0'],
  [1000, '1'],
  [1_795_253_225_440, '1795253225.440'],
  [1_795_253_225_004, '1795253225.004'],
  [-1, '-0.001'],
  [-1500, '-1.500'],
])('%d ms are %s s', (ms, text) => {
  expect(written((sink) => sink.seconds(ms))).toBe(text)
})

it('a text longer than a piece is written whole', () => {
  const long = 'é<'.repeat(100_000)
  expect(written((sink) => sink.text('[').label(long).text(']'))).toBe(`["${long}"]`)
})

it.each([
  ['<a> & "b"', '"<a> & \\"b\\""', '"\\u003ca\\u003e \\u0026 \\"b\\""'],
  ['\b\f\n\t\\b', '"\\u0008\\u000c\\n\\t\\\\b"', '"\\u0008\\u000c\\n\\t\\\\b"'],
  ['\u2028é', '"\u2028é"', '"\\u2028é"'],
])('%j', (text, label, json) => {
  expect([quoteLabel(text), goJson(text)]).toEqual([label, json])
})

it.each([
  [undefined, '0001-01-01T00:00:00Z'],
  [1_760_000_000_000, '2025-10-09T08:53:20Z'],
  [1_760_000_000_340, '2025-10-09T08:53:20.34Z'],
  [1_760_000_000_005, '2025-10-09T08:53:20.005Z'],
])('%s is %s', (ms, text) => {
  expect(goTime(ms)).toBe(text)
})

it.each([
  ['job', 'job'],
  ['U__a_2e_b', 'a.b'],
  ['U__a__b', 'a_b'],
  ['U___1f3b2_x', '🎲x'],
  ['U__a_zz_', 'U__a_zz_'],
  ['U__a_', 'U__a_'],
  ['U__a_d800_', 'U__a_d800_'],
  ['U__a_1234567_', 'U__a_1234567_'],
])('%s is %s', (name, plain) => {
  expect(unescapeName(name)).toBe(plain)
})

describe('parameters', () => {
  const of = (text: string): Parameters => new Parameters(new URLSearchParams({ t: text }))

  it.each([
    ['1760000000', 1_760_000_000_000],
    ['1760000000.25', 1_760_000_000_250],
    ['1760000000.0004', 1_760_000_000_000],
    ['1760000000.57', 1_760_000_000_570],
    ['1.76e9', 1_760_000_000_000],
    ['-1.5', -1500],
    ['.5', 500],
    ['2025-10-09T08:53:20Z', 1_760_000_000_000],
    ['2025-10-09T10:53:20.1259+02:00', 1_760_000_000_125],
    ['-292273086-05-16T16:47:06Z', MIN_TIME],
    ['292277025-08-18T07:12:54.999999999Z', MAX_TIME],
  ])('the time %s', (text, ms) => {
    expect(of(text).time('t')).toBe(ms)
  })

  it.each(['', 'x', 'NaN', 'Inf', '1 ', '1e300', '2025-10-09', '2025-02-30T00:00:00Z', '2025-10-09T24:00:00Z'])(
    'no time: %j',
    (text) => {
      const told = `invalid parameter "t": cannot parse ${JSON.stringify(text)} to a valid timestamp`
      expect(() => of(text).time('t')).toThrow(told)
    },
  )

  it.each([
    ['15', 15_000],
    ['0.5', 500],
    ['1h30m', 5_400_000],
    ['250ms', 250],
  ])('the duration %s', (text, ms) => {
    expect(of(text).duration('t')).toBe(ms)
  })

  it.each(['', '1ns', '5 m'])('no duration: %j', (text) => {
    expect(() => of(text).duration('t')).toThrow(`cannot parse ${JSON.stringify(text)} to a valid duration`)
  })

  it('those of the form come before those of the URL', () => {
    const both = new Parameters(new URLSearchParams('a=form&m=1'), new URLSearchParams('a=url&b=url&m=2'))
    expect([both.text('a'), both.text('b'), both.all('m')]).toEqual(['form', 'url', ['1', '2']])
  })
})
