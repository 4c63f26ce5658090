import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { DEFAULT_SEVERITIES, type ErrorCategory, ErrorMetrics, type ErrorOptions, node } from '../index.ts'

async function values(registry: Registry): Promise<Record<string, number>> {
  const lines: Record<string, number> = {}
  for (const family of await registry.collect()) {
    if (family.kind === 'histogram' || family.kind === 'summary') continue
    for (const { labels, value } of family.series) lines[[family.name, ...Object.values(labels)].join(' ')] = value
  }
  return lines
}

function create(options: ErrorOptions = {}): ErrorMetrics {
  return new ErrorMetrics(new Registry(), { now: () => 7, ...options })
}

const categories: readonly ErrorCategory[] = [
  'network',
  'consensus',
  'validation',
  'gaming',
  'storage',
  'security',
  'other',
]

describe('S7 errors', () => {
  it('counts by category and severity, at zero from the start', async () => {
    const registry = new Registry()
    const { errors } = node().install(registry)
    expect(Object.keys(await values(registry))).toEqual(
      categories.map((category) => `bitcraps_errors_total ${category} ${DEFAULT_SEVERITIES[category]}`),
    )
    for (const category of categories) errors.record({ category, message: 'm', at: 1 })
    expect(Object.values(await values(registry))).toEqual(categories.map(() => 1))
    errors.record({ category: 'network', message: 'm', at: 1, severity: 'critical' })
    expect(await values(registry)).toMatchObject({
      'bitcraps_errors_total network warning': 1,
      'bitcraps_errors_total network critical': 1,
    })
  })

  it.each([
    [1, 0, 0],
    [100, 0, 0],
    [101, 1, 1],
    [250, 150, 150],
  ])('of %i errors, keeps the last hundred from number %i, and counts %i overwritten', (n, first, overwritten) => {
    const errors = create()
    for (let i = 0; i < n; i++) errors.record({ category: 'security', message: `error ${i}`, at: i })
    const recent = errors.recent()
    expect(recent.length).toBe(Math.min(n, 100))
    const fingerprint = errors.groups()[0]?.fingerprint
    expect(recent[0]).toEqual({
      category: 'security',
      message: `error ${first}`,
      at: first,
      severity: 'critical',
      fingerprint,
    })
    expect(recent.map(({ at }) => at)).toEqual(recent.map((_, i) => first + i))
    expect(errors.stats).toEqual({ overwritten, evictedGroups: 0 })
  })

  it('keeps a thousand characters of a message', () => {
    const errors = create()
    errors.record({ category: 'other', message: 'x'.repeat(1e6), at: 0 })
    errors.record(new Error('y'.repeat(1e6)))
    expect(errors.recent().map(({ message }) => message.length)).toEqual([1000, 1000])
    expect(errors.groups().every(({ stack }) => stack.length <= 4000)).toBe(true)
  })

  it.each([
    [{ category: 'weather' }, /category "weather": use network, consensus/],
    [{ category: 'toString' }, /category "toString"/],
    [{ category: 'other', severity: 'fatal' }, /severity "fatal": use info, warning/],
  ])('refuses %j and counts nothing', async (wrong, message) => {
    const registry = new Registry()
    const errors = new ErrorMetrics(registry)
    // @ts-expect-error what a caller without types may pass
    expect(() => errors.record({ message: 'm', at: 0, ...wrong })).toThrow(message)
    // @ts-expect-error the same
    expect(() => errors.record(new Error('m'), { at: 0, ...wrong })).toThrow(message)
    expect(errors.recent()).toEqual([])
    expect(errors.groups()).toEqual([])
    expect(Object.values(await values(registry))).toEqual(categories.map(() => 0))
  })

  it.each([0, -1, 1.5, NaN])('refuses room for %j groups', (maxGroups) => {
    expect(() => create({ maxGroups })).toThrow(RangeError)
  })

  it('needs a time, from somewhere', () => {
    const errors = new ErrorMetrics(new Registry())
    expect(() => errors.record(new Error('m'))).toThrow(/needs `at`/)
    expect(errors.recent()).toEqual([])
  })
})

class GameError extends Error {}
class InsufficientFunds extends Error {
  readonly category = 'gaming'
}

describe('S7 the category of an error', () => {
  const coded = (code: string): Error => Object.assign(new Error('m'), { code })
  const named = (name: string): Error => Object.assign(new Error('m'), { name })

  it.each<[string, unknown, ErrorCategory]>([
    ['ECONNREFUSED', coded('ECONNREFUSED'), 'network'],
    ['a cause', new TypeError('fetch failed', { cause: coded('UND_ERR_CONNECT_TIMEOUT') }), 'network'],
    ['a list of reasons', new AggregateError([coded('ENOTFOUND')], ''), 'network'],
    ['a lost server', coded('57P01'), 'network'],
    ['a disk without room', coded('ENOSPC'), 'storage'],
    ['a constraint of PostgreSQL', coded('23505'), 'storage'],
    ['SQLite', coded('SQLITE_BUSY'), 'storage'],
    ['a wrong password', coded('28P01'), 'security'],
    ['Fastify’s schema', coded('FST_ERR_VALIDATION'), 'validation'],
    ['an argument', coded('ERR_INVALID_ARG_TYPE'), 'validation'],
    ['a name', named('ZodError'), 'validation'],
    ['a name of security', named('JsonWebTokenError'), 'security'],
    ['a name of time', named('TimeoutError'), 'network'],
    ['a class', new GameError('m'), 'gaming'],
    ['its own word', new InsufficientFunds('m'), 'gaming'],
    ['a status', Object.assign(new Error('m'), { status: 403 }), 'security'],
    ['a bug', new TypeError('x is undefined'), 'other'],
    ['five letters that are no SQLSTATE', coded('HELLO'), 'other'],
    ['a text', 'down', 'other'],
    ['nothing', undefined, 'other'],
  ])('%s', (_, error, category) => {
    const errors = create()
    errors.observe(error)
    expect(errors.recent()[0]).toMatchObject({ category, severity: DEFAULT_SEVERITIES[category] })
  })

  it('is what the caller says, or a classifier, the latest first, until it is taken off', () => {
    const errors = create()
    const classified = (): ErrorCategory | undefined => {
      errors.record(coded('ECONNREFUSED'))
      return errors.recent().at(-1)?.category
    }
    const undo = errors.classifyBy(() => 'consensus')
    errors.classifyBy(() => undefined)
    errors.classifyBy(() => {
      throw new Error('of the classifier')
    })
    expect(classified()).toBe('consensus')
    undo()
    expect(classified()).toBe('network')
    errors.record(coded('ECONNREFUSED'), { category: 'gaming', severity: 'info' })
    expect(errors.recent().at(-1)).toMatchObject({ category: 'gaming', severity: 'info' })
  })
})

function thrownBy(name: string, message: string, file = '/srv/app/src/wallet.ts', line = 10): Error {
  const error = new Error(message)
  error.stack = [
    `Error: ${message}`,
    '    at node:internal/process/task_queues:95:5',
    '    at Pool.query (/srv/app/node_modules/pg-pool/index.js:45:11)',
    `    at async ${name} (file://${file}:${line}:5)`,
    '    at main (/srv/app/src/main.ts:3:1)',
  ].join('\n')
  return error
}

describe('S7 groups', () => {
  const fingerprint = (error: Error): string => create().record(error)
  const word = fc.stringMatching(/^[a-zA-Z]{1,12}$/)
  const id = fc.oneof(
    fc.uuid(),
    fc.nat().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.ipV4(),
    fc.stringMatching(/^[0-9a-f]{8,40}$/).filter((hex) => /\d/.test(hex)),
  )

  it('the same error with other data, from another line, is the same; so it is in another process', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), id, id, fc.nat(), fc.nat(), (words, one, other, line, further) => {
        const text = words.join(' ')
        expect(fingerprint(thrownBy('pay', `${text} ${one} "${one}" of ${one}`, undefined, line))).toBe(
          fingerprint(thrownBy('pay', `${text} ${other} "${other}" of ${other}`, undefined, further)),
        )
      }),
    )
    expect(fingerprint(thrownBy('pay', 'no table T7 for 10.0.0.7:5432'))).toBe('01cbffe83983ce88')
    expect(fingerprint(thrownBy('pay', 'no table T8 for 10.0.0.9:5433', '/opt/2/src/wallet.ts'))).toBe(
      '01cbffe83983ce88',
    )
  })

  it('another text, function, file, name or code is another error', () => {
    fc.assert(
      fc.property(word, word, (one, other) => {
        fc.pre(one !== other)
        const all = [
          thrownBy(one, 'm'),
          thrownBy(other, 'm'),
          thrownBy('pay', `m ${one}`),
          thrownBy('pay', `m ${other}`),
          thrownBy('pay', 'm', `/srv/app/src/${one}.js`),
          thrownBy('pay', 'm', `/srv/app/src/${other}.js`),
          Object.assign(thrownBy('pay', 'm'), { name: `${one}Error` }),
          Object.assign(thrownBy('pay', 'm'), { name: `${other}Error` }),
          Object.assign(thrownBy('pay', 'm'), { code: `E_${one}` }),
          Object.assign(thrownBy('pay', 'm'), { code: `E_${other}` }),
        ]
        expect(new Set(all.map(fingerprint)).size).toBe(all.length)
      }),
    )
  })

  it('described errors group by category and text', () => {
    const errors = create()
    const record = (category: ErrorCategory, message: string): string => errors.record({ category, message })
    expect(record('gaming', 'bet 7 was late')).toBe(record('gaming', 'bet 8 was late'))
    expect(record('gaming', 'bet 7 was late')).not.toBe(record('network', 'bet 7 was late'))
    expect(errors.groups().map(({ category, count }) => [category, count])).toEqual([
      ['network', 1],
      ['gaming', 3],
    ])
  })

  it('say when, how often, from where, because of what and for whom', () => {
    const errors = create({ context: () => ({ traceId: 'now', correlationId: 'now' }) })
    const cause = Object.assign(new Error('connect 10.0.0.7:5432'), { code: 'ECONNREFUSED' })
    const error = thrownBy('pay', 'no answer in 30 ms')
    error.cause = cause
    errors.record(error, { at: 1000, traceId: 't1', correlationId: 'c1', route: '/bets/:id' })
    const fingerprint = errors.record(thrownBy('pay', 'no answer in 70 ms'), { at: 3000, category: 'network' })
    const group = errors.group(fingerprint)
    expect(group).toMatchObject({ count: 2, firstSeen: 1000, lastSeen: 3000, category: 'network', severity: 'warning' })
    expect(group).toMatchObject({ traceId: 'now', correlationId: 'now', route: '/bets/:id' })
    expect(group).toMatchObject({ name: 'Error', code: '', message: 'no answer in 70 ms', causes: [] })
    expect(group?.stack).toMatch(/^Error: no answer in 70 ms\n {4}at node:.*\n.*\n {4}at async pay \(file:.*:10:5\)\n/)
    errors.record(error)
    expect(errors.group(fingerprint)?.causes).toEqual([
      { name: 'Error', code: 'ECONNREFUSED', message: 'connect 10.0.0.7:5432' },
    ])
  })

  it('are bounded: the one that was not seen for the longest time goes, and is counted', () => {
    const errors = create({ maxGroups: 2 })
    for (const message of ['one', 'two', 'one', 'three', 'four']) errors.record({ category: 'other', message })
    expect(errors.groups().map(({ message, count }) => [message, count])).toEqual([
      ['four', 1],
      ['three', 1],
    ])
    expect(errors.stats.evictedGroups).toBe(2)
  })

  it('everything is redacted, also where it would be cut', () => {
    const errors = create({ redact: (text) => text.replaceAll(/s3cr3t-\d+/g, '[redacted]') })
    const cause = new Error('with s3cr3t-1')
    const error = new Error('token s3cr3t-2', { cause })
    error.stack = `Error: token s3cr3t-2\n    at run (/srv/s3cr3t-3/main.ts:1:1)`
    errors.record(error)
    errors.record({ category: 'other', message: `${'x'.repeat(995)} s3cr3t-4` })
    expect(JSON.stringify([errors.groups(), errors.recent()])).not.toContain('s3cr3t')
    expect(errors.groups()[1]?.stack).toBe('Error: token [redacted]\n    at run (/srv/[redacted]/main.ts:1:1)')
  })

  it('the same object is observed once a request, and once outside of any', () => {
    const errors = create()
    const error = new Error('m')
    errors.record(error, { correlationId: 'c1' })
    expect(errors.observe(error, { correlationId: 'c1' })).toBeUndefined()
    expect(errors.observe(error)).toBeUndefined()
    expect(errors.observe(error, { correlationId: 'c2' })).toBeDefined()
    expect(errors.observe('a text')).toBe(errors.observe('a text'))
    expect(errors.groups().map(({ count }) => count)).toEqual([2, 2])
  })

  it('whatever is thrown can be recorded', () => {
    const errors = create()
    const throwing = (): never => {
      throw new Error('of a getter')
    }
    const cyclic = new Error('cyclic')
    cyclic.cause = cyclic
    const thrown: readonly unknown[] = [
      undefined,
      null,
      42,
      Symbol('s'),
      { code: 7 },
      Object.create(null),
      cyclic,
      Object.defineProperty(new Error('x'), 'stack', { get: throwing }),
      new Proxy({}, { get: throwing, has: throwing }),
    ]
    for (const value of thrown) errors.observe(value)
    expect(errors.recent()).toHaveLength(thrown.length)
    fc.assert(fc.property(fc.anything(), (value) => /^[0-9a-f]{16}$|^$/.test(errors.observe(value) ?? '')))
  })
})
