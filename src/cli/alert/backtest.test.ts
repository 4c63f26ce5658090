import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { serveStore, type ServedStore } from '../../../test/support/serve-store.ts'
import { LabelSet } from '../../series/index.ts'
import { openTsdb, type Tsdb } from '../../tsdb/index.ts'

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const START = Date.parse('2026-03-01T00:00:00Z')
const MINUTE = 60_000
const HOURS = 20
const UNTIL = new Date(START + HOURS * 60 * MINUTE).toISOString()

/** Minutes at which the value is 9; else it is 1. */
const HIGH: Readonly<Record<string, readonly (readonly [from: number, to: number])[]>> = {
  a: [
    [100, 109],
    [1080, 1082],
    [1084, 1100],
    [1195, 3000],
  ],
  b: [[102, 120]],
}

const RULES = `groups:
- name: g
  rules:
  - {record: 'lane:depth', expr: 'depth * 1'}
  - {alert: Deep, expr: depth > 5, for: 5m, labels: {severity: page}, annotations: {summary: '{{ $value }} in {{ $labels.lane }}'}}
  - {alert: Recorded, expr: 'lane:depth > 5', for: 5m, labels: {severity: page}}
  - {alert: Kept, expr: depth > 5, keep_firing_for: 3m}
  - {alert: Never, expr: depth > 100}
  - {alert: Lost, expr: dpeth > 5}
  - {alert: Both, expr: 'count(ALERTS{alertname="Deep",alertstate="firing"}) > 1'}
- name: slow
  interval: 10m
  rules:
  - {alert: Seldom, expr: depth > 5}
`

const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-cli-backtest-'))
const folder = path.join(cwd, 'data')
let store: Tsdb
let served: ServedStore

async function fill(db: Tsdb): Promise<void> {
  for (let minute = -10; minute <= HOURS * 60; minute++) {
    for (const [lane, stretches] of Object.entries(HIGH)) {
      const isHigh = stretches.some(([from, to]) => minute >= from && minute < to)
      db.append(LabelSet.of({ __name__: 'depth', lane }), START + minute * MINUTE, isHigh ? 9 : 1)
    }
  }
  await db.step(START + HOURS * 60 * MINUTE)
}

beforeAll(async () => {
  writeFileSync(path.join(cwd, 'rules.yml'), RULES)
  writeFileSync(path.join(cwd, 'records.yml'), 'groups: [{name: g, rules: [{record: r, expr: x}]}]\n')
  writeFileSync(path.join(cwd, 'bad.yml'), 'groups: [{name: g, rules: [{alert: A, expr: x >}]}]\n')
  writeFileSync(
    path.join(cwd, 'fails.yml'),
    'groups: [{name: g, rules: [{alert: A, expr: (depth > 5) + on() depth}]}]\n',
  )
  const options = { retentionMs: 365 * 86_400_000 }
  const onDisk = await openTsdb({ ...options, folder })
  await fill(onDisk)
  await onDisk.close()
  store = await openTsdb(options)
  await fill(store)
  served = await serveStore(store)
})
afterAll(async () => {
  served.close()
  await store.close()
})

function backtest(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
    const all = [MAIN, 'alert', 'backtest', ...args]
    execFile(process.execPath, all, { env, cwd, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

const TIME = ['--since', `${HOURS}h`, '--until', UNTIL]

/** Each file with what is in it and when it was changed. */
function stateOf(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(dir, entry.name)
    if (entry.isDirectory()) return stateOf(file)
    const content = createHash('sha256').update(readFileSync(file)).digest('hex')
    return [`${file} ${statSync(file).mtimeMs} ${content}`]
  })
}

describe('boxman alert backtest', () => {
  it('says how often, when and how long, from a folder that it does not change', async () => {
    const before = stateOf(folder)
    expect(before.length).toBeGreaterThan(2)
    const { code, out, err } = await backtest('rules.yml', '--data', 'data', ...TIME)
    expect([code, err]).toEqual([0, 'Lost: the history has no series dpeth in this time\n'])
    expect(out.split('\n\n').map((part) => part.trimEnd().split('\n'))).toEqual([
      ['From 2026-03-01 00:00:00Z to 2026-03-01 20:00:00Z, 20h'],
      [
        'Deep (group g, for 5m) would have fired 4 times, longest 13m, 26m in all; was pending once without firing',
        '  2026-03-01 01:45:00Z  4m  {alertname="Deep", lane="a", severity="page"}',
        '  2026-03-01 01:47:00Z  13m  {alertname="Deep", lane="b", severity="page"}',
        '  2026-03-01 18:09:00Z  11m  {alertname="Deep", lane="a", severity="page"}',
        '  2026-03-01 20:00:00Z  0s, and still at the end  {alertname="Deep", lane="a", severity="page"}',
      ],
      expect.arrayContaining([
        'Recorded (group g, for 5m) would have fired 4 times, longest 13m, 26m in all; was pending once without firing',
        '  2026-03-01 01:47:00Z  13m  {alertname="Recorded", lane="b", severity="page"}',
      ]) as unknown,
      [
        'Kept (group g, keep_firing_for 3m) would have fired 4 times, longest 23m, 51m in all',
        '  2026-03-01 01:40:00Z  12m  {alertname="Kept", lane="a"}',
        '  2026-03-01 01:42:00Z  21m  {alertname="Kept", lane="b"}',
        // The two minutes between are bridged.
        '  2026-03-01 18:00:00Z  23m  {alertname="Kept", lane="a"}',
        '  2026-03-01 19:55:00Z  5m, and still at the end  {alertname="Kept", lane="a"}',
      ],
      ['Never (group g) would not have fired'],
      ['Lost (group g) would not have fired'],
      ['Both (group g) would have fired once, longest 2m, 2m in all', '  2026-03-01 01:47:00Z  2m  {alertname="Both"}'],
      [
        'Seldom (group slow) would have fired 4 times, longest 20m, 40m in all',
        '  2026-03-01 01:40:00Z  10m  {alertname="Seldom", lane="a"}',
        '  2026-03-01 01:50:00Z  10m  {alertname="Seldom", lane="b"}',
        '  2026-03-01 18:00:00Z  20m  {alertname="Seldom", lane="a"}',
        '  2026-03-01 20:00:00Z  0s, and still at the end  {alertname="Seldom", lane="a"}',
      ],
    ])
    expect(stateOf(folder)).toEqual(before)
  })

  it('a folder and a server give the same', async () => {
    const [local, remote] = await Promise.all([
      backtest('rules.yml', '--json', '--data', 'data', ...TIME),
      backtest('rules.yml', '--json', '--url', served.url, ...TIME),
    ])
    expect(local.code).toBe(0)
    expect(remote).toEqual(local)
  })

  it('--rule tries one, with the rules that give what it reads', async () => {
    const { out } = await backtest('rules.yml', '--json', '--data', 'data', '--rule', 'Both', ...TIME)
    const { rules } = JSON.parse(out) as { readonly rules: readonly { readonly rule: string }[] }
    expect(rules).toMatchObject([{ rule: 'Both', fired: 1, longestMs: 2 * MINUTE, failures: 0 }])
  })

  it('each evaluation that fails is told of, and no other', async () => {
    // From 19:50 to 20:00; there are two sides to be joined from 19:55 on.
    const { code, out, err } = await backtest('fails.yml', '--data', 'data', '--since', '10m', '--until', UNTIL)
    expect([code, out]).toEqual([1, expect.stringContaining('A (group g) would not have fired')])
    expect(err).toMatch(/^A: 6 of 11 evaluations failed, the first with: .*duplicate series/)
  })

  it('a server that answers ranges alone is enough', async () => {
    const data = { resultType: 'matrix', result: [{ metric: { lane: 'x' }, values: [[60, '7']] }] }
    const server = createServer((request, response) => {
      const isRange = request.url === '/api/v1/query_range'
      response.writeHead(isRange ? 200 : 500).end(isRange ? JSON.stringify({ status: 'success', data }) : 'no\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `127.0.0.1:${portOf(server)}`
    const run = await backtest('rules.yml', '--url', url, '--rule', 'Never', '--since', '2m', '--until', '120')
    server.close()
    expect(run).toMatchObject({ code: 0, err: '' })
    expect(run.out).toContain('would have fired once, longest 1m, 1m in all\n  1970-01-01 00:01:00Z  1m  ')
  })

  it('leaves the lock of a process that is dead', async () => {
    cpSync(folder, path.join(cwd, 'stale'), { recursive: true })
    symlinkSync('4194999 00000000:1', path.join(cwd, 'stale/lock'))
    const args = ['--data', 'stale', '--rule', 'Never', '--since', '5m', '--until', UNTIL]
    expect(await backtest('rules.yml', ...args)).toMatchObject({ code: 0, err: '' })
    expect(readlinkSync(path.join(cwd, 'stale/lock'))).toBe('4194999 00000000:1')
  })

  it('refuses the folder of a process that runs', async () => {
    const busy = path.join(cwd, 'busy')
    const open = await openTsdb({ folder: busy })
    const { code, err } = await backtest('rules.yml', '--data', 'busy', ...TIME)
    await open.close()
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^--data busy: .*in use by process \d+.* Or ask that process: --url\n$/),
    ])
  })

  it.each([
    [['rules.yml', '--rule', 'Nope'], '--rule: there is no alerting rule "Nope"; there are Deep, Recorded, Kept,'],
    [['rules.yml', '--data', 'nowhere'], '--data nowhere: there is no such folder'],
    [['rules.yml', '--data', '.'], '--data .: holds no store of Boxman'],
    [['rules.yml', '--since', 'long'], '--since: expected a duration such as 5m or 1h30m, given "long"'],
    [['rules.yml', '--until', 'soon'], '--until: expected seconds since the epoch'],
    [['rules.yml', '--since', '10y', '--data', 'data'], 'evaluations: 1000000 at most; use a shorter --since'],
    [['rules.yml', '--url', 'ftp://x'], '--url ftp://x: expected the address of a server'],
    [['rules.yml', '--url', '127.0.0.1:1', '--since', '5m'], 'http://127.0.0.1:1: '],
    [['records.yml'], 'the file has no alerting rule: there is nothing to try'],
    [['bad.yml'], 'bad.yml: 1:'],
    [['none.yml'], 'none.yml: there is no such file'],
  ])('%j is refused', async (args, fault) => {
    const { code, out, err } = await backtest(...args)
    expect([code, out, err]).toEqual([1, '', expect.stringContaining(fault)])
  })
})
