import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

// The same files go through promtool in test/peers/rules.test.ts; here is what is our own.

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const RULES = 'groups:\n- name: g\n  rules:\n  - {record: r, expr: x * 2}\n  - {alert: A, expr: x > 1}\n'
const TESTS = `rule_files: [sub/*.yml]
tests:
- name: doubles
  interval: 1m
  start_timestamp: 2024-01-31T00:00:00Z
  input_series: [{series: x, values: 1+1x5}]
  promql_expr_test:
  - {expr: r, eval_time: 1m, exp_samples: [{labels: r, value: 4}]}
  - {expr: timestamp(r), eval_time: 1m, exp_samples: [{value: 1706659260}]}
- name: wrong
  interval: 1m
  input_series: [{series: x, values: 1+1x5}]
  alert_rule_test: [{eval_time: 1m, alertname: A, exp_alerts: []}]
`

function boxman(args: readonly string[]): {
  readonly status: number | null
  readonly out: string
  readonly err: string
} {
  const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-cli-rules-'))
  mkdirSync(path.join(cwd, 'sub'))
  writeFileSync(path.join(cwd, 'sub/rules.yml'), RULES)
  writeFileSync(path.join(cwd, 'twice.yml'), `${RULES}  - {record: r, expr: y}\n`)
  writeFileSync(path.join(cwd, 'tests.yml'), TESTS)
  writeFileSync(path.join(cwd, 'own.yml'), RULES)
  writeFileSync(path.join(cwd, 'own.yml.boxman'), 'unknown: [{alert: A, no_data: kep}]\n')
  const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd, env, encoding: 'utf8' })
  return { status, out: stdout, err: stderr }
}

describe('boxman check rules', () => {
  it('counts the rules', () => {
    expect(boxman(['check', 'rules', 'sub/rules.yml'])).toEqual({
      status: 0,
      out: 'Checking sub/rules.yml\n  SUCCESS: 2 rules found\n\n',
      err: '',
    })
  })

  it('tells of rules that are there twice, and lets them be', () => {
    const { status, out } = boxman(['check', 'rules', 'twice.yml'])
    expect([status, out]).toEqual([0, expect.stringContaining('1 duplicate rule(s) found')])
  })

  it.each([
    ['nope.yml', 'nope.yml: there is no such file'],
    ['sub', 'sub: is a folder: name its files'],
    ['own.yml', 'own.yml.boxman: 1:31: no_data: kep; write keep, alert or ok'],
    ['tests.yml', 'tests.yml: 1:1: field rule_files not found in the file, which may have groups'],
  ])('%s is refused, and the files after it are checked', (file, fault) => {
    const { status, out, err } = boxman(['check', 'rules', file, 'sub/rules.yml'])
    expect([status, out, err]).toEqual([
      1,
      expect.stringContaining('SUCCESS: 2 rules found'),
      expect.stringContaining(`  FAILED:\n${fault}`),
    ])
  })
})

describe('boxman test rules', () => {
  it('shows what was expected and what came', () => {
    const { status, err } = boxman(['test', 'rules', 'tests.yml'])
    expect(status).toBe(1)
    expect(err).toBe(
      [
        '  FAILED:',
        '    name: wrong,',
        '    alertname: A, time: 1m, ',
        '        exp:[], ',
        '        got:[',
        '            0:',
        '              Labels:{alertname="A"}',
        '              Annotations:{}',
        '            ]',
        '',
        '',
      ].join('\n'),
    )
  })

  it('runs the tests that are asked for', () => {
    expect(boxman(['test', 'rules', '--run', '^doub', 'tests.yml'])).toEqual({
      status: 0,
      out: 'Unit Testing: tests.yml\n  SUCCESS\n\n',
      err: '',
    })
    expect(boxman(['test', 'rules', '--run', '(', 'tests.yml'])).toMatchObject({
      status: 1,
      err: expect.stringContaining('--run: error parsing regexp') as unknown,
    })
  })

  it('of a file that is not there', () => {
    expect(boxman(['test', 'rules', 'nope.yml'])).toMatchObject({
      status: 1,
      err: '  FAILED:\nnope.yml: there is no such file\n\n',
    })
  })
})
