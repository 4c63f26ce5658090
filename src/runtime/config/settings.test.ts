import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONFIG_FIELDS, ConfigError, type ConfigInput, resolveConfig } from '../index.ts'
import type { ConfigSources } from './resolve.ts'
import { Settings } from './settings.ts'

const AT = Date.UTC(2026, 0, 1)
const API = 'api 2026-01-01T00:00:00.000Z'

function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'boxman-settings-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o600 })
  return path
}

const EMPTY = folder()
const open = (sources: ConfigSources = {}): Promise<Settings> => Settings.open({ env: {}, cwd: EMPTY, ...sources })

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('accepted')
}

describe('a change', () => {
  it('is over file, code and environment until it is taken back', async () => {
    const cwd = folder({ 'boxman.config.json': '{ "log": { "level": "debug" } }' })
    const settings = await open({ cwd, env: { BOXMAN_LOG_LEVEL: 'warn', BOXMAN_DRAIN_DELAY: '1s' } })
    expect(settings.change({ log: { level: 'error' }, drain: { delayMs: 7 } }, AT)).toEqual([
      { path: 'log.level', from: 'warn', to: 'error', source: API },
      { path: 'drain.delayMs', from: 1000, to: 7, source: API },
    ])
    expect([settings.current.log.level, settings.current.provenance['log.level']]).toEqual(['error', API])
    expect(settings.live.log.level).toBe('error')
    expect(settings.change({ log: { level: null } }, AT)).toEqual([
      { path: 'log.level', from: 'error', to: 'warn', source: 'environment BOXMAN_LOG_LEVEL' },
    ])
    expect(settings.current.drain.delayMs).toBe(7)
    settings.change({ drain: null }, AT)
    expect(settings.current.drain.delayMs).toBe(1000)
    settings.change({ log: false, query: { concurrency: 3 } }, AT)
    expect([settings.current.log.enabled, settings.current.query.concurrency]).toEqual([false, 3])
    settings.change(null, AT)
    expect([settings.current.log.enabled, settings.current.query.concurrency]).toEqual([true, 20])
  })

  it('is whole or not at all, and all that is wrong is told', async () => {
    const settings = await open()
    const before = settings.current
    const patch = {
      log: { level: 'debug', lvel: 1 },
      admin: { port: 1, token: 'a-new-token' },
      health: { timeoutMs: 0 },
      constantLabels: { a: 'b' },
      nope: null,
    }
    expect(problemsOf(() => settings.change(patch, AT))).toEqual([
      `admin.token: cannot be changed by this way; change the configuration file, or the file of the secret (${API})`,
      expect.stringMatching(/^log\.lvel: unknown key, did you mean level\?/),
      expect.stringMatching(/^health\.timeoutMs: expected milliseconds from 1 to 600000, given 0/),
      expect.stringMatching(/^nope: unknown key/),
      `admin.port: cannot be changed while the service runs; state it in file, code or environment: it needs a restart (${API})`,
      expect.stringMatching(/^constantLabels\.a: cannot be changed while the service runs/),
    ])
    expect(settings.current).toBe(before)
  })

  it('that sends back what it was given changes nothing', async () => {
    const settings = await open({ code: { admin: { port: 1, token: 'a-token-of-mine' } } })
    const patch = { admin: { port: 1, token: '[set, from code]' }, prefix: 'bitcraps' }
    expect(settings.change(patch, AT)).toEqual([])
  })

  it.each([
    ['an array', [], /^configuration: expected an object of service/],
    ['a text', 'x', /^configuration: expected an object/],
  ])('%s is none', async (_, patch, problem) => {
    const settings = await open()
    expect(problemsOf(() => settings.change(patch, AT))[0]).toMatch(problem)
  })

  it('is taken back where a part does not take it', async () => {
    const settings = await open()
    const told: string[] = []
    settings.subscribe(({ log }) => told.push(log.level))
    const undo = settings.subscribe(({ log }) => {
      if (log.level === 'debug') throw new Error('not me')
    })
    expect(() => settings.change({ log: { level: 'debug' } }, AT)).toThrow('not me')
    expect([settings.current.log.level, ...told]).toEqual(['info', 'debug', 'info'])
    settings.change({ health: { cacheMs: 1 } }, AT)
    expect(settings.current.log.level).toBe('info')
    undo()
    settings.change({ log: { level: 'debug' } }, AT)
    expect(settings.current.log.level).toBe('debug')
  })

  it('a reference in it is refused unseen: whether there is such a file is not told', async () => {
    const settings = await open()
    const [there, absent] = ['/etc/passwd', '/etc/nowhere'].map((file) =>
      problemsOf(() => settings.change({ admin: { token: { file } }, remoteWrite: [{ url: { file } }] }, AT)),
    )
    expect(there).toEqual(absent)
    expect(there).toHaveLength(2)
  })
})

describe('a file that has changed', () => {
  const write = (cwd: string, content: unknown): void =>
    writeFileSync(join(cwd, 'boxman.config.json'), JSON.stringify(content))

  it('is taken whole; environment and changes stay over it', async () => {
    const cwd = folder()
    write(cwd, { log: { level: 'debug' } })
    const settings = await open({ cwd, env: { BOXMAN_QUERY_CONCURRENCY: '5' } })
    settings.change({ health: { timeoutMs: 77 } }, AT)
    write(cwd, { log: { level: 'warn' }, query: { concurrency: 9, maxSamples: 10 }, health: { timeoutMs: 88 } })
    expect(await settings.reload()).toEqual([
      { path: 'log.level', from: 'debug', to: 'warn', source: 'file boxman.config.json' },
      { path: 'query.maxSamples', from: 50_000_000, to: 10, source: 'file boxman.config.json' },
    ])
    expect(settings.current.query.concurrency).toBe(5)
    expect(settings.current.health.timeoutMs).toBe(77)
    settings.change(null, AT)
    expect(settings.current.health.timeoutMs).toBe(88)
    write(cwd, {})
    await settings.reload()
    expect([settings.current.log.level, settings.current.provenance['log.level']]).toEqual(['info', 'default'])
  })

  it('is all that is read anew: not what has become of the environment, or of what the code gave', async () => {
    const cwd = folder()
    write(cwd, {})
    const env: Record<string, string> = { BOXMAN_DRAIN_DELAY: '1s' }
    const code = { log: { level: 'warn' as const } }
    const settings = await open({ cwd, env, code })
    Object.assign(code.log, { level: 'error' })
    env['BOXMAN_DRAIN_DELAY'] = '2s'
    write(cwd, { health: { cacheMs: 1 } })
    expect((await settings.reload()).map(({ path }) => path)).toEqual(['health.cacheMs'])
  })

  it.each<[string, unknown, RegExp]>([
    [
      'a critical value',
      { service: 'w', admin: { port: 1 }, log: { level: 'warn' } },
      /^admin\.port: the change needs a restart \(file boxman\.config\.json\)$/,
    ],
    ['one that is gone', { log: { level: 'warn' } }, /^service: the change needs a restart/],
    ['one that is wrong', { service: 'w', log: { level: 'loud' } }, /^log\.level: expected one of/],
  ])('is refused for %s, and all stays as it was', async (_, content, problem) => {
    const cwd = folder()
    write(cwd, { service: 'w' })
    const settings = await open({ cwd })
    const before = settings.current
    write(cwd, content)
    const failure: unknown = await settings.reload().catch((error: unknown) => error)
    if (!(failure instanceof ConfigError)) throw new Error('accepted')
    expect(failure.problems).toEqual([expect.stringMatching(problem)])
    expect(settings.current).toBe(before)
    settings.change({ health: { timeoutMs: 77 } }, AT)
    expect(settings.current.log.level).toBe('info')
  })

  it('a secret that has changed is read anew where that can be; the others stay as they were first', async () => {
    const cwd = folder({ token: 'first-token\n', key: 'first' })
    const code: ConfigInput = {
      admin: { token: { file: 'token' } },
      remoteWrite: [{ url: 'http://a', headers: { key: { file: 'key' } } }],
    }
    const settings = await open({ cwd, code })
    expect([...settings.fileMarks.keys()]).toEqual([join(cwd, 'token')])
    writeFileSync(join(cwd, 'token'), 'second-token')
    writeFileSync(join(cwd, 'key'), 'second')
    const hidden = `[set, from file ${join(cwd, 'token')}]`
    expect(await settings.reload()).toEqual([{ path: 'admin.token', from: hidden, to: hidden, source: 'code' }])
    expect(settings.current.admin.token).toBe('second-token')
    expect(settings.current.remoteWrite?.[0]?.headers).toEqual({ key: 'first' })
  })
})

describe('whatever is stated', () => {
  const key = fc.oneof(
    fc.constantFrom(...CONFIG_FIELDS.flatMap(({ path }) => path.split('.')), '__proto__', 'constructor', 'env', 'file'),
    fc.string(),
  )
  /** Any JSON, and JSON that looks like a configuration. */
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.oneof(fc.jsonValue(), fc.constantFrom('/nowhere', 'HOME', -1, 0, Infinity, '\u0000', true, null)),
    tree: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 5 }),
    ),
  }))
  const groups = fc.dictionary(
    fc.constantFrom(...new Set(CONFIG_FIELDS.map(({ path }) => path.split('.')[0] ?? ''))),
    tree,
  )
  const input = fc.oneof(groups, tree)
  const untainted = (): void => {
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(Reflect.get({}, 'enabled')).toBeUndefined()
  }
  /** Each problem begins with where it is. */
  const PATH = /^(?:configuration|[\w.$-]+|"(?:[^"\\]|\\.)*")(?:\.(?:[\w.$-]+|"(?:[^"\\]|\\.)*"))*: \P{Cc}+$/u

  /** The problems that name no path. @throws what is no ConfigError. */
  async function pathless(work: Promise<unknown>): Promise<readonly string[]> {
    try {
      await work
      return []
    } catch (error) {
      if (!(error instanceof ConfigError) || error.problems.length === 0) throw error
      return error.problems.filter((problem) => !PATH.test(problem))
    }
  }

  it('is a configuration or a ConfigError that names paths: in code', async () => {
    await fc.assert(
      fc.asyncProperty(input, async (code) => {
        expect(await pathless(resolveConfig({ env: {}, cwd: EMPTY, code: code as ConfigInput }))).toEqual([])
        untainted()
      }),
      { numRuns: 500 },
    )
  })

  it('is a configuration or a ConfigError that names paths: in a variable', async () => {
    const variable = fc.constantFrom(
      ...CONFIG_FIELDS.flatMap(({ variable: own, aliases }) => [own, ...Object.keys(aliases)]),
    )
    const text = fc.oneof(
      fc.string(),
      tree.map((value) => JSON.stringify(value)),
      fc.constantFrom('env:X', 'file:/', '1', '-', 'a=b', '__proto__=x'),
    )
    await fc.assert(
      fc.asyncProperty(fc.dictionary(variable, text, { maxKeys: 3 }), async (env) => {
        expect(await pathless(resolveConfig({ env, cwd: EMPTY }))).toEqual([])
        untainted()
      }),
      { numRuns: 500 },
    )
  })

  it('is a configuration or a ConfigError that names paths: in a file', async () => {
    const cwd = folder()
    const yaml = fc
      .array(
        fc.constantFrom(
          'admin',
          ':',
          ' ',
          '\n',
          '  ',
          '- ',
          '&a',
          '*a',
          '!!x',
          '{',
          '}',
          '"',
          '__proto__',
          '<<',
          '? ',
          '|',
          '#',
          '7',
          '%',
          '\t',
        ),
      )
      .map((parts) => parts.join(''))
    const text = fc.oneof(
      fc.string(),
      yaml,
      tree.map((value) => JSON.stringify(value) ?? ''),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('c.json', 'c.yaml'), text, async (name, content) => {
        writeFileSync(join(cwd, name), content)
        expect(await pathless(resolveConfig({ env: { BOXMAN_CONFIG: name }, cwd }))).toEqual([])
        untainted()
      }),
      { numRuns: 300 },
    )
  })

  it('changes a running service whole or not at all', async () => {
    const settings = await open()
    const critical = CONFIG_FIELDS.filter(({ changeable }) => changeable !== 'live').map(({ path }) => path.split('.'))
    const values = (): unknown[] =>
      critical.map((path) =>
        path.reduce((inner: unknown, one): unknown => Reflect.get(Object(inner), one), settings.current),
      )
    const before = values()
    await fc.assert(
      fc.asyncProperty(input, async (patch) => {
        const held = settings.current
        let refused = false
        const work = async (): Promise<void> => {
          refused = true
          settings.change(patch, AT)
          refused = false
        }
        expect(await pathless(work())).toEqual([])
        expect(refused && settings.current !== held).toBe(false)
        expect(values()).toEqual(before)
        untainted()
      }),
      { numRuns: 500 },
    )
  })
})
