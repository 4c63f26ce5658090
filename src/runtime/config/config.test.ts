import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError, type ConfigInput, defineConfig, resolveConfig, shownConfig } from '../index.ts'

function directory(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'boxman-config-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

const EMPTY = directory()

async function problemsOf(sources: Partial<Parameters<typeof resolveConfig>[0]>): Promise<readonly string[]> {
  const failure: unknown = await resolveConfig({ env: {}, cwd: EMPTY, ...sources }).then(
    () => new Error('accepted'),
    (error: unknown) => error,
  )
  if (!(failure instanceof ConfigError)) throw failure
  for (const problem of failure.problems) expect(failure.message).toContain(problem)
  return failure.problems
}

/** What untyped callers pass. */
const untyped = (value: unknown): ConfigInput => JSON.parse(JSON.stringify(value))

describe('defaults', () => {
  it('are a whole configuration', async () => {
    const { provenance, references, ...config } = await resolveConfig({ env: {}, cwd: EMPTY })
    expect(references).toEqual({})
    expect(config).toEqual({
      service: 'service',
      prefix: 'bitcraps',
      constantLabels: {},
      watch: true,
      log: {
        enabled: true,
        level: 'info',
        preset: 'plain',
        limit: { enabled: true, perSecond: 100, burst: 1000, oneIn: 100 },
        tail: { enabled: true, lines: 5000, bytes: 1_048_576 },
        shipDeadlineMs: 2000,
      },
      redact: {
        paths: [],
        keys: [],
        allow: [],
        shapes: ['authorization', 'jwt', 'card', 'privateKey', 'token', 'url', 'assignment'],
        emails: false,
        replacement: '[redacted]',
      },
      admin: { enabled: true, host: '127.0.0.1', port: 9090, basePath: '', guardProbes: false, insecure: false },
      collect: { intervalMs: 5000 },
      thresholds: { memoryBytes: 200_000_000, cpuPercent: 80 },
      http: { metrics: 'media', log: true, correlation: true },
      tracing: {
        enabled: true,
        spansPerSecond: 200,
        maxSpans: 50_000,
        propagation: ['tracecontext', 'baggage'],
        requestId: false,
      },
      metrics: {
        enabled: true,
        prometheus: true,
        eventLoop: true,
        windowMs: 300_000,
        maxSeriesPerMetric: 10_000,
        exemplars: true,
        internal: false,
      },
      errors: { uncaught: true, maxGroups: 200 },
      kubernetes: { labels: 'auto' },
      health: { timeoutMs: 1000, cacheMs: 5000, findBreakers: true },
      drain: { delayMs: 5000, graceMs: 25_000 },
      store: {
        enabled: true,
        intervalMs: 15_000,
        fsync: 'interval',
        retentionMs: 86_400_000,
        maxBytes: 268_435_456,
        maxSeries: 100_000,
        outOfOrderMs: 0,
      },
      alerting: {},
      query: { timeoutMs: 120_000, concurrency: 20, maxSamples: 50_000_000 },
      ingest: { remoteWrite: false, otlp: false },
    })
    expect(new Set(Object.values(provenance))).toEqual(new Set(['default']))
  })

  it.each([
    ['{"name":"@acme/wallet"}', '@acme/wallet'],
    ['{"name":7}', 'service'],
    ['{', 'service'],
  ])('with the service named by package.json %s', async (manifest, service) => {
    const cwd = directory({ 'package.json': manifest })
    expect((await resolveConfig({ env: {}, cwd })).service).toBe(service)
  })
})

describe('precedence', () => {
  /** One value a source, for fields of each kind. */
  const FIELDS = [
    ['service', 'BOXMAN_SERVICE', ['f', 'c', 'e'], ['f', 'c', 'e']],
    ['admin.port', 'BOXMAN_ADMIN_PORT', [1, 2, 3], [1, 2, '3']],
    ['http.log', 'BOXMAN_HTTP_LOG', [false, true, false], [false, true, '0']],
    ['collect.intervalMs', 'BOXMAN_COLLECT_INTERVAL', [1000, 2000, 5000], [1000, 2000, '5s']],
    [
      'tracing.propagation',
      'BOXMAN_TRACING_PROPAGATION',
      [['b3'], [], ['tracecontext', 'b3multi']],
      [['b3'], [], 'tracecontext, b3multi'],
    ],
    ['tracing.propagation', 'BOXMAN_TRACING_PROPAGATION', [['b3'], ['none'], ['none']], [['b3'], ['none'], 'none']],
    ['constantLabels.region', 'BOXMAN_CONSTANT_LABELS', ['f', 'c', 'e'], ['f', 'c', 'region=e']],
  ] as const

  const nested = (path: string, value: unknown): unknown =>
    path.split('.').reduceRight((inner: unknown, key) => ({ [key]: inner }), value)
  const at = (tree: unknown, path: string): unknown =>
    path.split('.').reduce((inner: unknown, key): unknown => Reflect.get(Object(inner), key), tree)

  it('default < file < code < environment, whatever is stated', async () => {
    const field = fc.constantFrom(...FIELDS)
    await fc.assert(
      fc.asyncProperty(field, fc.boolean(), fc.boolean(), fc.boolean(), async (field, file, code, env) => {
        const [path, variable, values, given] = field
        const plain = await resolveConfig({ env: {}, cwd: EMPTY })
        const cwd = file
          ? directory({ 'boxman.config.mjs': `export default ${JSON.stringify(nested(path, given[0]))}` })
          : EMPTY
        const resolved = await resolveConfig({
          cwd,
          code: code ? untyped(nested(path, given[1])) : undefined,
          env: env ? { [variable]: given[2] } : {},
        })
        const [value, source] = env
          ? [values[2], `environment ${variable}`]
          : code
            ? [values[1], 'code']
            : file
              ? [values[0], 'file boxman.config.mjs']
              : [at(plain, path), plain.provenance[path]]
        expect([at(resolved, path), resolved.provenance[path]]).toEqual([value, source])
      }),
      { numRuns: 40 },
    )
  })

  it('is decided value by value, label by label', async () => {
    const cwd = directory({
      'boxman.config.ts': `const port: number = 9100
        export default { admin: { port, host: '::1' }, constantLabels: { region: 'eu', tier: 'gold' } }`,
    })
    const code = defineConfig({ admin: { port: 0 }, constantLabels: { tier: 'silver' }, version: undefined })
    const { admin, constantLabels, provenance } = await resolveConfig({ cwd, code, env: { BOXMAN_ADMIN_HOST: '' } })
    expect(admin).toMatchObject({ port: 0, host: '::1' })
    expect(constantLabels).toEqual({ region: 'eu', tier: 'silver' })
    expect(provenance).toMatchObject({
      'admin.port': 'code',
      'admin.host': 'file boxman.config.ts',
      'constantLabels.region': 'file boxman.config.ts',
      'constantLabels.tier': 'code',
    })
  })

  it.each<[ConfigInput, Record<string, string>, boolean]>([
    [{ metrics: false }, {}, false],
    [{ metrics: { enabled: false } }, {}, false],
    [{}, { BOXMAN_METRICS: 'off' }, false],
    [{ metrics: false }, { BOXMAN_METRICS: 'on' }, true],
  ])('S14: a part is switched as a whole: %o, %o', async (code, env, enabled) => {
    const resolved = await resolveConfig({ cwd: EMPTY, env, code })
    expect(resolved.metrics).toMatchObject({ enabled, maxSeriesPerMetric: 10_000, exemplars: true })
  })

  const POD = { POD_NAME: 'wallet-0', POD_NAMESPACE: 'casino', NODE_NAME: 'n1', NODE_ZONE: '' }
  it.each([
    ['outside a cluster', POD, {}],
    [
      'in a cluster',
      { ...POD, KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      { pod: 'wallet-0', namespace: 'own', node: 'n1' },
    ],
  ])('O16: Kubernetes labels %s', async (_, env, found) => {
    const resolved = await resolveConfig({ cwd: EMPTY, env, code: { constantLabels: { namespace: 'own' } } })
    expect(resolved.constantLabels).toEqual({ namespace: 'own', ...found })
    expect(resolved.provenance['constantLabels.pod']).toBe('pod' in found ? 'environment POD_NAME' : undefined)
  })
})

describe('refusals', () => {
  it.each<[string, unknown, string]>([
    ['a wrong type', { admin: { port: '9090' } }, "admin.port: expected a port from 0 to 65535, given '9090' (code)"],
    ['out of range', { admin: { port: 70000 } }, 'admin.port: expected a port from 0 to 65535, given 70000 (code)'],
    ['null', { service: null }, 'service: expected a text of 1 to 100 characters, given null (code)'],
    [
      'no group',
      { admin: 9090 },
      'admin: expected an object of enabled, host, port, basePath, token, tokens, basic, tls, allow, guardProbes, hosts, origins, insecure, given 9090 (code)',
    ],
    [
      'a choice',
      { log: { level: 'loud' } },
      "log.level: expected one of trace, debug, info, warn, error, fatal, silent, or a list with modules such as info,wallet.*=debug, given 'loud' (code)",
    ],
    [
      'a slip',
      { admin: { prot: 1 } },
      'admin.prot: unknown key, did you mean port?; known here: enabled, host, port, basePath, token, tokens, basic, tls, allow, guardProbes, hosts, origins, insecure (code)',
    ],
    [
      'a case slip',
      { collect: { intervalMS: 1 } },
      'collect.intervalMS: unknown key, did you mean intervalMs?; known here: intervalMs (code)',
    ],
    [
      'one level too high',
      { port: 1 },
      'port: unknown key, did you mean admin.port?; known here: service, version, environment, prefix, constantLabels, watch, log, redact, admin, collect, thresholds, http, tracing, metrics, errors, kubernetes, health, drain, store, rules, alerting, query, ingest, remoteWrite (code)',
    ],
    ['a path as key', { 'admin.port': 1 }, 'admin.port: unknown key'],
    ['an inherited name', { admin: { constructor: 1 } }, 'admin.constructor: unknown key; known here'],
    ['a label name', { constantLabels: { 'a-b': 'x' } }, 'constantLabels.a-b: expected a label name'],
    ['a dotted label', { constantLabels: { 'a.b': 'x' } }, 'constantLabels.a.b: expected a label name'],
    ['a label that histograms own', { constantLabels: { le: 'x' } }, 'constantLabels.le: expected a label name'],
    [
      'a label value',
      { constantLabels: { a: 1 } },
      'constantLabels.a: expected a label value: a text of at most 200 characters, given 1 (code)',
    ],
    [
      'no CIDR',
      { admin: { allow: ['10.0.0.0/33'] } },
      "admin.allow: expected a list of addresses and ranges, such as ['10.0.0.0/8', '::1'], or ['private'], given [ '10.0.0.0/33' ] (code)",
    ],
    ['a lone CIDR', { admin: { allow: '10.0.0.0/8' } }, 'admin.allow: expected a list of addresses'],
    ['no addresses', { admin: { allow: [] } }, 'admin.allow: expected a list of addresses'],
    [
      'a token without scopes',
      { admin: { tokens: [{ token: 'good-token' }] } },
      'admin.tokens: expected a list such as',
    ],
    [
      'a scope that is none',
      { admin: { tokens: [{ token: 'good-token', scopes: ['write'] }] } },
      'scopes of metrics, read, operate, ingest, given something else, which is not shown (code)',
    ],
    [
      'a hash that is none',
      { admin: { basic: [{ user: 'ann', password: '$scrypt$ln=30,r=8,p=1$AAAA$AAAA', scopes: ['read'] }] } },
      'admin.basic: expected a list such as',
    ],
    [
      'a user with a colon',
      { admin: { basic: [{ user: 'a:b', password: 'pass-word', scopes: ['read'] }] } },
      'admin.basic',
    ],
    [
      'certificates of nobody',
      { admin: { tls: { cert: 'c', key: 'k', clientAuth: 'require' } } },
      'admin.tls: expected files',
    ],
    ['a host with a port', { admin: { hosts: ['ops.example:80'] } }, 'admin.hosts: expected a list of host names'],
    [
      'an origin with a path',
      { admin: { origins: ['https://a.example/'] } },
      'admin.origins: expected a list of origins',
    ],
    ['any origin', { admin: { origins: ['*'] } }, 'admin.origins: expected a list of origins'],
    [
      'a propagator that is not known',
      { tracing: { propagation: ['jaeger'] } },
      "tracing.propagation: expected a list of tracecontext, baggage, b3 and b3multi, or ['none'], given [ 'jaeger' ] (code)",
    ],
    ['none and one more', { tracing: { propagation: ['none', 'b3'] } }, 'tracing.propagation: expected a list of'],
    ['a short token', { admin: { token: 'geheim' } }, 'given something else, which is not shown (code)'],
    ['a short retention', { store: { retentionMs: 5 } }, 'store.retentionMs: expected milliseconds from 60000'],
    [
      'an odd fsync',
      { store: { fsync: 'maybe' } },
      "store.fsync: expected one of always, interval, never, given 'maybe'",
    ],
    ['a path that is none', { redact: { paths: ['a..b'] } }, 'redact.paths: expected a list of paths such as'],
    ['a name with * within', { redact: { keys: ['a*b'] } }, "redact.keys: expected a list of names such as ['pin'"],
    ['a name without letters', { redact: { allow: ['*'] } }, 'redact.allow: expected a list of names'],
    [
      'an unknown shape',
      { redact: { shapes: ['iban'] } },
      'redact.shapes: expected a list of authorization, jwt, card, privateKey, token, url, assignment, given',
    ],
    ['no replacement', { redact: { replacement: '' } }, 'redact.replacement: expected a text of 1 to 100 characters'],
    ['no object at all', [], 'configuration: expected an object of service'],
  ])('%s', async (_, code, problem) => {
    const problems = await problemsOf({ code: untyped(code) })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(problem)
  })

  it.each([
    ['BOXMAN_ADMIN_PORT', 'http', "admin.port: expected a number, given 'http'"],
    ['BOXMAN_COLLECT_INTERVAL', '5ms', 'collect.intervalMs: expected milliseconds from 100 to 3600000, given 5'],
    ['BOXMAN_ADMIN_ENABLED', 'yes', "admin.enabled: expected true, false, on or off, given 'yes'"],
    ['BOXMAN_COLLECT_INTERVAL', '5', "collect.intervalMs: expected a duration such as 5s or 500ms, given '5'"],
    ['BOXMAN_CONSTANT_LABELS', 'eu', "constantLabels: expected labels such as region=eu,tier=gold, given 'eu'"],
    ['BOXMAN_ADMIN_BASE_PATH', 'ops/', 'admin.basePath: expected a path'],
  ])('%s=%s', async (variable, text, problem) => {
    const [first] = await problemsOf({ env: { [variable]: text } })
    expect(first).toContain(problem)
    expect(first).toContain(`(environment ${variable})`)
  })

  it('names every problem with its source, also where a later source overrides it', async () => {
    const cwd = directory({ 'boxman.config.ts': 'export default { admin: { port: -1 }, servcie: "x" }' })
    const code = untyped({ prefix: '9x' })
    expect(await problemsOf({ cwd, code, env: { BOXMAN_ADMIN_PORT: '1', BOXMAN_LOG_LEVEL: 'x' } })).toEqual([
      'admin.port: expected a port from 0 to 65535, given -1 (file boxman.config.ts)',
      expect.stringMatching(/^servcie: unknown key, did you mean service\?.*\(file boxman\.config\.ts\)$/),
      "prefix: expected letters, digits and _, not a digit first nor a _ last, given '9x' (code)",
      expect.stringMatching(/^log\.level: expected one of .*given 'x' \(environment BOXMAN_LOG_LEVEL\)$/),
    ])
  })

  it.each([
    [
      'that is missing',
      { env: { BOXMAN_CONFIG: 'conf/b.ts' } },
      /^conf\/b\.ts: there is no such file \(environment BOXMAN_CONFIG\); create it/,
    ],
    [
      'that throws',
      { cwd: directory({ 'boxman.config.ts': 'throw new Error("no vault")' }) },
      /^boxman\.config\.ts: could not be loaded: no vault; mend it/,
    ],
    [
      'that does not parse',
      { cwd: directory({ 'boxman.config.ts': 'export default {' }) },
      /^boxman\.config\.ts: could not be loaded: .*; mend it/,
    ],
    [
      'without a default export',
      { cwd: directory({ 'boxman.config.ts': 'export const service = "x"' }) },
      /^boxman\.config\.ts: expected an object as default export/,
    ],
  ])('a file %s', async (_, sources, message) => {
    const problems = await problemsOf(sources)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(message)
  })
})

it('O18: a token is shown neither in a problem nor among the values', async () => {
  const text = 'wrong token of mine'
  for (const sources of [
    { env: { BOXMAN_ADMIN_TOKEN: text } },
    { code: { admin: { token: text } } },
    { code: { admin: { token: ['good-token-1', text] } } },
  ]) {
    const [problem = ''] = await problemsOf(sources)
    expect(problem).toMatch(/^admin\.token: expected a token of 8 to 200 .* makes one, given something else/)
    expect(problem).not.toContain('mine')
  }
  const env = { BOXMAN_ADMIN_TOKEN: 'first-token,second-token', BOXMAN_ADMIN_ALLOW: '10.0.0.0/8, ::1' }
  const config = await resolveConfig({ env, cwd: EMPTY })
  expect(config.admin).toMatchObject({ token: ['first-token', 'second-token'], allow: ['10.0.0.0/8', '::1'] })
  const shown = shownConfig(config)
  expect(shown.admin.token).toEqual(Array(2).fill('[set, from environment BOXMAN_ADMIN_TOKEN]'))
  expect(JSON.stringify(shown)).not.toContain('-token')
  const more = {
    BOXMAN_ADMIN_TOKENS: '[{"token":"third-token","scopes":["metrics"],"name":"prometheus"}]',
    BOXMAN_ADMIN_BASIC: '[{"user":"ann","password":"pass-token","scopes":["read"]}]',
  }
  const { admin } = shownConfig(await resolveConfig({ env: more, cwd: EMPTY }))
  expect(admin).toMatchObject({
    tokens: [{ token: '[set, from environment BOXMAN_ADMIN_TOKENS]', scopes: ['metrics'], name: 'prometheus' }],
    basic: [{ user: 'ann', password: '[set, from environment BOXMAN_ADMIN_BASIC]', scopes: ['read'] }],
  })
  expect(shownConfig(await resolveConfig({ env: {}, cwd: EMPTY })).admin).not.toHaveProperty('token')
})

it.each(['[redacted]', 'n/a', '***'])(
  'what looks like a secret is not shown either, nor breaks what is: %s',
  async (replacement) => {
    const code = {
      redact: { replacement },
      environment: 'password=hunter2',
      constantLabels: { note: 'token=hunter3' },
      remoteWrite: [{ url: 'https://ann:hunter4@a.example/w?token=hunter5', name: 'a' }],
    }
    const shown = shownConfig(await resolveConfig({ env: {}, cwd: EMPTY, code }))
    expect(JSON.stringify(shown)).not.toMatch(/hunter\d/)
    expect(shown).toMatchObject({
      environment: `password=${replacement}`,
      constantLabels: { note: `token=${replacement}` },
    })
  },
)

it('BOXMAN_CONFIG names a file elsewhere, which may import its neighbours and defineConfig', async () => {
  const cwd = directory()
  mkdirSync(join(cwd, 'conf'))
  writeFileSync(join(cwd, 'conf', 'name.ts'), 'export const service: string = "wallet"')
  writeFileSync(
    join(cwd, 'conf', 'b.ts'),
    'import { defineConfig } from "boxman"; import { service } from "./name"; export default defineConfig({ service })',
  )
  const { service, provenance } = await resolveConfig({ cwd, env: { BOXMAN_CONFIG: 'conf/b.ts' } })
  expect([service, provenance['service']]).toEqual(['wallet', 'file conf/b.ts'])
})
