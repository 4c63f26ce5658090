import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, type LoggerOptions, type RootLogger } from './index.ts'

type Line = Record<string, unknown>

const parse = (line: string): Line => JSON.parse(line)

function capture(options: LoggerOptions = {}): { log: RootLogger; lines: () => Line[]; text: () => string } {
  const written: string[] = []
  const log = createLogger({ ...options, destination: { write: (line) => void written.push(line) } })
  return { log, lines: () => written.map(parse), text: () => written.join('') }
}

describe('a line (O6)', () => {
  it('is one JSON object with time, level, service, module, ids, fields and msg', () => {
    const ids = { correlation_id: 'c-1', trace_id: 't', span_id: 's', user_id: 'u', session_id: undefined }
    const { log, lines, text } = capture({ service: 'gateway', ids: () => ids })
    log.child('wallet').warn({ amount: 5 }, 'low balance')
    const [line] = lines()
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
      service: 'gateway',
      module: 'wallet',
      correlation_id: 'c-1',
      trace_id: 't',
      span_id: 's',
      user_id: 'u',
      amount: 5,
      msg: 'low balance',
    })
    expect(text().endsWith('}\n')).toBe(true)
    expect(ids).not.toHaveProperty('amount')
  })

  it('takes a text alone, fields alone, or an error', () => {
    const { log, lines } = capture()
    log.info('100%d done')
    log.info({ a: 1 })
    log.error(new TypeError('no such table'))
    expect(lines()).toMatchObject([
      { msg: '100%d done' },
      { a: 1 },
      { msg: 'no such table', err: { type: 'TypeError', message: 'no such table' } },
    ])
  })

  it('keeps its own fields from a call that uses their names', () => {
    const { log, text } = capture({ service: 'gateway' })
    log.child('tables').info({ level: 9, time: 1, module: 'x', service: 'y' }, 'rolled')
    expect(text().match(/"level":/g)).toHaveLength(1)
    expect(JSON.parse(text())).toMatchObject({ level: 'info', level_: 9, service: 'gateway', module: 'tables' })
  })

  it('is written when the ids cannot be told', () => {
    const { log, lines } = capture({
      ids: () => {
        throw new Error('no context')
      },
    })
    log.info('still here')
    expect(lines()).toMatchObject([{ msg: 'still here' }])
  })
})

describe('lines of always the same fields', () => {
  it('are what the other methods write of them, but for the ids', () => {
    const { log, text } = capture({
      service: 'gate "7"',
      now: () => 1_700_000_000_007.6,
      ids: () => ({ span_id: 's' }),
    })
    const http = log.child('http')
    http.lines('Request "completed"', ['method', 'status', 'ratio', 'cached'])('warn', ['GET', 200, NaN, true])
    http.warn({ method: 'GET', status: 200, ratio: NaN, cached: true }, 'Request "completed"')
    const [ours = '', pino = ''] = text().trimEnd().split('\n')
    expect(ours).toBe(pino.replace('"span_id":"s",', ''))
    expect(parse(ours)).toMatchObject({ time: '2023-11-14T22:13:20.007Z', msg: 'Request "completed"' })
  })

  it('are JSON whatever the values; what is undefined is left out', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.option(value, { nil: undefined })), (fields) => {
        const { log, lines } = capture()
        log.lines('m', Object.keys(fields))('info', Object.values(fields))
        const { level: _level, time: _time, msg: _msg, ...rest } = parse(JSON.stringify(lines()[0]))
        const { level: _l, time: _t, msg: _m, ...expected } = parse(JSON.stringify(fields))
        expect(rest).toEqual(expected)
      }),
    )
  })

  it('follow the level of their module', () => {
    const { log, lines } = capture()
    const module = log.child('http')
    const write = module.lines('m', [])
    module.level = 'warn'
    write('info', [])
    write('warn', [])
    expect(lines().map(({ level }) => level)).toEqual(['warn'])
  })
})

it('times are those of toISOString, whichever way the clock goes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4e12 }), { minLength: 1 }), (times) => {
      let now = 0
      const { log, lines } = capture({ now: () => now })
      for (now of times) log.info('m')
      expect(lines().map(({ time }) => time)).toEqual(times.map((at) => new Date(at).toISOString()))
    }),
  )
})

describe('redaction (O18)', () => {
  const SECRETS = [
    'authorization',
    'Authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    'password',
    'dbPassword',
    'passwd',
    'token',
    'access_token',
    'refreshToken',
    'secret',
    'clientSecret',
    'apiKey',
    'x-api-key',
    'privateKey',
    'private_key_pem',
  ]
  it.each(SECRETS)('%s is not written, at the top, below, in arrays, in errors', (name) => {
    const { log, lines, text } = capture()
    const error = Object.assign(new Error('refused'), { config: { headers: { [name]: 'hunter2' } } })
    const fields = { [name]: 'hunter2', req: { headers: { [name]: 'hunter2' } }, list: [{ [name]: ['hunter2'] }] }
    log.info(fields, 'a')
    log.error(error)
    expect(text()).not.toContain('hunter2')
    expect(lines()[0]).toMatchObject({ [name]: '[redacted]', list: [{ [name]: '[redacted]' }] })
    expect(fields.req.headers[name]).toBe('hunter2')
  })

  it.each(['user', 'tokenizer', 'secretary', 'keyboard', 'cookies_accepted', 'author'])('%s is written', (name) => {
    const { log, lines } = capture()
    log.info({ [name]: 'plain' }, 'a')
    expect(lines()).toMatchObject([{ [name]: 'plain' }])
  })

  it('writes what carries no secret as JSON.stringify would', () => {
    const value = fc
      .jsonValue({ maxDepth: 3 })
      .filter((value) => !/token|secret|cookie|key/i.test(JSON.stringify(value)))
    fc.assert(
      fc.property(value, (value) => {
        const { log, lines } = capture()
        log.info({ value }, 'a')
        expect(lines()[0]?.['value']).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  const ring: { self?: unknown; password: string } = { password: 'hunter2' }
  ring.self = ring
  const bad: [string, object][] = [
    ['a ring', ring],
    ['a getter that throws', Object.defineProperty({}, 'x', { enumerable: true, get: () => BigInt('x') })],
    ['a toJSON that throws', { toJSON: () => BigInt('x') }],
    ['a bigint', { n: 1n }],
  ]
  it.each(bad)('%s neither throws nor leaks', (_, value) => {
    const { log, text } = capture()
    log.info({ value }, 'a')
    log.info(value, 'b')
    expect(text()).toContain('"msg":"b"')
    expect(text()).not.toContain('hunter2')
  })
})

describe('level', () => {
  it('is changed at run time; a module follows until it has its own', () => {
    const { log, lines } = capture({ level: 'warn' })
    const wallet = log.child('wallet')
    const db = wallet.child('db')
    const say = (text: string): void => [log, wallet, db].forEach((logger) => logger.debug(text))
    say('off')
    db.level = 'debug'
    say('db')
    log.level = 'debug'
    say('all')
    log.level = 'silent'
    log.fatal('off')
    expect(lines().map(({ msg, module }) => [msg, module])).toEqual([
      ['db', 'wallet.db'],
      ['all', undefined],
      ['all', 'wallet'],
      ['all', 'wallet.db'],
    ])
    expect([log.level, wallet.level, db.level]).toEqual(['silent', 'silent', 'debug'])
  })

  it('that does not exist is refused by name', () => {
    const { log } = capture()
    expect(() => (log.level = 'verbose')).toThrow(/"verbose": one of trace, debug, info/)
    expect(() => createLogger({ level: 'loud' })).toThrow(RangeError)
  })
})

describe('a bad destination (B12)', () => {
  it('that throws is counted', () => {
    const log = createLogger({
      destination: {
        write: () => {
          throw new Error('disk full')
        },
      },
    })
    log.info('a')
    expect(log.stats).toEqual({ written: 0, failed: 1, dropped: 0 })
  })

  it('that rejects is counted, and flush waits for it', async () => {
    const log = createLogger({ destination: { write: async () => Promise.reject(new Error('gone')) } })
    log.info('a')
    await log.flush()
    expect(log.stats).toEqual({ written: 0, failed: 1, dropped: 0 })
  })

  it('that never answers is given a bounded number of lines', () => {
    const log = createLogger({ destination: { write: () => new Promise(() => {}) } })
    for (let i = 0; i < 1010; i++) log.info('a')
    expect(log.stats).toEqual({ written: 0, failed: 0, dropped: 10 })
  })

  it('that is a stalled stream is given a bounded amount', () => {
    const log = createLogger({ destination: new Writable({ decodeStrings: false, write: () => {} }) })
    for (let i = 0; i < 200; i++) log.info('x'.repeat(60_000))
    expect(log.stats.dropped).toBeGreaterThan(100)
    expect(log.stats.written + log.stats.dropped).toBe(200)
  })

  it('that is a stream that breaks is counted', async () => {
    const log = createLogger({ destination: new Writable({ write: (_chunk, _enc, done) => done(new Error('EPIPE')) }) })
    log.info('a')
    await new Promise((resolve) => setImmediate(resolve))
    expect(log.stats.failed).toBe(1)
  })
})

describe('standard output', () => {
  const program = (body: string): string =>
    `import { createLogger } from 'boxman/logging'; const log = createLogger({ service: 's' }); ${body}`
  const run = (body: string, shell?: string): { stdout: string; status: number | null } => {
    const args = ['--input-type=module', '-e', program(body)]
    const options = { encoding: 'utf8', timeout: 20_000 } as const
    return shell === undefined
      ? spawnSync(process.execPath, args, options)
      : spawnSync('sh', ['-c', `"$0" "$@" ${shell}`, process.execPath, ...args], options)
  }

  it('gets every line, in order, also when the process exits at once', () => {
    const { stdout, status } = run('for (let i = 0; i < 5000; i++) log.info({ i }, "x".repeat(50)); process.exit(7)')
    const numbers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => parse(line)['i'])
    expect([status, numbers]).toEqual([7, Array.from({ length: 5000 }, (_, i) => i)])
  })

  it('is flushed on request', () => {
    const { stdout } = run(
      'log.info("a"); await log.flush(); process.stderr.write(JSON.stringify(log.stats)); log.info("b")',
    )
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
  })

  it('that is closed ends nothing', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'boxman-')), 'stats')
    const body = `
      import('node:fs').then(async (fs) => {
        for (let i = 0; i < 50; i++) { log.info('x'.repeat(10000)); await log.flush() }
        fs.writeFileSync(${JSON.stringify(file)}, JSON.stringify(log.stats))
        for (let i = 0; i < 50; i++) log.info('at exit')
      })`
    expect(run(body, '| head -c 10 >&2').status).toBe(0)
    const stats: { failed: number; written: number } = JSON.parse(readFileSync(file, 'utf8'))
    expect(stats.failed).toBeGreaterThan(0)
    expect(stats.failed + stats.written).toBe(50)
  })
})
