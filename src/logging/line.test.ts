import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, type LineContext, type LoggerOptions, type Preset, PRESETS, type RootLogger } from './index.ts'

type Line = Record<string, unknown>

function capture(options: LoggerOptions = {}): { log: RootLogger; lines: () => Line[]; text: () => string } {
  const written: string[] = []
  const log = createLogger({ ...options, destination: { write: (line) => written.push(line) } })
  return { log, lines: () => written.map((line) => JSON.parse(line) as Line), text: () => written.join('') }
}

const context = (): LineContext => ({
  correlationId: 'bet-42',
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  userId: undefined,
  sessionId: undefined,
  gameId: undefined,
})
const IDS = { correlation_id: 'bet-42', trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }

/** Such a field is hidden, whatever separators are in its name. */
const SOUNDS_SECRET = /token|secret|cookie|key|pass|pwd|auth|cred|signature|cv[cv]/i

const thrower = (): never => {
  throw new Error('no')
}
const ring: Line = { a: 1 }
ring['self'] = ring

const EVIL: readonly (readonly [name: string, value: unknown])[] = [
  ['a ring', ring],
  ['a list of rings', [ring, [ring]]],
  ['a frozen error', Object.freeze(new Error('frozen'))],
  ['an error of errors', Object.assign(new Error('x'), { cause: new Error('y'), errors: [new Error('z')] })],
  ['an error whose message throws', Object.defineProperty(new Error('x'), 'message', { get: thrower })],
  ['a bigint', 1n],
  ['a bigint inside', { n: 1n }],
  ['a symbol', Symbol('s')],
  ['a function', () => 1],
  ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: thrower })],
  ['a toJSON that throws', { toJSON: thrower }],
  ['a toJSON that says nothing', { toJSON: () => undefined }],
  ['a proxy without keys', new Proxy({}, { ownKeys: thrower })],
  ['a proxy without anything', new Proxy({}, { get: thrower, has: thrower, getPrototypeOf: thrower })],
  ['a map', new Map([[1, 2]])],
  ['a date that is none', new Date(NaN)],
  ['bytes', Buffer.from('ab')],
  ['an object of no kind', Object.create(null)],
  ['half a character', '\ud800'],
  ['a text of 200 000 characters', 'x'.repeat(200_000)],
  ['what is deep', Array.from({ length: 5000 }).reduce<unknown>((inner) => ({ inner }), 1)],
]

describe('whatever is logged', () => {
  const written = (preset: Preset, first: unknown, message?: string): Line => {
    const { log, lines, text } = capture({ preset, service: 's', context })
    log.child('m').warn(first as object, message)
    const [line] = lines()
    return {
      lines: text().match(/\n/g)?.length,
      traceId: line?.[preset === 'ecs' ? 'trace.id' : 'trace_id'],
      isShort: text().length < 600_000,
    }
  }
  const RIGHT = { lines: 1, traceId: IDS.trace_id, isShort: true }

  it.each(PRESETS)('is one line of JSON with the right ids, and nothing is thrown: %s', (preset) => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })
    const message = fc.option(fc.string({ unit: 'binary' }), { nil: undefined })
    fc.assert(
      fc.property(anything, message, (first, message) => {
        expect(written(preset, first, message)).toEqual(RIGHT)
      }),
    )
  })

  it.each(EVIL)('%s is one line of JSON too, as all there is and as a part', (_, value) => {
    for (const preset of PRESETS) {
      for (const first of [value, { value }, { err: value }, [value]]) {
        expect(written(preset, first, 'm')).toEqual(RIGHT)
      }
      expect(written(preset, value)).toEqual(RIGHT)
    }
  })

  it('as fields has each of them, and the logger keeps its own', () => {
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom('level', 'time', 'service', 'module', 'msg', 'trace_id', 'level_'),
    )
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(fc.integer(), fc.string()), { noNullPrototype: true }), (fields) => {
        fc.pre(!Object.keys(fields).some((key) => SOUNDS_SECRET.test(key.replace(/[^\p{L}\p{N}]/gu, ''))))
        fc.pre(!Object.hasOwn(fields, '__proto__'))
        const { log, lines, text } = capture({ service: 's', context, now: () => 0 })
        log.child('m').info(fields, 'said')
        expect(lines()[0]).toMatchObject({ level: 'info', service: 's', module: 'm', msg: 'said' })
        for (const [key, value] of Object.entries(fields)) {
          const own = ['level', 'time', 'service', 'module', 'msg'].includes(key)
          const written = own
            ? Object.entries(lines()[0] ?? {}).find(([k, v]) => new RegExp(`^${key}_+$`).test(k) && v === value)?.[1]
            : lines()[0]?.[key]
          expect(written).toBe(JSON.parse(JSON.stringify(value)))
        }
        const keys = Array.from(text().matchAll(/"((?:[^"\\]|\\.)*)":/g), ([, key]) => key)
        expect(new Set(keys).size).toBe(keys.length)
      }),
    )
  })

  it('is cut when it is too long, and what is left out is counted', () => {
    const { log, lines } = capture()
    log.info(
      { big: 'x'.repeat(300_000), other: ['y'.repeat(300_000)], small: 1, more: 'z'.repeat(70_000) },
      'm'.repeat(200_000),
    )
    const [line] = lines()
    expect(line).toMatchObject({ small: 1, fields_left_out: 2 })
    expect(String(line?.['big'])).toMatch(/^x{65536}\[234464 more characters\]$/)
    expect(String(line?.['msg'])).toMatch(/^m{65536}\[134464 more characters\]$/)
  })
})

describe('ids of a context', () => {
  it('are in each line, and renewed when they change', () => {
    const current = context()
    const { log, lines } = capture({ context: () => current })
    log.info('a')
    log.info('b')
    Object.assign(current, { userId: 'player-7' })
    log.info('c')
    Object.assign(current, { sessionId: 's-1', gameId: 'T7' })
    log.info('d')
    const ids = lines().map(({ time: _time, level: _level, ...rest }) => rest)
    expect(ids).toEqual([
      { ...IDS, msg: 'a' },
      { ...IDS, msg: 'b' },
      { ...IDS, user_id: 'player-7', msg: 'c' },
      { ...IDS, user_id: 'player-7', session_id: 's-1', game_id: 'T7', msg: 'd' },
    ])
  })

  it('give way to fields of the same name, once', () => {
    const { log, lines, text } = capture({ context, ids: () => ({ shard: 3, span_id: 'of the function' }) })
    log.info({ trace_id: 'my own', shard: 4 }, 'm')
    expect(text().match(/"(?:trace_id|shard|span_id)":/g)).toHaveLength(3)
    expect(lines()[0]).toMatchObject({
      correlation_id: 'bet-42',
      span_id: 'of the function',
      trace_id: 'my own',
      shard: 4,
    })
  })

  it('are asked for by two loggers of one context, frozen or not, each under its own names', () => {
    for (const current of [context(), Object.freeze(context())]) {
      const [plain, ecs] = [capture({ context: () => current }), capture({ context: () => current, preset: 'ecs' })]
      for (const { log } of [plain, ecs, plain]) log.info('m')
      expect(plain.lines()).toMatchObject([IDS, IDS])
      expect(ecs.lines()).toMatchObject([{ 'labels.correlation_id': 'bet-42', 'trace.id': IDS.trace_id }])
    }
  })

  it('go through the redactor, which may throw', () => {
    const redactor = {
      text: (text: string) => text.replace('bet-42', '***'),
      field: () => 0,
      fields: (fields: Line) => fields,
    }
    const { log, text } = capture({ context, redactor })
    log.info({ n: 1 }, 'about bet-42')
    expect(text()).toContain('"correlation_id":"***"')
    expect(text()).toContain('about ***')
    const broken = capture({ context, redactor: { text: thrower, field: thrower, fields: thrower } })
    broken.log.info({ password: 'hunter2' }, 'hunter2')
    expect(broken.lines()).toMatchObject([{ fields: '[unreadable]', msg: '[unreadable]' }])
    expect(broken.text()).not.toContain('hunter2')
  })
})

describe('presets', () => {
  const NOW = 1_700_000_000_007
  const TIME = '2023-11-14T22:13:20.007Z'
  const line = (preset: Preset): { log: RootLogger; lines: () => Line[]; text: () => string } =>
    capture({
      preset,
      service: 'gateway',
      now: () => NOW,
      context: () => ({ ...context(), userId: 'u', gameId: 'T7' }),
    })
  const EXPECTED: Readonly<Record<Preset, Line>> = {
    plain: {
      level: 'warn',
      time: TIME,
      service: 'gateway',
      module: 'wallet',
      ...IDS,
      user_id: 'u',
      game_id: 'T7',
      amount: 5,
      msg: 'low',
    },
    ecs: {
      '@timestamp': TIME,
      'log.level': 'warn',
      'ecs.version': '8.17.0',
      'service.name': 'gateway',
      'log.logger': 'wallet',
      'labels.correlation_id': 'bet-42',
      'trace.id': IDS.trace_id,
      'span.id': IDS.span_id,
      'user.id': 'u',
      'labels.game_id': 'T7',
      amount: 5,
      message: 'low',
    },
    otel: {
      timestamp: TIME,
      severity_text: 'WARN',
      severity_number: 13,
      'service.name': 'gateway',
      'otel.scope.name': 'wallet',
      'correlation.id': 'bet-42',
      trace_id: IDS.trace_id,
      span_id: IDS.span_id,
      'user.id': 'u',
      'game.id': 'T7',
      amount: 5,
      body: 'low',
    },
  }
  it.each(PRESETS)('%s names the fields', (preset) => {
    const { log, lines } = line(preset)
    log.child('wallet').warn({ amount: 5 }, 'low')
    expect(lines()).toEqual([EXPECTED[preset]])
  })

  it.each([
    ['ecs', 'error.type', 'error.message', 'error.stack_trace'],
    ['otel', 'exception.type', 'exception.message', 'exception.stacktrace'],
  ] as const)('%s names the parts of an error', (preset, type, message, stack) => {
    const { log, lines } = line(preset)
    log.error(Object.assign(new TypeError('no table'), { code: 7, password: 'hunter2' }))
    expect(lines()[0]).toMatchObject({
      [type]: 'TypeError',
      [message]: 'no table',
      err: { code: 7, password: '[redacted]' },
    })
    expect(String(lines()[0]?.[stack])).toContain('line.test.ts')
  })

  it.each([
    ['plain', { trace_id: 't', method: 'GET', route: '/a', status: 200, duration_ms: 3, msg: 'm' }],
    [
      'ecs',
      {
        'trace.id': 't',
        'http.request.method': 'GET',
        'http.route': '/a',
        'http.response.status_code': 200,
        duration_ms: 3,
        message: 'm',
      },
    ],
    [
      'otel',
      {
        trace_id: 't',
        'http.request.method': 'GET',
        'http.route': '/a',
        'http.response.status_code': 200,
        duration_ms: 3,
        body: 'm',
      },
    ],
  ] as const)('%s names what lines() is given', (preset, expected) => {
    const { log, lines } = line(preset)
    log.lines('m', ['trace_id', 'method', 'route', 'status', 'duration_ms'])('info', ['t', 'GET', '/a', 200, 3])
    expect(lines()[0]).toMatchObject(expected)
  })
})

it('a request of node:http is written as its head', () => {
  const { log, lines } = capture()
  const request = {
    method: 'GET',
    url: '/a',
    headers: { host: 'h', cookie: 'hunter2' },
    socket: { remoteAddress: '::1', remotePort: 1 },
  }
  log.info(request)
  expect(lines()[0]).toMatchObject({ req: { method: 'GET', url: '/a', headers: { host: 'h', cookie: '[redacted]' } } })
})
