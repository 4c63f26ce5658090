import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger, LEVELS, LevelRegistry, type LoggerOptions, parseLevels, type RootLogger } from './index.ts'

function capture(options: LoggerOptions = {}): { log: RootLogger; said: () => unknown[] } {
  const lines: string[] = []
  const log = createLogger({ ...options, destination: { write: (line) => lines.push(line) } })
  return { log, said: () => lines.splice(0).map((line) => (JSON.parse(line) as { module?: string }).module ?? 'root') }
}

describe('the level of a module (O6)', () => {
  it.each([
    ['the root has *', { '*': 'warn' }, '', 'warn'],
    ['a pattern goes before *', { '*': 'warn', 'wallet.*': 'debug' }, 'wallet.db', 'debug'],
    ['wallet.* is for wallet too', { 'wallet.*': 'debug' }, 'wallet', 'debug'],
    ['and not for what only begins so', { 'wallet.*': 'debug' }, 'wallets', 'info'],
    ['a name goes before a longer pattern', { 'wallet.db*': 'debug', 'wallet.db': 'error' }, 'wallet.db', 'error'],
    ['a name is for itself alone', { wallet: 'debug' }, 'wallet.db', 'info'],
    ['more characters go before fewer', { '*.db': 'error', 'wallet.*': 'debug' }, 'wallet.db', 'debug'],
    ['wherever the stars are', { 'w*.d*': 'error', '*let.db': 'debug' }, 'wallet.db', 'debug'],
    ['of equals the last', { 'a*': 'error', '*a': 'debug' }, 'aa', 'debug'],
    ['a star may stand for nothing', { 'db*': 'debug' }, 'db', 'debug'],
  ])('%s', (_, levels, module, level) => {
    const { log } = capture({ levels })
    expect((module === '' ? log : log.child(module)).level).toBe(level)
  })

  it('is that of the most specific pattern, found in any order of setting', () => {
    const word = fc.stringMatching(/^[ab.]{1,6}$/)
    const pattern = fc.stringMatching(/^[ab.*]{1,6}$/)
    const matches = (text: string, module: string): boolean => {
      const regexp = (glob: string): RegExp => new RegExp(`^${glob.replaceAll('.', '\\.').replaceAll(/\*+/g, '.*')}$`)
      return regexp(text).test(module) || (text.endsWith('.*') && regexp(text.slice(0, -2)).test(module))
    }
    const weight = (text: string): number => (text.includes('*') ? text.replaceAll('*', '').length : Infinity)
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 6 }), word, (patterns, module) => {
        const registry = new LevelRegistry({ level: 'info', now: () => 0 })
        const named = patterns.filter((text) => text !== '*')
        for (const [i, text] of named.entries()) registry.set(text, LEVELS[i] ?? 'info')
        const [best] = named
          .filter((text) => matches(text, module))
          .toSorted((a, b) => weight(b) - weight(a) || named.indexOf(b) - named.indexOf(a))
        expect(registry.levelOf(module)).toBe(best === undefined ? undefined : LEVELS[named.indexOf(best)])
      }),
    )
  })

  it('changes for loggers that are there already', () => {
    const { log, said } = capture()
    const [wallet, db] = [log.child('wallet'), log.child('wallet').child('db')]
    const say = (): void => [log, wallet, db].forEach((each) => each.debug('m'))
    log.levels.set('wallet.db', 'debug')
    say()
    expect(said()).toEqual(['wallet.db'])
    log.levels.set('wallet.*', 'debug')
    log.levels.unset('wallet.db')
    say()
    expect(said()).toEqual(['wallet', 'wallet.db'])
    log.levels.unset('wallet.*')
    say()
    expect(said()).toEqual([])
    log.level = 'debug'
    say()
    expect(said()).toEqual(['root', 'wallet', 'wallet.db'])
    expect(log.levels.list()).toMatchObject([{ pattern: '*', level: 'debug' }])
    log.levels.unset('*')
    expect([log.level, db.level]).toEqual(['info', 'info'])
  })

  it('set on a logger goes before patterns, and for those beneath it before * alone', () => {
    const { log } = capture({ levels: { 'wallet.*': 'error' } })
    const [wallet, http] = [log.child('wallet'), log.child('http')]
    const [db, route] = [wallet.child('db'), http.child('route')]
    wallet.level = 'trace'
    http.level = 'debug'
    expect([wallet, db, http, route].map(({ level }) => level)).toEqual(['trace', 'error', 'debug', 'debug'])
    log.level = 'silent'
    expect([wallet, db, http, route].map(({ level }) => level)).toEqual(['trace', 'error', 'debug', 'debug'])
  })
})

describe('a level for a time', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('ends by itself, with what was there before', () => {
    const { log } = capture({ now: Date.now, levels: { db: 'warn' } })
    const [db, wallet] = [log.child('db'), log.child('wallet')]
    const at = Date.now()
    for (const pattern of ['db', 'wallet', '*']) log.levels.set(pattern, 'debug', 60_000)
    expect(log.levels.list()).toEqual([
      { pattern: '*', level: 'debug', until: at + 60_000, afterwards: 'info' },
      { pattern: 'db', level: 'debug', until: at + 60_000, afterwards: 'warn' },
      { pattern: 'wallet', level: 'debug', until: at + 60_000, afterwards: undefined },
    ])
    expect([log.level, db.level, wallet.level]).toEqual(['debug', 'debug', 'debug'])
    vi.advanceTimersByTime(60_000)
    expect([log.level, db.level, wallet.level]).toEqual(['info', 'warn', 'info'])
    expect(log.levels.list().map(({ pattern }) => pattern)).toEqual(['*', 'db'])
  })

  it('does not end what was set after it', () => {
    const { log } = capture()
    log.levels.set('*', 'debug', 60_000)
    log.levels.set('*', 'trace', 120_000)
    vi.advanceTimersByTime(60_000)
    expect(log.level).toBe('trace')
    log.levels.set('*', 'warn')
    vi.advanceTimersByTime(120_000)
    expect(log.level).toBe('warn')
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('what cannot be', () => {
  it('is refused whole, all of it named', () => {
    const { log } = capture()
    const change = (): void =>
      log.levels.apply([
        { pattern: 'wallet', level: 'debug' },
        { pattern: 'a b', level: 'debug' },
        { pattern: 'db', level: 'loud' as 'info' },
        { pattern: 'http', level: 'debug', forMs: -1 },
      ])
    expect(change).toThrow(/"a b": expected the name of a module.*db: log level "loud": one of trace.*http: for -1 ms/)
    expect(log.levels.list()).toHaveLength(1)
  })

  it('are more patterns than there is room for', () => {
    const { log } = capture()
    for (let i = 0; i < 499; i++) log.levels.set(`m${i}`, 'debug')
    expect(() => log.levels.set('one.more', 'debug')).toThrow(/over 500 patterns/)
    expect(() => log.levels.set('m7', 'warn')).not.toThrow()
  })
})

it.each([
  ['debug', [['*', 'debug']]],
  [
    'info,wallet.*=debug',
    [
      ['*', 'info'],
      ['wallet.*', 'debug'],
    ],
  ],
  [
    ' warn , db = trace ',
    [
      ['*', 'warn'],
      ['db', 'trace'],
    ],
  ],
  ['wallet=debug', [['wallet', 'debug']]],
  ['loud', undefined],
  ['', undefined],
  ['info,', undefined],
  ['info,debug', undefined],
  ['a b=info', undefined],
  ['=info', undefined],
])('a text of levels: %j', (text, levels) => {
  const parsed = parseLevels(text)
  expect(parsed === undefined ? undefined : Array.from(parsed)).toEqual(levels)
})
