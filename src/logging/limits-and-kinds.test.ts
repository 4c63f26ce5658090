import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger, type LimitOptions, type LoggerOptions, type RootLogger, type SecurityEvent } from './index.ts'

type Line = Record<string, unknown>

const LIMIT: LimitOptions = { perSecond: 10, burst: 20, oneIn: 0 }

function capture(options: LoggerOptions = {}): { log: RootLogger; lines: () => Line[] } {
  const written: string[] = []
  const log = createLogger({ ...options, destination: { write: (line) => written.push(line) } })
  return { log, lines: () => written.splice(0).map((line) => JSON.parse(line) as Line) }
}

describe('a message that comes in floods', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function flooded(limit: Partial<LimitOptions> = {}) {
    let at = 1_700_000_000_000
    const { log, lines } = capture({ now: () => at, limit: { ...LIMIT, ...limit } })
    return { log, lines, wait: (ms: number) => (at += ms) }
  }
  const flood = (log: { info(m: string): void }, times: number, message = 'm'): void => {
    for (let i = 0; i < times; i++) log.info(message)
  }

  it('is written as often as its burst, and then as its rate allows', () => {
    const { log, lines, wait } = flooded()
    flood(log, 100)
    expect(lines()).toHaveLength(20)
    wait(1000)
    flood(log, 100)
    expect(lines()).toHaveLength(10)
    wait(3_600_000)
    flood(log, 100)
    expect(lines()).toHaveLength(20)
    expect(log.suppressed).toEqual({ rate: 80 + 90 + 80, error_rate: 0 })
  })

  it('has every so-manieth line over the limit written', () => {
    const { log, lines } = flooded({ oneIn: 10 })
    flood(log, 120)
    expect(lines()).toHaveLength(20 + 10)
    expect(log.suppressed.rate).toBe(90)
  })

  it('hides no other: another text, level or module has its own limit', () => {
    const { log, lines } = flooded()
    flood(log, 100)
    log.info('other')
    log.warn('m')
    log.child('wallet').info('m')
    log.info({ n: 1 })
    expect(lines().slice(20)).toMatchObject([
      { msg: 'other' },
      { level: 'warn', msg: 'm' },
      { module: 'wallet', msg: 'm' },
      { n: 1 },
    ])
  })

  it('of many texts has the first of each written', () => {
    const { log, lines } = flooded()
    for (let round = 0; round < 30; round++)
      for (let i = 0; i < 3000; i++) if (round === 0 || i === 2999) log.info(`m${i}`)
    expect(lines().map(({ msg }) => msg)).toEqual([
      ...Array.from({ length: 3000 }, (_, i) => `m${i}`),
      ...Array.from({ length: 19 }, () => 'm2999'),
    ])
  })

  it('of texts that differ after 200 characters is one', () => {
    const { log, lines } = flooded()
    for (let i = 0; i < 100; i++) log.info('x'.repeat(200) + i)
    expect(lines()).toHaveLength(20)
  })

  it('of errors is written, or has a limit of its own', () => {
    const { log, lines } = flooded()
    for (let i = 0; i < 100; i++) log.error('m')
    expect(lines()).toHaveLength(100)
    const limited = flooded({ errorsPerSecond: 50 })
    for (let i = 0; i < 100; i++) limited.log.fatal('m')
    expect(limited.lines()).toHaveLength(20)
    limited.wait(200)
    for (let i = 0; i < 100; i++) limited.log.fatal('m')
    expect(limited.lines()).toHaveLength(10)
    expect(limited.log.suppressed).toEqual({ rate: 0, error_rate: 170 })
  })

  it('goes on when the clock is set back', () => {
    const { log, lines, wait } = flooded()
    flood(log, 100)
    wait(-3_600_000)
    flood(log, 100)
    wait(1000)
    flood(log, 100)
    expect(lines()).toHaveLength(30)
  })

  it('is told of: how many lines were left out, after ten seconds or at a flush', async () => {
    const { log, lines } = flooded()
    flood(log.child('wallet'), 50, 'often')
    for (let i = 0; i < 15; i++) flood(log, 21 + i, `m${i}`)
    lines()
    vi.advanceTimersByTime(10_000)
    const told = lines()
    expect(told).toHaveLength(11)
    expect(told[0]).toMatchObject({
      level: 'info',
      module: 'wallet',
      suppressed: 30,
      of: 'often',
      msg: 'Log lines were left out',
    })
    expect(told[10]).toMatchObject({ suppressed: 21, messages: 6, msg: 'Log lines of other messages were left out' })
    expect(told.reduce((sum, { suppressed }) => sum + Number(suppressed), 0)).toBe(log.suppressed.rate)
    flood(log, 3, 'm14')
    await log.flush()
    expect(lines()).toMatchObject([{ suppressed: 3, of: 'm14' }])
    vi.advanceTimersByTime(60_000)
    expect(lines()).toEqual([])
  })

  it.each([{ perSecond: 0 }, { burst: 0 }, { oneIn: 1.5 }, { errorsPerSecond: NaN }])('with %j is refused', (limit) => {
    expect(() => createLogger({ limit: { ...LIMIT, ...limit } })).toThrow(/limit\.\w+: .* is no limit/)
  })
})

describe('events of a kind (O6)', () => {
  it('are lines with their fields', () => {
    const { log, lines } = capture({ ids: () => ({ trace_id: 't' }) })
    const module = log.child('wallet')
    module.performance({ operation: 'settle', durationMs: 12.5, table: 'T7' })
    module.business({ event: 'bet placed', amount: 25, kind: 'field' }, 'A bet')
    module.security({ event: 'wrong password', severity: 'medium', source: '10.0.0.7', password: 'hunter2' })
    expect(lines().map(({ time: _time, ...line }) => line)).toEqual([
      {
        level: 'info',
        module: 'wallet',
        trace_id: 't',
        kind: 'performance',
        operation: 'settle',
        duration_ms: 12.5,
        table: 'T7',
        msg: 'settle',
      },
      {
        level: 'info',
        module: 'wallet',
        trace_id: 't',
        kind: 'business',
        event: 'bet placed',
        amount: 25,
        kind_: 'field',
        msg: 'A bet',
      },
      {
        level: 'warn',
        module: 'wallet',
        trace_id: 't',
        kind: 'security',
        event: 'wrong password',
        severity: 'medium',
        source: '10.0.0.7',
        password: '[redacted]',
        msg: 'wrong password',
      },
    ])
  })

  it.each([
    ['low', 'info'],
    ['medium', 'warn'],
    ['high', 'error'],
    ['critical', 'fatal'],
    ['unheard of', 'fatal'],
  ])('of security with the severity %s are written as %s', (severity, level) => {
    const { log, lines } = capture()
    log.security({ event: 'e', severity: severity as 'low', source: 's' })
    expect(lines()).toMatchObject([{ level, severity }])
  })

  it('are counted whether they are written or not; those of security are written whatever the level and the limit', () => {
    const { log, lines } = capture({ level: 'error', limit: LIMIT })
    for (let i = 0; i < 100; i++) {
      log.performance({ operation: 'o', durationMs: 1 })
      log.business({ event: 'e' })
      log.security({ event: 'e', severity: 'low', source: 's' })
    }
    expect(lines()).toHaveLength(100)
    log.level = 'info'
    for (let i = 0; i < 100; i++) log.business({ event: 'e' })
    expect(lines()).toHaveLength(20)
    log.level = 'silent'
    log.security({ event: 'e', severity: 'critical', source: 's' })
    expect(lines()).toEqual([])
    expect(log.events).toEqual({
      performance: 100,
      business: 200,
      security: { low: 100, medium: 0, high: 0, critical: 1 },
    })
  })

  it('that cannot be read throw nothing', () => {
    const { log, lines } = capture()
    const event = Object.defineProperty({ event: 'e', source: 's' }, 'severity', {
      enumerable: true,
      get: () => BigInt('x'),
    })
    log.security(event as SecurityEvent)
    log.business(null as unknown as SecurityEvent)
    expect(lines()).toMatchObject([{ level: 'fatal', kind: 'unreadable' }, { kind: 'unreadable' }])
  })
})
