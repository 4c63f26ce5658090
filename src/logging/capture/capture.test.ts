import { spawnSync } from 'node:child_process'
import { setImmediate } from 'node:timers/promises'
import bunyan from 'bunyan'
import { describe, expect, it } from 'vitest'
import winston from 'winston'
import { captureBunyan, captureConsole, captureWinston, createLogger, type RootLogger } from '../index.ts'

type Line = Record<string, unknown>

function capture(write?: (line: string) => unknown): { log: RootLogger; lines: () => Line[] } {
  const written: string[] = []
  const log = createLogger({
    level: 'trace',
    destination: { write: (line) => (write === undefined ? written.push(line) : write(line)) },
  })
  return {
    log,
    lines: () => written.splice(0).map((line) => ({ ...(JSON.parse(line) as Line), time: undefined })),
  }
}

/** One of our own: the test's output stays the runner's. */
function fakeConsole() {
  const printed: unknown[][] = []
  const print = (...values: unknown[]): void => void printed.push(values)
  return { printed, console: { trace: print, debug: print, log: print, info: print, warn: print, error: print } }
}

describe('the console', () => {
  it('writes lines of its levels, until it is undone', () => {
    const { log, lines } = capture()
    const { console, printed } = fakeConsole()
    const before = { ...console }
    const undo = captureConsole(log, { console })
    for (const method of ['trace', 'debug', 'log', 'info', 'warn', 'error'] as const) console[method](method)
    expect(lines().map(({ level, msg, module }) => [level, msg, module])).toEqual([
      ['trace', 'trace', 'console'],
      ['debug', 'debug', 'console'],
      ['info', 'log', 'console'],
      ['info', 'info', 'console'],
      ['warn', 'warn', 'console'],
      ['error', 'error', 'console'],
    ])
    undo()
    expect(console).toEqual(before)
    console.log('after')
    expect([printed, lines()]).toEqual([[['after']], []])
  })

  it.each<[readonly unknown[], Line]>([
    [['a %s of %d', 'b', 7], { msg: 'a b of 7' }],
    [['100%', 'done'], { msg: '100% done' }],
    [['%% of %s', 'x'], { msg: '% of x' }],
    [['plain', 1, true, null, [2]], { msg: 'plain 1 true null [ 2 ]' }],
    [['bet', { id: 7 }, { table: 'T7' }], { msg: 'bet', id: 7, table: 'T7' }],
    [['as text: %o', { id: 7 }], { msg: 'as text: { id: 7 }' }],
    [['%s', 'x', { id: 7 }], { msg: 'x', id: 7 }],
    [[{ id: 7 }], { id: 7, msg: '' }],
    [['twice', { id: 7 }, { id: 8 }], { id: 7, msg: 'twice { id: 8 }' }],
    [['login', { password: 'hunter2' }], { msg: 'login', password: '[redacted]' }],
    [[new TypeError('no')], { msg: 'no', err: { type: 'TypeError', message: 'no' } }],
    [['failed', new TypeError('no')], { msg: 'failed', err: { type: 'TypeError', message: 'no' } }],
    [[], { msg: '' }],
  ])('%j is one line', (values, expected) => {
    const { log, lines } = capture()
    const { console } = fakeConsole()
    captureConsole(log, { console })
    console.warn(...values)
    expect(lines()).toMatchObject([expected])
  })

  it.each([
    ['at once', (print: () => void) => print()],
    ['later', (print: () => void) => void setImmediate().then(print)],
  ])('that our own destination prints on %s goes round no loop', async (_, run) => {
    const { console, printed } = fakeConsole()
    const { log } = capture((line) => run(() => console.log(line.trimEnd())))
    captureConsole(log, { console })
    log.info('ours')
    console.warn('theirs')
    for (let i = 0; i < 5; i++) await setImmediate()
    expect(printed.map(([line]) => (JSON.parse(String(line)) as Line)['msg'])).toEqual(['ours', 'theirs'])
  })

  it('of somebody who has replaced it since is left alone', () => {
    const { log, lines } = capture()
    const { console, printed } = fakeConsole()
    const undo = captureConsole(log, { console })
    const ours = console.log
    const others = (...values: unknown[]): void => ours('others:', ...values)
    console.log = others
    undo()
    expect(console.log).toBe(others)
    console.log('a')
    expect([printed, lines()]).toEqual([[['others:', 'a']], []])
  })

  it('of the process is captured with what it is made of', () => {
    const body = `
      import { captureConsole, createLogger } from 'boxman/logging'
      const undo = captureConsole(createLogger())
      console.table([{ a: 1 }]); console.error('e %d', 1); console.assert(false, 'asserted'); console.group('g')
      undo(); console.log('plain')`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', body], { encoding: 'utf8' })
    const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
    expect(lines.map((line) => (JSON.parse(line) as Line)['msg'])).toEqual([
      expect.stringContaining('(index)'),
      'e 1',
      'Assertion failed: asserted',
      'g',
    ])
    expect(stdout).toContain('plain')
    expect(stderr).toBe('')
  })
})

describe('winston', () => {
  function logger(options: winston.LoggerOptions = {}) {
    const own: unknown[] = []
    const transport = new winston.transports.Console({
      log: (info: unknown, next: () => void) => (own.push(info), next()),
    })
    return { own, transport, logger: winston.createLogger({ level: 'silly', transports: [transport], ...options }) }
  }

  it.each([
    [
      'npm',
      winston.config.npm.levels,
      { error: 'error', warn: 'warn', info: 'info', http: 'debug', verbose: 'debug', debug: 'debug', silly: 'trace' },
    ],
    [
      'syslog',
      winston.config.syslog.levels,
      {
        emerg: 'fatal',
        alert: 'fatal',
        crit: 'fatal',
        error: 'error',
        warning: 'warn',
        notice: 'info',
        info: 'info',
        debug: 'debug',
      },
    ],
  ])('has its levels of %s mapped', (_, levels, expected) => {
    const { log, lines } = capture()
    const { logger: theirs } = logger({ levels, level: Object.keys(levels).at(-1) ?? '' })
    captureWinston(theirs, log)
    for (const level of Object.keys(levels)) theirs.log(level, level)
    expect(Object.fromEntries(lines().map(({ msg, level }) => [msg, level]))).toEqual(expected)
  })

  it('keeps fields, errors, children and formats', () => {
    const { log, lines } = capture()
    const { logger: theirs, own } = logger()
    captureWinston(theirs, log)
    theirs.info('a', { amount: 5, password: 'hunter2' })
    theirs.child({ requestId: 'r' }).warn('b')
    theirs.error('failed', new TypeError('no'))
    theirs.info('c %s of %d', 'x', 7)
    theirs.log({ level: 'info', message: 'd', n: 1 })
    expect(lines()).toMatchObject([
      { level: 'info', module: 'winston', msg: 'a', amount: 5, password: '[redacted]' },
      { level: 'warn', msg: 'b', requestId: 'r' },
      { level: 'error', err: { type: 'TypeError', message: 'no' } },
      { level: 'info', msg: 'c x of 7' },
      { msg: 'd', n: 1 },
    ])
    expect(own).toEqual([])
  })

  it('with the format splat and colours says the same', () => {
    const { log, lines } = capture()
    const format = winston.format.combine(winston.format.colorize(), winston.format.splat(), winston.format.simple())
    const { logger: theirs } = logger({ format })
    captureWinston(theirs, log)
    theirs.info('c %s', 'x', { n: 1 })
    expect(lines()).toMatchObject([{ level: 'info', msg: 'c x', n: 1 }])
  })

  it('gets its own ways out back, and keeps them where it is asked to', () => {
    const { log, lines } = capture()
    const { logger: theirs, transport, own } = logger()
    const undo = captureWinston(theirs, log)
    expect(theirs.transports).not.toContain(transport)
    theirs.info('captured')
    undo()
    undo()
    expect(theirs.transports).toEqual([transport])
    theirs.info('theirs')
    expect(own).toMatchObject([{ message: 'theirs' }])
    captureWinston(theirs, log, { keep: true, module: 'legacy' })
    theirs.info('both')
    expect(own).toMatchObject([{ message: 'theirs' }, { message: 'both' }])
    expect(lines()).toMatchObject([{ msg: 'captured' }, { msg: 'both', module: 'legacy' }])
  })

  it('that our own lines go to goes round no loop', async () => {
    const { logger: theirs, own } = logger()
    const { log } = capture((line) => theirs.info(line.trimEnd()))
    captureWinston(theirs, log, { keep: true })
    theirs.info('a')
    for (let i = 0; i < 5; i++) await setImmediate()
    expect(own).toHaveLength(2)
  })
})

describe('bunyan', () => {
  function logger() {
    const own: unknown[] = []
    const stream = { type: 'raw', stream: { write: (record: unknown) => own.push(record) } as never }
    return { own, logger: bunyan.createLogger({ name: 'legacy', level: 'trace', streams: [stream] }) }
  }

  it('has its levels mapped and keeps fields, errors, children and formats', () => {
    const { log, lines } = capture()
    const { logger: theirs, own } = logger()
    theirs.level('trace')
    captureBunyan(theirs, log)
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) theirs[level](level)
    expect(lines().map(({ level }) => level)).toEqual(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    theirs.info({ amount: 5, password: 'hunter2' }, 'a %s', 'b')
    theirs.child({ requestId: 'r' }).warn(new TypeError('no'), 'failed')
    expect(lines()).toMatchObject([
      { module: 'bunyan', logger: 'legacy', amount: 5, password: '[redacted]', msg: 'a b' },
      { level: 'warn', requestId: 'r', err: { name: 'TypeError', message: 'no' }, msg: 'failed' },
    ])
    expect(own).toEqual([])
  })

  it('gets its own streams back, and keeps them where it is asked to', () => {
    const { log, lines } = capture()
    const { logger: theirs, own } = logger()
    const undo = captureBunyan(theirs, log)
    theirs.info('captured')
    undo()
    theirs.info('theirs')
    captureBunyan(theirs, log, { keep: true })
    theirs.info('both')
    expect(lines().map(({ msg }) => msg)).toEqual(['captured', 'both'])
    expect(own).toMatchObject([{ msg: 'theirs' }, { msg: 'both' }])
  })

  it('that our own lines go to goes round no loop', () => {
    const { logger: theirs, own } = logger()
    const { log } = capture((line) => theirs.info(line.trimEnd()))
    captureBunyan(theirs, log, { keep: true })
    theirs.info('a')
    expect(own).toHaveLength(2)
  })

  it('that is none is refused', () => {
    expect(() => captureBunyan({ addStream: () => undefined }, capture().log)).toThrow(/no logger of bunyan/)
  })
})
