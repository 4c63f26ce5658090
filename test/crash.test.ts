import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { needNode, OTHER_NODES } from './support/other-node.ts'
import { root } from './support/peer.ts'

interface End {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
  readonly lines: readonly Readonly<Record<string, unknown>>[]
}

const SERVICE = path.join(root, 'test/support/crash-service.mjs')

function run(flags: readonly string[], args: readonly string[], nodeOptions = '', node = process.execPath): End {
  const { status, signal, stdout, stderr } = spawnSync(node, [...flags, SERVICE, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: nodeOptions },
  })
  const lines = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
  // The process's number is in node's warnings.
  return { code: status, signal, stderr: stderr.replaceAll(/\(node:\d+\)/g, '(node)'), lines }
}

const said = ({ lines }: End): readonly string[] =>
  lines
    .filter(({ level, module }) => level !== 'info' || module === undefined)
    .map(({ level, msg }) => `${String(level)} ${String(msg)}`)

const EXCEPTION = 'An exception was not caught'
const REJECTION = 'A rejection was not handled'
const BEFORE = 'warn the last but one'

describe('S7: what nobody caught is counted and logged, and the process ends as it would have', () => {
  it.each<[how: string, mode: string, code: number, said: readonly string[]]>([
    ['throw', 'throw', 1, [BEFORE, `fatal ${EXCEPTION}`]],
    ['text', 'throw', 1, [BEFORE, `fatal ${EXCEPTION}`]],
    ['throw-caught', 'throw', 3, [BEFORE, `error ${EXCEPTION}`, 'info counted exception 1']],
    ['throw-captured', 'throw', 3, [BEFORE, `error ${EXCEPTION}`, 'info counted exception 1']],
    ['throw-exits', 'throw', 7, [BEFORE, `error ${EXCEPTION}`]],
    ['reject', 'throw', 1, [BEFORE, `fatal ${REJECTION}`]],
    ['reject-handled', 'throw', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
    ['reject-caught', 'throw', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
    ['reject', 'strict', 1, [BEFORE, `fatal ${REJECTION}`]],
    ['reject-caught', 'strict', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
    ['reject-handled', 'strict', 1, [BEFORE, `fatal ${REJECTION}`]],
    ['reject', 'warn', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
    ['reject-handled', 'warn', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
    [
      'late',
      'warn',
      3,
      [BEFORE, `error ${REJECTION}`, 'info counted rejection 1', 'info counted rejection_handled_late 1'],
    ],
    ['reject', 'none', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
    ['reject-handled', 'none', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
    ['reject', 'warn-with-error-code', 3, [BEFORE]],
    ['reject-handled', 'warn-with-error-code', 3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']],
  ])('%s with --unhandled-rejections=%s: exit code %i', (how, mode, code, lines) => {
    const flags = [`--unhandled-rejections=${mode}`]
    const end = run(flags, [how])
    const bare = run(flags, [how, 'without'])
    expect({ code: end.code, signal: end.signal, stderr: end.stderr }).toEqual({
      code: bare.code,
      signal: bare.signal,
      stderr: bare.stderr,
    })
    expect(end.code).toBe(code)
    expect(said(end)).toEqual(lines)
  })

  it.for(OTHER_NODES)('node %s ends as it would have, too', (major, { skip }) => {
    const node = needNode(major, skip)
    for (const [mode, how] of [
      ['throw', 'throw'],
      ['throw', 'reject'],
      ['throw', 'reject-handled'],
      ['strict', 'reject'],
      ['strict', 'reject-caught'],
      ['warn', 'reject'],
      ['warn', 'late'],
      ['none', 'reject'],
      ['warn-with-error-code', 'reject'],
    ] as const) {
      const flags = [`--unhandled-rejections=${mode}`]
      const { code, signal, stderr, lines } = run(flags, [how], '', node)
      const bare = run(flags, [how, 'without'], '', node)
      expect({ mode, how, code, signal, stderr }).toEqual({ mode, how, ...bare, lines: undefined })
      const seen = lines.some(({ msg }) => msg === EXCEPTION || msg === REJECTION)
      expect([mode, how, seen]).toEqual([mode, how, mode !== 'warn-with-error-code'])
    }
  })

  it('the mode may stand in NODE_OPTIONS', () => {
    const end = run([], ['reject'], '--unhandled-rejections warn')
    expect([end.code, said(end)]).toEqual([3, [BEFORE, `error ${REJECTION}`, 'info counted rejection 1']])
  })

  it('the line has the stack, and the fingerprint of its group', () => {
    const line = run([], ['throw']).lines.at(-1)
    expect(line).toMatchObject({ level: 'fatal', kind: 'uncaught_exception', service: 'crash' })
    expect(line?.['fingerprint']).toMatch(/^[0-9a-f]{16}$/)
    expect(JSON.stringify(line?.['err'])).toMatch(/Gone: the table is gone.*crash-service\.mjs/)
  })

  it.each([
    ['throw', `fatal ${EXCEPTION}`],
    ['reject', `fatal ${REJECTION}`],
    ['throw-exits', `error ${EXCEPTION}`],
  ])('%s: the last lines are in a file and in a spool, once', (how, last) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'boxman-crash-'))
    const end = run([], [how, 'with', folder])
    expect(said(end)).toEqual([BEFORE, last])
    const spool = path.join(folder, 'spool')
    const spooled = readdirSync(spool)
      .filter((name) => name.endsWith('.lines'))
      .toSorted()
      .flatMap((name) => readFileSync(path.join(spool, name), 'utf8').split('\n'))
      .flatMap((line) => (line === '' ? [] : [line.replace(/^\d \d+ /, '')]))
    const filed = readFileSync(path.join(folder, 'app.log'), 'utf8').trimEnd().split('\n')
    const messages = (lines: readonly string[]): string[] =>
      lines
        .map((line): Readonly<Record<string, unknown>> => JSON.parse(line))
        .map(({ level, msg }) => `${String(level)} ${String(msg)}`)
    const all = ['info Boxman observes', BEFORE, last]
    expect(messages(filed)).toEqual(all)
    expect(messages(spooled).toSorted()).toEqual(all.toSorted())
  })
})
