import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { needPeer, root } from '../support/peer.ts'
import { isRecent } from '../support/prometheus.ts'
import { RULE_FILES } from './rules/rule-files.ts'
import { TEMPLATES } from './rules/templates.ts'
import { TESTED_RULES, UNIT_TESTS } from './rules/unit-tests.ts'

const BOXMAN = [process.execPath, path.join(root, 'dist/cli/main.js')]
const SYSTEM_PROMTOOL = '/usr/bin/promtool'

interface Run {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

function run([program = '', ...args]: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: '1' } })
    let [out, err] = ['', '']
    child.stdout.on('data', (data) => (out += String(data)))
    child.stderr.on('data', (data) => (err += String(data)))
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, out, err }))
  })
}

function folder(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(path.join(tmpdir(), 'boxman-rules-'))
  mkdirSync(made, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(made, name), text)
  return made
}

/** Which files were told to be right, each under a heading of its own. */
function succeeded(out: string, heading: string, names: readonly string[]): readonly boolean[] {
  const parts = new Map(
    out.split(`${heading} `).map((part) => [part.slice(0, part.indexOf('\n')).trim(), /^ {2}SUCCESS/m.test(part)]),
  )
  return names.map((name) => parts.get(name) === true)
}

/** promtool of version 3, and the system's older one where it is another. */
function promtools(skip: (reason: string) => never): readonly { readonly program: string; readonly recent: boolean }[] {
  const preferred = needPeer('promtool', skip)
  const all = [preferred, SYSTEM_PROMTOOL].filter((program, i, list) => list.indexOf(program) === i)
  return all
    .filter((program) => spawnSync(program, ['--version']).status === 0)
    .map((program) => ({ program, recent: isRecent(program) }))
}

describe('rules beside promtool', () => {
  it('the tables are long enough', () => {
    expect(RULE_FILES.length + UNIT_TESTS.length).toBeGreaterThan(120)
    expect(TEMPLATES.length).toBeGreaterThan(100)
  })

  it('accepts and refuses the same files of rules', async ({ skip }) => {
    const tools = promtools(skip)
    const cwd = folder(Object.fromEntries(RULE_FILES.map(([, text], i) => [`${i}.yml`, text])))
    const names = RULE_FILES.map((_, i) => `${i}.yml`)
    const accepted = ({ out }: Run): readonly boolean[] => succeeded(out, 'Checking', names)
    const ours = await run([...BOXMAN, 'check', 'rules', ...names], cwd)
    const wanted = (recent: boolean): readonly boolean[] =>
      RULE_FILES.map(([, , verdict]) => verdict === 'ok' || verdict === (recent ? 'ok-3' : 'bad-3'))
    const named = (verdicts: readonly boolean[]): readonly string[] =>
      verdicts.map((verdict, i) => `${RULE_FILES[i]?.[0]}: ${verdict ? 'ok' : 'bad'}`)
    expect(named(accepted(ours))).toEqual(named(wanted(true)))
    expect(ours.status).toBe(1)
    for (const { program, recent } of tools) {
      expect(named(accepted(await run([program, 'check', 'rules', ...names], cwd)))).toEqual(named(wanted(recent)))
    }
  })

  it('passes and fails the same unit tests', { timeout: 120_000 }, async ({ skip }) => {
    const tools = promtools(skip).filter(({ recent }) => recent)
    const cwd = folder({
      'rules.yml': TESTED_RULES,
      'wrong.yml': 'groups: 5\n',
      ...Object.fromEntries(UNIT_TESTS.map(([, text], i) => [`${i}.test.yml`, text])),
    })
    const names = UNIT_TESTS.map((_, i) => `${i}.test.yml`)
    const told = (passed: readonly boolean[]): readonly string[] =>
      UNIT_TESTS.map(([name], i) => `${name}: ${passed[i] === true ? 'pass' : 'fail'}`)
    const wanted = UNIT_TESTS.map(([name, , verdict]) => `${name}: ${verdict}`)
    const ours = await run([...BOXMAN, 'test', 'rules', ...names], cwd)
    expect(told(succeeded(ours.out, 'Unit Testing:', names))).toEqual(wanted)
    expect(ours.status).toBe(1)
    for (const { program } of tools) {
      const passed: boolean[] = []
      for (const name of names) passed.push((await run([program, 'test', 'rules', name], cwd)).status === 0)
      expect(told(passed)).toEqual(wanted)
    }
  })

  it('fills in templates with the same text, and shows what came in the same form', async ({ skip }) => {
    const tools = promtools(skip).filter(({ recent }) => recent)
    const rules = TEMPLATES.map((template, i) => ({ alert: `A${i}`, expr: 'x', annotations: { a: template } }))
    const test = {
      interval: '1m',
      external_labels: { cluster: 'eu' },
      external_url: 'http://ex.org:9090/pre',
      input_series: [
        { series: 'x{a="b c",inst="host.example.org:80"}', values: '1234567.89x5' },
        { series: 'y{k="1"}', values: '3x5' },
        { series: 'y{k="2"}', values: '1.5x5' },
        { series: 'h', values: '{{schema:0 sum:5 count:4 buckets:[1 2 1]}}x5' },
      ],
      alert_rule_test: TEMPLATES.map((_, i) => ({ eval_time: '2m', alertname: `A${i}`, exp_alerts: [] })),
    }
    const cwd = folder({
      'rules.yml': JSON.stringify({ groups: [{ name: 'g', rules }] }),
      'test.yml': JSON.stringify({ rule_files: ['rules.yml'], tests: [test] }),
    })
    const annotations = ({ err }: Run): readonly string[] => err.split('\n').filter((line) => line !== '')
    const ours = annotations(await run([...BOXMAN, 'test', 'rules', 'test.yml'], cwd))
    expect(ours.filter((line) => line.includes('Annotations:'))).toHaveLength(TEMPLATES.length)
    for (const { program } of tools) {
      const theirs = annotations(await run([program, 'test', 'rules', 'test.yml'], cwd))
      // Only what differs: a whole comparison of so many lines takes minutes to show.
      const differing = theirs.flatMap((line, i) => (line === ours[i] ? [] : [{ theirs: line, ours: ours[i] }]))
      expect(differing.slice(0, 20)).toEqual([])
      expect(ours).toHaveLength(theirs.length)
    }
  })
})
