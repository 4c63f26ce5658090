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
      "  http.metrics: expected one of media, off, given 'all' (file boxman.config.js)",
      "  admin.port: expected a number, given 'x' (environment BOXMAN_ADMIN_PORT)",
    ])
  })

  it.each([
    [['check-config', 'nope.ts'], {}, 'nope.ts: there is no such file (named on the command line); create it'],
    [['check-config'], { 'boxman.config.ts': 'throw new Error("no vault")' }, 'could not be loaded: no vault; mend it'],
  ])('%j with %j says what to do', (args, files, message) => {
    const { status, err } = boxman(args, files)
    expect([status, err]).toEqual([1, expect.stringContaining(message)])
  })
})
