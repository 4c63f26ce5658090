import { CharClass } from './char-class.ts'
import { ClassReader } from './class-reader.ts'
import { EMPTY, type Look, type Node } from './node.ts'
import { PatternError } from './pattern-error.ts'

const MAX_REPEAT = 1000
const MAX_HEIGHT = 1000

interface Flags {
  readonly fold: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  readonly ungreedy: boolean
}

/** A group that is open: what stood before it, and the flags to restore. */
interface Group {
  readonly flags: Flags
  readonly capture: number
  readonly name: string
  readonly choices: Node[]
  parts: Node[]
}

export interface ParsedPattern {
  readonly root: Node
  /** Names of the capturing groups by index; '' for the whole and for groups without a name. */
  readonly names: readonly string[]
}

const ANY = new CharClass([], { negated: true })
const ANY_BUT_LINE_END = new CharClass([{ ranges: [[10, 10]] }], { negated: true })
const LOOKS: ReadonlyMap<string, Look> = new Map([
  ['A', 'text-start'],
  ['b', 'word'],
  ['B', 'not-word'],
  ['z', 'text-end'],
])

/**
 * Reads RE2's syntax in Perl's manner, `.` matching line ends, and names faults as Go's regexp/syntax does.
 * @throws PatternError
 */
export function parsePattern(source: string): ParsedPattern {
  return new PatternParser(source).parse()
}

/** Keeps the open groups on a stack of its own, so that no nesting overflows the engine's. */
class PatternParser extends ClassReader {
  readonly #names: string[] = ['']
  readonly #groups: Group[] = []
  readonly #folded = new Map<number, CharClass>()
  readonly #heights = new WeakMap<Node, number>()
  #flags: Flags = { fold: false, multiline: false, dotAll: true, ungreedy: false }
  #group: Group = { flags: this.#flags, capture: -1, name: '', choices: [], parts: [] }

  parse(): ParsedPattern {
    let lastRepeat: number | undefined
    while (this.at < this.source.length) lastRepeat = this.#step(lastRepeat)
    if (this.#groups.length > 0) throw new PatternError('missing closing )', this.source)
    return { root: this.#closed(this.#group), names: this.#names }
  }

  /** Reads one item; returns where its repetition operator began, if it was one. */
  #step(lastRepeat: number | undefined): number | undefined {
    const start = this.at
    const symbol = this.source[start] ?? ''
    switch (symbol) {
      case '(':
        if (this.source[start + 1] === '?') this.#perlGroup()
        else this.#open('', 1)
        return undefined
      case ')':
        this.#close()
        return undefined
      case '|':
        this.at++
        this.#group.choices.push(this.#joined(this.#group.parts))
        this.#group.parts = []
        return undefined
      case '^':
        return this.#look(this.#flags.multiline ? 'line-start' : 'text-start', 1)
      case '$':
        return this.#look(this.#flags.multiline ? 'line-end' : 'text-end', 1)
      case '.':
        this.at++
        this.#push({ kind: 'class', class: this.#flags.dotAll ? ANY : ANY_BUT_LINE_END })
        return undefined
      case '[':
        this.#push({ kind: 'class', class: this.readClass(this.#flags.fold) })
        return undefined
      case '*':
      case '+':
      case '?':
        this.at++
        return this.#repeat(symbol === '+' ? 1 : 0, symbol === '?' ? 1 : Infinity, start, lastRepeat)
      case '{':
        return this.#braces(lastRepeat)
      case '\\':
        this.#escape()
        return undefined
      default:
        this.#literal(this.nextChar())
        return undefined
    }
  }

  #escape(): void {
    const letter = this.source[this.at + 1] ?? ''
    const look = LOOKS.get(letter)
    if (look !== undefined) {
      this.#look(look, 2)
      return
    }
    if (letter === 'C') throw new PatternError('invalid escape sequence', '\\C')
    if (letter === 'Q') {
      const found = this.source.indexOf('\\E', this.at)
      const end = found < 0 ? this.source.length : found
      this.at += 2
      while (this.at < end) this.#literal(this.nextChar())
      if (found >= 0) this.at = found + 2
      return
    }
    const item = this.readClassEscape()
    if (item === undefined) this.#literal(this.readEscape())
    else this.#push({ kind: 'class', class: new CharClass([item], { fold: this.#flags.fold }) })
  }

  #look(look: Look, length: number): undefined {
    this.at += length
    this.#push({ kind: 'look', look })
  }

  #literal(char: number): void {
    if (this.#flags.fold && hasCases(char)) {
      const known = this.#folded.get(char) ?? new CharClass([{ ranges: [[char, char]] }], { fold: true })
      this.#folded.set(char, known)
      this.#push({ kind: 'class', class: known })
    } else this.#push({ kind: 'literal', char })
  }

  #push(node: Node): void {
    this.#group.parts.push(node)
  }

  #open(name: string, length: number): void {
    this.at += length
    this.#names.push(name)
    this.#enter(this.#names.length - 1, name, this.#flags)
  }

  #enter(capture: number, name: string, inside: Flags): void {
    this.#groups.push(this.#group)
    this.#group = { flags: this.#flags, capture, name, choices: [], parts: [] }
    this.#flags = inside
  }

  #close(): void {
    const closing = this.#group
    const outer = this.#groups.pop()
    if (outer === undefined) throw new PatternError('unexpected )', this.source)
    this.at++
    const body = this.#closed(closing)
    this.#flags = closing.flags
    this.#group = outer
    if (closing.capture < 0) this.#push(body)
    else this.#push(this.#raised({ kind: 'capture', body, index: closing.capture, name: closing.name }, [body]))
  }

  #closed({ choices, parts }: Group): Node {
    const last = this.#joined(parts)
    if (choices.length === 0) return last
    return this.#raised({ kind: 'alternate', choices: [...choices, last] }, [...choices, last])
  }

  #joined(parts: readonly Node[]): Node {
    if (parts.length === 0) return EMPTY
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : this.#raised({ kind: 'concat', parts }, parts)
  }

  #raised(node: Node, inner: readonly Node[]): Node {
    const height = 1 + inner.reduce((most, each) => Math.max(most, this.#heights.get(each) ?? 1), 0)
    if (height > MAX_HEIGHT) throw new PatternError('expression nests too deeply', this.source)
    this.#heights.set(node, height)
    return node
  }

  /** `(?flags)`, `(?flags:…)`, `(?P<name>…)` or `(?<name>…)`. */
  #perlGroup(): void {
    const start = this.at
    const opening = /^\(\?P?</.exec(this.source.slice(start, start + 4))?.[0]
    if (opening !== undefined && this.source.length > start + opening.length) {
      const end = this.source.indexOf('>', start)
      if (end < 0) throw new PatternError('invalid named capture', this.source.slice(start))
      const name = this.source.slice(start + opening.length, end)
      if (!/^\w+$/.test(name)) throw new PatternError('invalid named capture', this.source.slice(start, end + 1))
      this.#open(name, end + 1 - start)
      return
    }
    this.at += 2
    let flags = this.#flags
    let on = true
    let seen = false
    while (this.at < this.source.length) {
      const flag = String.fromCodePoint(this.nextChar())
      const next = withFlag(flags, flag, on)
      if (next !== undefined) {
        flags = next
        seen = true
      } else if (flag === '-' && on) {
        on = false
        seen = false
      } else if ((flag === ':' || flag === ')') && (on || seen)) {
        if (flag === ':') this.#enter(-1, '', flags)
        else this.#flags = flags
        return
      } else break
    }
    throw new PatternError('invalid or unsupported Perl syntax', this.source.slice(start, this.at))
  }

  /** `{n}`, `{n,}` or `{n,m}`; braces around anything else are text. */
  #braces(lastRepeat: number | undefined): number | undefined {
    const start = this.at
    const match = /^\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/.exec(this.source.slice(start))
    if (match === null) {
      this.at++
      this.#literal(0x7b)
      return undefined
    }
    const [text, first = '', comma, second] = match
    this.at += text.length
    const min = Number(first)
    const max = second !== undefined ? Number(second) : comma !== undefined ? Infinity : min
    if (min > MAX_REPEAT || (max !== Infinity && (max > MAX_REPEAT || min > max))) {
      throw new PatternError('invalid repeat count', text)
    }
    return this.#repeat(min, max, start, lastRepeat)
  }

  #repeat(min: number, max: number, start: number, lastRepeat: number | undefined): number {
    let greedy = !this.#flags.ungreedy
    if (this.source[this.at] === '?') {
      this.at++
      greedy = !greedy
    }
    if (lastRepeat !== undefined) {
      throw new PatternError('invalid nested repetition operator', this.source.slice(lastRepeat, this.at))
    }
    const body = this.#group.parts.pop()
    if (body === undefined) {
      throw new PatternError('missing argument to repetition operator', this.source.slice(start, this.at))
    }
    const node = this.#raised({ kind: 'repeat', body, min, max, greedy }, [body])
    const counted = min >= 2 || (max >= 2 && max !== Infinity)
    if (counted && !isModest(node, MAX_REPEAT))
      throw new PatternError('invalid repeat count', this.source.slice(start, this.at))
    this.#push(node)
    return start
  }
}

function withFlag(flags: Flags, flag: string, on: boolean): Flags | undefined {
  switch (flag) {
    case 'i':
      return { ...flags, fold: on }
    case 'm':
      return { ...flags, multiline: on }
    case 's':
      return { ...flags, dotAll: on }
    case 'U':
      return { ...flags, ungreedy: on }
    default:
      return undefined
  }
}

function hasCases(char: number): boolean {
  const text = String.fromCodePoint(char)
  return text.toLowerCase() !== text || text.toUpperCase() !== text
}

/** Whether counted repetitions within one another ask for no more than `copies` of anything. */
function isModest(node: Node, copies: number): boolean {
  switch (node.kind) {
    case 'repeat': {
      if (node.max === 0) return true
      const counted = Math.max(1, node.max === Infinity ? node.min : node.max)
      return counted <= copies && isModest(node.body, Math.floor(copies / counted))
    }
    case 'capture':
      return isModest(node.body, copies)
    case 'concat':
      return node.parts.every((part) => isModest(part, copies))
    case 'alternate':
      return node.choices.every((choice) => isModest(choice, copies))
    case 'empty':
    case 'literal':
    case 'class':
    case 'look':
      return true
  }
}
