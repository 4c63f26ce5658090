import { signedMs } from './series-notation.ts'

export interface LoadCommand {
  readonly kind: 'load'
  readonly line: number
  readonly stepMs: number
  /** Classic histograms are loaded as native ones too. */
  readonly withNative: boolean
  readonly rows: readonly string[]
}

export interface Pattern {
  readonly kind: 'msg' | 'regex'
  readonly text: string
}

export interface Expectations {
  readonly ordered: boolean
  readonly fail: boolean
  readonly failure: Pattern | undefined
  readonly warn: readonly (Pattern | undefined)[]
  readonly info: readonly (Pattern | undefined)[]
  readonly noWarn: boolean
  readonly noInfo: boolean
  readonly rangeVector: { readonly from: number; readonly step: number } | undefined
  readonly text: string | undefined
}

export interface EvalCommand {
  readonly kind: 'eval'
  readonly line: number
  readonly query: string
  readonly when: { readonly at: number } | { readonly start: number; readonly end: number; readonly step: number }
  readonly expect: Expectations
  readonly rows: readonly string[]
}

export type Command = { readonly kind: 'clear' } | LoadCommand | EvalCommand

const LOAD = /^load(_with_nhcb)?\s+(.+?)$/
const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$/
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/
const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/
const RANGE_VECTOR = /^expect\s+range\s+vector\s+from\s+(\S+)\s+to\s+\S+\s+step\s+(\S+)$/

/** Reads a script of promqltest. @throws RangeError for what is no command. */
export function parseScript(text: string): readonly Command[] {
  const lines = text.split('\n').map((line) => (line.trim().startsWith('#') ? '' : line.trim()))
  const commands: Command[] = []
  for (let i = 0; i < lines.length; i++) {
    const head = lines[i] ?? ''
    if (head === '') continue
    const body: string[] = []
    const line = i + 1
    if (head.toLowerCase() === 'clear') {
      commands.push({ kind: 'clear' })
      continue
    }
    while ((lines[i + 1] ?? '') !== '') body.push(lines[++i] ?? '')
    commands.push(parseCommand(head, body, line))
  }
  return commands
}

function parseCommand(head: string, body: readonly string[], line: number): Command {
  const load = LOAD.exec(head)
  if (load !== null) {
    return { kind: 'load', line, stepMs: signedMs(load[2] ?? ''), withNative: load[1] !== undefined, rows: body }
  }
  const range = RANGE.exec(head)
  if (range !== null) {
    const [, flag, start = '', end = '', step = '', query = ''] = range
    const when = { start: signedMs(start), end: signedMs(end), step: signedMs(step) }
    return { kind: 'eval', line, query, when, ...readBody(flag, body) }
  }
  const instant = INSTANT.exec(head)
  if (instant === null) throw new RangeError(`line ${line}: no command: ${head}`)
  const [, flag, at = '0', query = ''] = instant
  return { kind: 'eval', line, query, when: { at: signedMs(at) }, ...readBody(flag, body) }
}

function readBody(flag: string | undefined, body: readonly string[]): Pick<EvalCommand, 'expect' | 'rows'> {
  const rows: string[] = []
  const notes = { warn: [] as (Pattern | undefined)[], info: [] as (Pattern | undefined)[] }
  const seen = new Set<string>(flag === undefined ? [] : [flag])
  if (flag === 'warn' || flag === 'info') notes[flag].push(undefined)
  let failure: Pattern | undefined
  let rangeVector: Expectations['rangeVector']
  let text: string | undefined
  for (const line of body) {
    const expected = EXPECT.exec(line)
    const vector = RANGE_VECTOR.exec(line)
    const old = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line)
    if (expected !== null) {
      const [, word = '', kind, given = ''] = expected
      const pattern: Pattern | undefined =
        kind === undefined ? undefined : { kind: kind === 'regex' ? 'regex' : 'msg', text: given.trim() }
      seen.add(word)
      if (word === 'warn' || word === 'info') notes[word].push(pattern)
      if (word === 'fail') failure = pattern
    } else if (vector !== null) rangeVector = { from: signedMs(vector[1] ?? ''), step: signedMs(vector[2] ?? '') }
    else if (line.startsWith('expect string ')) text = goString(line.slice('expect string '.length))
    else if (old !== null) failure = { kind: old[1] === 'message' ? 'msg' : 'regex', text: old[2] ?? '' }
    else rows.push(line)
  }
  const expect: Expectations = {
    ordered: seen.has('ordered'),
    fail: seen.has('fail'),
    failure,
    warn: notes.warn,
    info: notes.info,
    noWarn: seen.has('no_warn'),
    noInfo: seen.has('no_info'),
    rangeVector,
    text,
  }
  return { expect, rows }
}

function goString(quoted: string): string {
  if (quoted.startsWith('`')) return quoted.slice(1, -1)
  return String(JSON.parse(quoted))
}
