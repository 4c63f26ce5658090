import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INNOCENT, SECRET_NAMES, SECRETS, withCheckDigit } from '../../../test/support/secrets.ts'
import { createRedactor, type RedactionOptions, REDACTED } from '../index.ts'

const redactor = createRedactor()
const around = fc.constantFrom('', 'so: ', 'a=b ', '{"x":1} ', '(')

describe('texts', () => {
  it.each(
    SECRETS.map((secret, i) => [fc.sample(secret, { numRuns: 1, seed: 1 })[0]?.form ?? String(i), secret] as const),
  )('no secret stays: %s', (_, secret) => {
    fc.assert(
      fc.property(secret, around, ({ text, secret }, before) => {
        const safe = redactor.text(before + text)
        expect(safe).not.toContain(secret)
        expect(safe).toContain(REDACTED)
        expect(redactor.text(safe)).toBe(safe)
      }),
      { numRuns: 50 },
    )
  })

  it.each(INNOCENT.map((text) => [text]))('what is none stays: %s', (text) => {
    expect(redactor.text(text)).toBe(text)
    expect(redactor.fields({ note: text })).toEqual({ note: text })
  })

  it.each([
    ['GET /cb?access_token=abc&state=1', 'GET /cb?access_token=[redacted]&state=1'],
    ['{"user":"ann","password":"a\\"b","n":1}', '{"user":"ann","password":"[redacted]","n":1}'],
    ["{ secret: { id: 7 }, tokens: ['a', 'b'], n: 1 }", '{ secret: [redacted], tokens: [redacted], n: 1 }'],
    ['postgres://ann:p/w@d@db/x', 'postgres://ann:[redacted]@d@db/x'],
    ['https://ann:pw@db/x', 'https://ann:[redacted]@db/x'],
    ['password=a,b;c) and more', 'password=[redacted]) and more'],
    ['password=a, user=b', 'password=[redacted], user=b'],
    ['password=a,user=b', 'password=[redacted],user=b'],
    ['password: hunter', 'password: [redacted]'],
    ['Authorization: Basic abc user=7', 'Authorization: Basic [redacted] user=7'],
    ['Authorization: Digest user="a", response="b"\nnext', 'Authorization: [redacted]\nnext'],
    ['Cookie: a=b; c=d next', 'Cookie: [redacted] next'],
    ['card 4111 1111 1111 1111, 3 left', 'card [redacted], 3 left'],
    ['12 4111111111111111 3', '12 [redacted] 3'],
    ['card-4111111111111111.', 'card-[redacted].'],
  ])('%s', (text, safe) => {
    expect(redactor.text(text)).toBe(safe)
  })

  it('that pass for cards are 1 of 10 of those that begin and end as one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 9 }), (n, last) => {
        const digits = `411111${String(n).padStart(9, '0')}`
        const passes = withCheckDigit(digits) === digits + String(last)
        expect(redactor.text(`order ${digits}${last} paid`).includes(REDACTED)).toBe(passes)
      }),
    )
  })

  it('hold no times, ids or floats that pass for cards', () => {
    const floats = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e6 }).map(String)
    const times = fc.integer({ min: 1_000_000_000_000, max: 1_999_999_999_999 }).map(String)
    fc.assert(
      fc.property(
        fc.oneof(
          floats,
          times,
          fc.uuid(),
          fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
        ),
        (text) => {
          expect(redactor.text(`value ${text} seen`)).toBe(`value ${text} seen`)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('of any kind are read without a throw, and what is redacted stays so', () => {
    const pieces = fc.constantFrom(
      '=',
      ':',
      '"',
      "'",
      '\\',
      '://',
      '@',
      ' ',
      '[',
      '{',
      'password',
      'token',
      'Bearer ',
      'cookie',
      ';',
      '4111',
      `${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)}`,
      'eyJ',
      '.',
      REDACTED,
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 40 }),
        (parts) => {
          const once = redactor.text(parts.join(''))
          const twice = redactor.text(once)
          expect(twice.replaceAll(REDACTED, '').length).toBeLessThanOrEqual(once.replaceAll(REDACTED, '').length)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('are cut where nobody reads on', () => {
    const safe = redactor.text(`${'word '.repeat(40_000)} password=hunter2`)
    expect(safe).not.toContain('hunter2')
    expect(safe).toMatch(/word\[\d+ more characters\]$/)
  })

  const ADVERSARIAL = ['a', 'eyJ-', 'eyJaaaaaaaa.', 'x://', 'a://b@', 'token:', 'password=', 'token="', 'cookie: a=b; ']
  it.each([
    ...ADVERSARIAL,
    '4111 ',
    '41',
    'Bearer ',
    'ghp_',
    'token=[',
    'password=a,',
    '-----BEGIN ',
    'SG.a',
    '\\"token\\":',
  ])('of %s again and again are done with', (unit) => {
    // Were it quadratic, this would go on for minutes.
    const text = unit.repeat(Math.ceil(120_000 / unit.length))
    expect(createRedactor({ emails: true }).text(text).length).toBeGreaterThan(0)
  })
})

describe('fields', () => {
  it.each(SECRET_NAMES)('%s is not shown, whatever it is', (name) => {
    for (const value of ['x', 7, ['x'], { a: 'x' }, new Map([['a', 'x']])]) {
      expect(redactor.field(name, value)).toBe(REDACTED)
      expect(redactor.fields({ a: { [name]: value } })).toEqual({ a: { [name]: REDACTED } })
    }
    expect(redactor.fields({ [name]: undefined, a: null })).toEqual({ [name]: undefined, a: null })
  })

  const PATHS: [string, object, object][] = [
    [
      'user.card.number',
      { user: { card: { number: 1, kind: 'x' } } },
      { user: { card: { number: REDACTED, kind: 'x' } } },
    ],
    [
      'headers["x-trace-me"]',
      { headers: { 'x-trace-me': 'a', host: 'b' } },
      { headers: { 'x-trace-me': REDACTED, host: 'b' } },
    ],
    ['*.pin', { a: { pin: 1 }, pin: 2 }, { a: { pin: REDACTED }, pin: 2 }],
    [
      'items[*].pin',
      { items: [{ pin: 1 }, { pin: 2, n: 3 }] },
      { items: [{ pin: REDACTED }, { pin: REDACTED, n: 3 }] },
    ],
    ['items[1]', { items: [1, 2] }, { items: [1, REDACTED] }],
    ['user', { user: { a: 1 } }, { user: REDACTED }],
    [
      'err.config.pin',
      { err: Object.assign(new Error('x'), { config: { pin: 7 } }) },
      { err: { config: { pin: REDACTED } } },
    ],
  ]
  it.each(PATHS)('by path: %s', (path, fields, safe) => {
    expect(createRedactor({ paths: [path] }).fields({ ...fields })).toMatchObject(safe)
  })

  it('of spans have paths as their names', () => {
    const { field } = { field: (name: string) => createRedactor({ paths: ['user.card.number'] }).field(name, 'x') }
    expect([field('user.card.number'), field('user.card')]).toEqual([REDACTED, 'x'])
  })

  const NAMES: [RedactionOptions, string, boolean][] = [
    [{ keys: ['pin'] }, 'PIN', true],
    [{ keys: ['pin'] }, 'pinned', false],
    [{ keys: ['card-holder'] }, 'cardHolder', true],
    [{ keys: ['*ssn'] }, 'user_ssn', true],
    [{ keys: ['iban*'] }, 'ibanNumber', true],
    [{ allow: ['page_token'] }, 'pageToken', false],
    [{ allow: ['page_token'] }, 'token', true],
  ]
  it.each(NAMES)('by name: %j and %s', (options, name, secret) => {
    const own = createRedactor(options)
    expect(own.field(name, 'x')).toBe(secret ? REDACTED : 'x')
    expect(own.text(`${name}=hunter2`)).toBe(secret ? `${name}=${REDACTED}` : `${name}=hunter2`)
  })

  it('that have nothing to hide are the very same', () => {
    const fields = { a: 1, list: [1, { b: 'text' }], deep: { c: new Date(0) }, none: undefined, map: new Map() }
    const { deep, ...rest } = fields
    expect(redactor.fields(rest)).toBe(rest)
    expect(redactor.fields({ rest, token: 'x' })['rest']).toBe(rest)
    expect(redactor.fields({ deep })).toEqual({ deep: { c: '1970-01-01T00:00:00.000Z' } })
  })

  it('hide what names, numbers, bytes, toJSON and errors hold', () => {
    const card = 4_111_111_111_111_111
    const error = new Error('password=hunter2', { cause: new Error('token=hunter3') })
    const key = `ghp_${'a'.repeat(36)}`
    const fields = {
      card,
      big: BigInt(card),
      bytes: Buffer.from('hunter2'),
      json: { toJSON: () => ({ password: 'hunter2', note: 'token=hunter3' }) },
      error,
      [key]: 1,
      span_id: '4111111111111111',
      amount: 1_795_262_400_123,
    }
    const safe = redactor.fields(fields)
    expect(safe).toMatchObject({
      card: REDACTED,
      big: REDACTED,
      bytes: '[7 bytes]',
      json: { password: REDACTED, note: `token=${REDACTED}` },
      span_id: '4111111111111111',
      amount: 1_795_262_400_123,
    })
    const { big: _, ...shown } = safe
    expect(JSON.stringify(shown)).not.toMatch(/hunter|ghp_/)
    expect(error.message).toBe('password=hunter2')
  })

  const ring: Record<string, unknown> = { password: 'hunter2' }
  Object.assign(ring, { a: ring, b: ring, list: [ring, ring] })
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const throwing = (): never => {
    throw new Error('password=hunter2')
  }
  const BAD: [string, object][] = [
    ['rings', ring],
    ['a getter that throws', Object.defineProperty({ a: 1 }, 'x', { enumerable: true, get: throwing })],
    ['a toJSON that throws', { toJSON: throwing }],
    ['a toJSON of itself', Object.assign({}, { toJSON: () => ring })],
    ['a proxy that is revoked', revoked.proxy],
    ['a proxy that throws', new Proxy({}, { ownKeys: throwing, get: throwing, has: throwing })],
    ['an error whose message throws', Object.defineProperty(new Error('x'), 'message', { get: throwing })],
    ['depth', Array.from({ length: 50 }).reduce<object>((inner) => ({ inner }), { password: 'hunter2' })],
    ['width', { list: Array.from({ length: 100_000 }, (_, i) => ({ i, note: 'a text' })) }],
    ['no prototype', Object.assign(Object.create(null), { password: 'hunter2' })],
  ]
  it.each(BAD)('neither throw nor leak: %s', (_, value) => {
    const all = [redactor.fields({ value }), { value: redactor.field('value', value) }]
    for (const safe of all) expect(JSON.stringify(safe)).not.toContain('hunter2')
    expect(redactor.fields({ value, a: 1 })).toHaveProperty('a', 1)
    expect(() => redactor.fields(Object(value))).not.toThrow()
  })
})

describe('options', () => {
  it.each<[RedactionOptions, string]>([
    [{ paths: ['a..b'] }, 'paths: "a..b" is no path such as user.card.number'],
    [{ paths: [''] }, 'paths: "" is no path'],
    [{ keys: ['*'] }, 'keys: "*" has no letter or digit'],
    [{ replacement: '' }, 'replacement: it must have a character'],
  ])('%j are refused', (options, why) => {
    expect(() => createRedactor(options)).toThrow(why)
  })

  it('choose shapes, e-mail and the replacement', () => {
    const text = `ann@example.com pays with ${withCheckDigit('411111111111111')}, password=hunter2`
    expect(createRedactor({ shapes: [] }).text(text)).toBe(text)
    expect(createRedactor({ shapes: ['card'], emails: true, replacement: '***' }).text(text)).toBe(
      '*** pays with ***, password=hunter2',
    )
  })
})
