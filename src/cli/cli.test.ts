import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

interface Run {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

function boxman(args: readonly string[], files: Record<string, string> = {}, env: Record<string, string> = {}): Run {
  const cwd = mkdtempSync(join(tmpdir(), 'boxman-cli-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  const options = { cwd, env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env }, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], options)
  return { status, out: stdout, err: stderr }
}

describe('boxman', () => {
  it('--version', () => {
    expect(boxman(['--version'])).toEqual({
      status: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as unknown,
      err: '',
    })
  })

  it.each([[['--help']], [['check-config', '--help']]])('%j', (args) => {
    const { status, out } = boxman(args)
    expect([status, out]).toEqual([0, expect.stringContaining('check-config')])
  })

  it('an unknown command', () => {
    const { status, out, err } = boxman(['chek-config'])
    expect([status, out + err]).toEqual([1, expect.stringContaining('Unknown command chek-config')])
  })
})

describe('boxman check-config', () => {
  const FILE = `import { defineConfig } from 'boxman'
    export default defineConfig({ service: 'wallet', admin: { port: 9100 } })`

  it('prints each value with its source', () => {
    const env = { BOXMAN_LOG_LEVEL: 'debug', BOXMAN_CONSTANT_LABELS: 'region=eu' }
    const { status, out, err } = boxman(['check-config'], { 'boxman.config.ts': FILE }, env)
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^service +"wallet" +file boxman\.config\.ts$/m)
    expect(out).toMatch(/^admin\.port +9100 +file boxman\.config\.ts$/m)
    expect(out).toMatch(/^admin\.host +"127\.0\.0\.1" +default *$/m)
    expect(out).toMatch(/^log\.level +"debug" +environment BOXMAN_LOG_LEVEL$/m)
    expect(out).toMatch(/^constantLabels\.region +"eu" +environment BOXMAN_CONSTANT_LABELS$/m)
  })

  it('checks the file it is given instead of the one it would find', () => {
    const { status, out } = boxman(['check-config', 'other.mjs'], {
      'boxman.config.ts': 'throw new Error("not me")',
      'other.mjs': 'export default { service: "other" }',
    })
    expect([status, out]).toEqual([0, expect.stringMatching(/^service +"other" +file other\.mjs$/m)])
  })

  it('names all problems', () => {
    const bad = 'export default { admin: { prot: 1 }, http: { metrics: "all" } }'
    const { status, out, err } = boxman(['check-config'], { 'boxman.config.js': bad }, { BOXMAN_ADMIN_PORT: 'x' })
    expect([status, out]).toEqual([1, ''])
    expect(err.trimEnd().split('\n')).toEqual([
      'the configuration has 3 problems:',
      expect.stringContaining('admin.prot: unknown key, did you mean port?'),
      "  http.metrics: expected one of media, bitcraps, otel, prom-bundle, off, given 'all' (file boxman.config.js)",
      "  admin.port: expected a number, given 'x' (environment BOXMAN_ADMIN_PORT)",
    ])
  })

  it.each([
    [['check-config', 'nope.ts'], {}, 'nope.ts: there is no such file (named on the command line); create it'],
    [['check-config'], { 'boxman.config.mjs': 'export default { admin: { host: "::" } }' }, 'nothing says who may ask'],
    [['check-config'], { 'boxman.config.ts': 'throw new Error("no vault")' }, 'could not be loaded: no vault; mend it'],
  ])('%j with %j says what to do', (args, files, message) => {
    const { status, err } = boxman(args, files)
    expect([status, err]).toEqual([1, expect.stringContaining(message)])
  })
})

describe('boxman config', () => {
  const FILE = '{ "service": "wallet", "admin": { "port": 9100, "token": { "env": "HELD" } } }'
  const env = { HELD: 'the-secret-of-mine', BOXMAN_ADMIN_PORT: '9200' }

  it('prints each value and where it comes from, also those that are not set, and no secret', () => {
    const { status, out, err } = boxman(['config'], { 'boxman.config.json': FILE }, env)
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^key +value +source$/m)
    expect(out).toMatch(/^service +"wallet" +file boxman\.config\.json$/m)
    expect(out).toMatch(/^admin\.port +9200 +environment BOXMAN_ADMIN_PORT$/m)
    expect(out).toMatch(/^admin\.token +"\[set, from environment HELD\]" +file boxman\.config\.json$/m)
    expect(out).toMatch(/^query\.backend +- +not set$/m)
    expect(out).not.toContain('the-secret')
  })

  it('-v prints what is overridden', () => {
    const { out } = boxman(['config', '-v', '--config', 'other.json'], { 'other.json': FILE }, env)
    expect(out).toMatch(
      /^admin\.port +9200 +environment BOXMAN_ADMIN_PORT \(BOXMAN_ADMIN_PORT\)\n +9100 +overridden: file other\.json\n +9090 +overridden: default$/m,
    )
  })

  it('--json prints the same for programs', () => {
    const { status, out } = boxman(['config', '--json'], { 'boxman.config.json': FILE }, env)
    const rows: unknown = JSON.parse(out)
    expect(status).toBe(0)
    expect(rows).toContainEqual({
      path: 'admin.port',
      value: 9200,
      source: 'environment BOXMAN_ADMIN_PORT',
      overridden: [
        { value: 9100, source: 'file boxman.config.json' },
        { value: 9090, source: 'default' },
      ],
      changeable: 'restart',
      variables: ['BOXMAN_ADMIN_PORT'],
    })
    expect(rows).toContainEqual(expect.objectContaining({ path: 'query.backend', value: null, source: null }))
    expect(out).not.toContain('the-secret')
  })

  it('all problems at once', () => {
    const bad =
      '{ "admin": { "prot": 1 }, "http": { "metrics": "all" }, "query": { "backendToken": { "file": "none" } } }'
    const { status, out, err } = boxman(['config', '--json'], { 'boxman.config.json': bad }, { BOXMAN_ADMIN_PORT: 'x' })
    expect(status).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ problems: { length: 4 } })
    expect(err).toContain('the configuration has 4 problems:\n')
  })
})

describe('boxman test promql', () => {
  const GOOD = 'load 1m\n  m{a="b"} 1 2\n\neval instant at 1m m\n  m{a="b"} 2\n'

  it('ends with the count of what passed', () => {
    const files = { 'a.test': GOOD, 'b.test': `clear\n${GOOD}` }
    expect(boxman(['test', 'promql', 'a.test', 'b.test'], files)).toEqual({
      status: 0,
      out: '2 passed, 0 failed\n',
      err: '',
    })
  })

  it('shows what failed, what was expected and what came', () => {
    const script = `${GOOD}\neval instant at 1m m * 2\n  {a="b"} 5\n`
    expect(boxman(['test', 'promql', 'a.test', 'none.test'], { 'a.test': script })).toMatchObject({
      status: 1,
      out: [
        'a.test:7: m * 2',
        '  {a="b"}: wanted 5, got 4',
        '  expected  {a="b"} 5',
        '  got       {a="b"} 4',
        "none.test: ENOENT: no such file or directory, open 'none.test'",
        '1 passed, 2 failed\n',
      ].join('\n'),
    })
  })

  it.each([
    ['eval instant at 1m 1 +\n  3', 'the failure invalid parameter "query"'],
    ['eval instant at 1m "x"\n  expect string "y"', '"x"'],
    ['eval range from 0 to 1m step 1m vector(1)\n  {} 2 2', '{} 1@0 1@60000'],
    ['eval instant at 1m quantile(2, vector(1))\n  expect no_warn\n  {} +Inf', 'a warning: PromQL warning: quantile'],
    ['wait', 'line 1'],
  ])('%j: %s', (script, told) => {
    const { status, out } = boxman(['test', 'promql', 'x.test'], { 'x.test': script })
    expect([status, out]).toEqual([1, expect.stringContaining(told)])
    expect(out).toMatch(/^0 passed, 1 failed$/m)
  })
})
