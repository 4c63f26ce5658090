import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, type ConfigInput, explainConfig, resolveConfig, shownConfig } from '../index.ts'

const SECRET = 'the-secret-of-mine'

function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'boxman-secrets-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o600 })
  return path
}

async function problemOf(code: ConfigInput, env: Record<string, string> = {}, cwd = folder()): Promise<string> {
  const failure: unknown = await resolveConfig({ env, cwd, code }).catch((error: unknown) => error)
  if (!(failure instanceof ConfigError)) throw new Error('accepted')
  expect(failure.problems).toHaveLength(1)
  return failure.problems[0] ?? ''
}

/** What untyped callers pass. */
const untyped = (value: unknown): ConfigInput => JSON.parse(JSON.stringify(value))

describe('a secret by reference', () => {
  /** Every place of one, a configuration that has it there, and what it is in force. */
  const PLACES: readonly (readonly [string, (secret: unknown) => unknown, string])[] = [
    ['admin.token', (token) => ({ admin: { token } }), SECRET],
    ['admin.token.1', (token) => ({ admin: { token: ['another-token', token] } }), SECRET],
    ['tracing.otlpToken', (otlpToken) => ({ tracing: { otlpToken } }), SECRET],
    ['query.backendToken', (backendToken) => ({ query: { backendToken } }), SECRET],
    [
      'remoteWrite.0.headers.x-key',
      (key) => ({ remoteWrite: [{ url: 'http://a', headers: { 'x-key': key } }] }),
      SECRET,
    ],
    ['remoteWrite.0.url', (url) => ({ remoteWrite: [{ url }] }), `http://u:${SECRET}@a/?t=${SECRET}`],
    ['log.ship.0.headers.x', (x) => ({ log: { ship: [{ kind: 'loki', url: 'http://a', headers: { x } }] } }), SECRET],
    ['log.ship.0.url', (url) => ({ log: { ship: [{ kind: 'otlp', url }] } }), `http://u:${SECRET}@a/`],
    [
      'log.ship.0.sharedKey',
      (sharedKey) => ({ log: { ship: [{ kind: 'fluentd', url: 'tcp://a:1', sharedKey }] } }),
      SECRET,
    ],
    [
      'log.ship.0.password',
      (password) => ({ log: { ship: [{ kind: 'fluentd', url: 'tcp://a:1', password }] } }),
      SECRET,
    ],
  ]
  const at = (tree: unknown, path: string): unknown =>
    path.split('.').reduce((inner: unknown, key): unknown => Reflect.get(Object(inner), key), tree)

  it.each(PLACES)('%s', async (path, made, value) => {
    const cwd = folder({ s: `${value}\n` })
    for (const [reference, from] of [
      [{ env: 'HELD' }, 'environment HELD'],
      [{ file: 's' }, `file ${join(cwd, 's')}`],
      [{ file: join(cwd, 's') }, `file ${join(cwd, 's')}`],
    ] as const) {
      const code = untyped(made(reference))
      const config = await resolveConfig({ env: { HELD: value }, cwd, code })
      expect(at(config, path)).toBe(value)
      expect(config.references).toEqual({ [path]: from })
      expect(at(shownConfig(config), path)).toBe(`[set, from ${from}]`)
      const { rows, warnings } = await explainConfig({ env: { HELD: value }, cwd, code })
      for (const print of [JSON.stringify(rows), JSON.stringify(shownConfig(config))])
        expect(print).not.toContain(SECRET)
      expect(warnings).toEqual([])
    }
  })

  it.each(PLACES)('%s is not shown where it is stated itself, nor where it is wrong', async (path, made, value) => {
    const config = await resolveConfig({ env: {}, cwd: folder(), code: untyped(made(value)) })
    expect(at(config, path)).toBe(value)
    expect(JSON.stringify(shownConfig(config))).not.toContain(SECRET)
    for (const wrong of [`${SECRET}\n`.repeat(400), [SECRET, 7], { [SECRET]: SECRET }, { env: `${SECRET}!` }]) {
      // What has no form of its own takes any text.
      const told = await resolveConfig({ env: {}, cwd: folder(), code: untyped(made(wrong)) }).then(
        (taken) => JSON.stringify(shownConfig(taken)),
        (error: unknown) => String(error),
      )
      expect(told).not.toContain(SECRET)
    }
  })

  it.each([
    ['BOXMAN_ADMIN_TOKEN', 'env:HELD,file:s', (config: unknown) => at(config, 'admin.token'), [SECRET, 'from-file']],
    ['BOXMAN_QUERY_BACKEND_TOKEN', 'file:s', (config: unknown) => at(config, 'query.backendToken'), 'from-file'],
    [
      'BOXMAN_LOG_SHIP',
      '[{"kind":"fluentd","url":"tcp://a:1","sharedKey":"env:HELD","password":{"file":"s"}}]',
      (config: unknown) => [at(config, 'log.ship.0.sharedKey'), at(config, 'log.ship.0.password')],
      [SECRET, 'from-file'],
    ],
  ] as const)('%s=%s', async (variable, text, pick, wanted) => {
    const cwd = folder({ s: 'from-file\n' })
    expect(pick(await resolveConfig({ env: { [variable]: text, HELD: SECRET }, cwd }))).toEqual(wanted)
  })

  it('loses one line break at the end of a file, and no more', async () => {
    for (const [text, wanted] of [
      ['a b\n', 'a b'],
      ['a b\r\n', 'a b'],
      ['a b\n\n', 'a b\n'],
      [' a b', ' a b'],
    ] as const) {
      const code = untyped({ remoteWrite: [{ url: 'http://a', headers: { x: { file: 's' } } }] })
      const config = await resolveConfig({ env: {}, cwd: folder({ s: text }), code })
      expect(config.remoteWrite?.[0]?.headers).toEqual({ x: wanted })
    }
  })

  it.each([
    [
      'no such variable',
      { env: 'NOWHERE' },
      /the variable NOWHERE is not set; set it, or state the value otherwise \(code\)$/,
    ],
    ['a variable without a value', { env: 'EMPTY' }, /the variable EMPTY is not set/],
    ['no such file', { file: 'nowhere' }, /\/nowhere: there is no such file; put the value there/],
    ['a folder', { file: 'sub' }, /\/sub is not a file; name one that holds the value alone/],
    ['an empty file', { file: 'empty' }, /\/empty is empty; write the value into it/],
    ['a huge file', { file: 'huge' }, /\/huge is over 65536 bytes/],
    ['both', { env: 'A', file: 'B' }, /a reference is \{ env: 'NAME' \} or \{ file: '\/run\/secrets\/name' \}/],
    ['neither', {}, /a reference is/],
    ['a number', { env: 7 }, /a reference is/],
    ['a device', { file: '/dev/zero' }, /\/dev\/zero is not a file/],
  ])('%s: the problem names the path and the mend', async (_, reference, problem) => {
    const cwd = folder({ empty: '\n', huge: 'x'.repeat(70_000) })
    mkdirSync(join(cwd, 'sub'))
    const told = await problemOf(untyped({ query: { backendToken: reference } }), { EMPTY: '' }, cwd)
    expect(told).toMatch(/^query\.backendToken: /)
    expect(told).toMatch(problem)
  })

  it('what is found is checked, and not quoted', async () => {
    const told = await problemOf({ admin: { token: { env: 'HELD' } } }, { HELD: 'ill formed' })
    expect(told).toMatch(
      /^admin\.token: expected a token of 8 to 200 .* given something else, which is not shown \(code\)$/,
    )
  })

  it.each([
    ['BOXMAN_LOG_SHIP', `[{"kind":"fluentd","password":"${SECRET}"`],
    ['BOXMAN_REMOTE_WRITE', `ftp://u:${SECRET}@host/`],
    ['BOXMAN_ADMIN_TOKEN', `${SECRET} !`],
  ])('%s that cannot be read is not quoted', async (variable, text) => {
    const told = await problemOf({}, { [variable]: text })
    expect(told).toContain(`given something else, which is not shown (environment ${variable})`)
    expect(told).not.toContain(SECRET)
  })

  it.each([
    [
      'boxman.config.json',
      `{ "admin": { "token": "${SECRET}" `,
      /^boxman\.config\.json: could not be loaded: it is no JSON/,
    ],
    ['boxman.config.json', `{ "admin": ${SECRET} }`, /it is no JSON/],
    [
      'boxman.config.yaml',
      `admin:\n  token: "${SECRET}\n`,
      /^boxman\.config\.yaml: could not be loaded: it is no YAML: \w+ \(line \d+, column \d+\)/,
    ],
    ['boxman.config.yml', `${SECRET}: *${SECRET}\n`, /it is no YAML/],
  ])('a broken %s is not quoted', async (name, text, problem) => {
    const told = await problemOf({}, {}, folder({ [name]: text }))
    expect(told).toMatch(problem)
    expect(told).not.toContain(SECRET)
  })

  it('a file that every user can read is warned of, once', async () => {
    const cwd = folder({ s: SECRET })
    chmodSync(join(cwd, 's'), 0o644)
    const code = { query: { backendToken: { file: 's' } }, tracing: { otlpToken: { file: 's' } } }
    const { warnings } = await explainConfig({ env: {}, cwd, code })
    expect(warnings).toEqual([
      `${join(cwd, 's')} holds a secret and can be read by every user; chmod o-r ${join(cwd, 's')}`,
    ])
  })
})

it('explains what is overridden, by whom, and what is not set', async () => {
  const cwd = folder({ 'boxman.config.json': '{ "$schema": "x", "admin": { "port": 1, "token": "file-token" } }' })
  const env = { BOXMAN_ADMIN_PORT: '3', METRICS_WINDOW_SIZE_SECONDS: '7', BOXMAN_METRICS_WINDOW: '8s' }
  const { rows } = await explainConfig({ env, cwd, code: { admin: { port: 2, token: 'code-token' } } })
  const row = (path: string) => rows.find((one) => one.path === path)
  expect(row('admin.port')).toMatchObject({
    value: 3,
    source: 'environment BOXMAN_ADMIN_PORT',
    overridden: [
      { value: 2, source: 'code' },
      { value: 1, source: 'file boxman.config.json' },
      { value: 9090, source: 'default' },
    ],
  })
  expect(row('admin.token')).toMatchObject({
    value: '[set, from code]',
    overridden: [{ value: '[set, from file boxman.config.json]', source: 'file boxman.config.json' }],
  })
  expect(row('metrics.windowMs')).toMatchObject({ value: 8000, overridden: [{ value: 7000 }, { value: 300_000 }] })
  expect(row('query.backend')).toMatchObject({ value: undefined, source: undefined, overridden: [] })
})

it.each([
  ['METRICS_WINDOW_SIZE_SECONDS', '60', 'metrics.windowMs', 60_000],
  ['METRICS_MAX_SAMPLES', '5000', 'metrics.windowSamples', 5000],
  ['METRICS_PROMETHEUS_ENABLED', 'false', 'metrics.prometheus', false],
  ['METRICS_EVENT_LOOP_MONITORING', 'off', 'metrics.eventLoop', false],
  ['METRICS_HISTOGRAM_BUCKETS', '25, 50,100.5', 'http.bucketsMs', [25, 50, 100.5]],
])('B9: %s=%s is %s', async (variable, text, path, value) => {
  const { rows } = await explainConfig({ env: { [variable]: text }, cwd: folder() })
  expect(rows.find((row) => row.path === path)).toMatchObject({ value, source: `environment ${variable}` })
})

it.each([
  ['METRICS_HISTOGRAM_BUCKETS', '50,25'],
  ['METRICS_HISTOGRAM_BUCKETS', '25,25'],
  ['METRICS_HISTOGRAM_BUCKETS', '0,25'],
  ['METRICS_HISTOGRAM_BUCKETS', '25,'],
  ['METRICS_HISTOGRAM_BUCKETS', '25,Infinity'],
  ['METRICS_WINDOW_SIZE_SECONDS', '0'],
  ['METRICS_WINDOW_SIZE_SECONDS', '5m'],
  ['METRICS_MAX_SAMPLES', 'many'],
  ['METRICS_PROMETHEUS_ENABLED', 'maybe'],
])('B9: %s=%s is refused', async (variable, text) => {
  expect(await problemOf({}, { [variable]: text })).toContain(`(environment ${variable})`)
})

it('takes YAML and JSON, with $schema', async () => {
  for (const [name, text] of [
    [
      'boxman.config.json',
      '\uFEFF{ "$schema": "./s.json", "service": "w", "log": false, "admin": { "allow": ["::1"] } }',
    ],
    ['boxman.config.yaml', '# comment\nservice: w\nlog: false\nadmin:\n  allow: ["::1"]\n'],
  ] as const) {
    const config = await resolveConfig({ env: {}, cwd: folder({ [name]: text }) })
    expect([config.service, config.log.enabled, config.admin.allow]).toEqual(['w', false, ['::1']])
    expect(config.provenance['log.enabled']).toBe(`file ${name}`)
  }
})
