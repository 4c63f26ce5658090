import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, Scalar } from 'yaml'
import { parseDuration } from '../../../series/index.ts'
import { suggestion } from '../../config/suggestion.ts'
import { parseByteSize } from './byte-size.ts'

/** Go's durations are nanoseconds in 64 bits. */
const MAX_DURATION_MS = 9_223_372_036_854
const TRUE = new Set(['true', 'True', 'TRUE', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'y', 'Y'])
const FALSE = new Set(['false', 'False', 'FALSE', 'no', 'No', 'NO', 'off', 'Off', 'OFF', 'n', 'N'])
const NULL = new Set(['', '~', 'null', 'Null', 'NULL'])
const WHOLE = /^[-+]?(\d[\d_]*|0x[\da-fA-F_]+|0o[0-7_]+|0b[01_]+)$/
const MAX_ALIASES = 32

/** What is to be said of a key that is known and not read: why, and whether the file is refused for it. */
export interface Unsupported {
  readonly verdict: 'refuse' | 'warn'
  readonly why: string
}

/** A YAML file while it is read: what is wrong with it is gathered, so that all of it can be told at once. */
export class YamlFile {
  /** As it is shown. */
  readonly name: string
  readonly problems: string[] = []
  readonly warnings: string[] = []
  readonly document: Document
  /** Scalars that must not be shown. */
  readonly secrets: Set<Scalar> = new Set()
  readonly #lines = new LineCounter()

  constructor(name: string, text: string) {
    this.name = name
    // Without a schema every scalar stays the text that it is; whoever reads it says what it should be, as in Go.
    this.document = parseDocument(text, { schema: 'failsafe', lineCounter: this.#lines, prettyErrors: false })
    for (const { message, pos } of this.document.errors) this.problems.push(`${this.#place(pos[0])}: ${message}`)
  }

  get root(): YamlValue {
    const { contents } = this.document
    return new YamlValue(this, isScalar(contents) || isMap(contents) || isSeq(contents) ? contents : null, '')
  }

  problem(node: Node | null, path: string, message: string): void {
    this.problems.push(this.#message(node, path, message))
  }

  warning(node: Node | null, path: string, message: string): void {
    this.warnings.push(this.#message(node, path, message))
  }

  #message(node: Node | null, path: string, message: string): string {
    return `${this.#place(node?.range?.[0] ?? 0)}: ${path === '' ? '' : `${path}: `}${message}`
  }

  #place(offset: number): string {
    return `${this.name}:${Math.max(1, this.#lines.linePos(offset).line)}`
  }
}

/** A value of the file. What is not as it should be is told to the file, and read as undefined. */
export class YamlValue {
  readonly path: string
  readonly #file: YamlFile
  readonly #node: Node | null

  constructor(file: YamlFile, node: Node | null, path: string) {
    this.#file = file
    this.path = path
    let followed = node
    for (let i = 0; isAlias(followed) && i < MAX_ALIASES; i++) followed = followed.resolve(file.document) ?? null
    this.#node = followed
  }

  /** All of it, secrets too: for comparing. */
  get plainContent(): unknown {
    return this.#node?.toJS(this.#file.document)
  }

  get isNull(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#plain !== undefined && NULL.has(this.#plain))
  }

  problem(message: string): undefined {
    this.#file.problem(this.#node, this.path, message)
  }

  warning(message: string): void {
    this.#file.warning(this.#node, this.path, message)
  }

  text(): string | undefined {
    if (this.isNull) return undefined
    if (isScalar(this.#node) && typeof this.#node.value === 'string') return this.#node.value
    return this.problem(`expected a text, given ${this.#kind}`)
  }

  /** A text that is never shown. */
  secret(): string | undefined {
    if (isScalar(this.#node)) this.#file.secrets.add(this.#node)
    return this.text()
  }

  flag(): boolean | undefined {
    if (this.isNull) return undefined
    const text = this.#plain ?? ''
    if (TRUE.has(text)) return true
    return FALSE.has(text) ? false : this.problem(`expected true or false, given ${this.#kind}`)
  }

  /** A whole number that is not negative. */
  count(): number | undefined {
    if (this.isNull) return undefined
    const text = this.#plain ?? ''
    const value = WHOLE.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
    return value >= 0 ? value : this.problem(`expected a whole number that is not negative, given ${this.#kind}`)
  }

  decimal(): number | undefined {
    if (this.isNull) return undefined
    const value = Number(this.#plain ?? Number.NaN)
    return Number.isFinite(value) ? value : this.problem(`expected a number, given ${this.#kind}`)
  }

  /** Milliseconds. */
  duration(): number | undefined {
    const text = this.text()
    if (text === undefined) return undefined
    try {
      const ms = parseDuration(text)
      return ms > MAX_DURATION_MS ? this.problem(`duration out of range: ${text}`) : ms
    } catch (error) {
      return this.problem(error instanceof Error ? error.message : String(error))
    }
  }

  /** Bytes, of a text such as 10MB, whose units are powers of 1024. */
  byteSize(): number | undefined {
    const text = this.text()
    if (text === undefined) return undefined
    return parseByteSize(text) ?? this.problem(`${JSON.stringify(text)} is no size; write it like 512KB or 10MB`)
  }

  oneOf<T extends string>(choices: readonly T[]): T | undefined {
    const text = this.text()
    if (text === undefined) return undefined
    const found = choices.find((choice) => choice === text)
    if (found !== undefined) return found
    const near = suggestion(text, choices)
    return this.problem(
      `${JSON.stringify(text)} is none of ${choices.join(', ')}${near ? `, did you mean ${near}?` : ''}`,
    )
  }

  /** Undefined for null and for what is no list. */
  list(): readonly YamlValue[] | undefined {
    if (this.isNull) return undefined
    if (!isSeq(this.#node)) return this.problem(`expected a list, given ${this.#kind}`)
    return this.#node.items.map((item, i) => new YamlValue(this.#file, asNode(item), `${this.path}[${i}]`))
  }

  /** Of a list; nulls are refused. */
  texts(): readonly string[] | undefined {
    return this.list()?.flatMap((item) => item.text() ?? [])
  }

  /** A map to be read key by key. An empty one for null. */
  map(): YamlMap {
    if (!isMap(this.#node)) {
      if (!this.isNull) this.problem(`expected a map, given ${this.#kind}`)
      return new YamlMap(this.#file, [], this)
    }
    const own = new Map<string, readonly [key: Node | null, value: YamlValue]>()
    const merged: YamlMap[] = []
    for (const { key, value } of this.#node.items) {
      const name = isScalar(key) && typeof key.value === 'string' ? key.value : String(key)
      const inner = new YamlValue(this.#file, asNode(value), this.path === '' ? name : `${this.path}.${name}`)
      if (name !== '<<') own.set(name, [asNode(key), inner])
      else if (isSeq(inner.#node)) merged.push(...(inner.list() ?? []).map((each) => each.map()))
      else merged.push(inner.map())
    }
    for (const map of merged) for (const [name, entry] of map.entries) if (!own.has(name)) own.set(name, entry)
    return new YamlMap(this.#file, [...own], this)
  }

  /** What stands there as one word and without quotes. */
  get #plain(): string | undefined {
    if (!isScalar(this.#node) || typeof this.#node.value !== 'string') return undefined
    return this.#node.type === undefined || this.#node.type === Scalar.PLAIN ? this.#node.value : undefined
  }

  get #kind(): string {
    if (isMap(this.#node)) return 'a map'
    if (isSeq(this.#node)) return 'a list'
    if (this.isNull) return 'nothing'
    if (!isScalar(this.#node)) return 'nothing that can be read'
    return this.#file.secrets.has(this.#node) ? 'something else' : JSON.stringify(this.#node.value)
  }
}

/** A map of the file. Keys that nobody asked for are unknown, and `done` says so. */
export class YamlMap {
  readonly entries: ReadonlyMap<string, readonly [key: Node | null, value: YamlValue]>
  readonly #file: YamlFile
  readonly #whole: YamlValue
  readonly #asked = new Set<string>()

  constructor(
    file: YamlFile,
    entries: readonly (readonly [string, readonly [Node | null, YamlValue]])[],
    whole: YamlValue,
  ) {
    this.#file = file
    this.entries = new Map(entries)
    this.#whole = whole
  }

  get path(): string {
    return this.#whole.path
  }

  problem(message: string): undefined {
    this.#whole.problem(message)
  }

  /** The value, undefined when the key is absent. */
  at(name: string): YamlValue | undefined {
    this.#asked.add(name)
    return this.entries.get(name)?.[1]
  }

  has(name: string): boolean {
    return this.entries.has(name)
  }

  /** Texts by key, of a map whose keys are free. */
  texts(): ReadonlyMap<string, string> {
    const all = Array.from(this.entries, ([name, [, value]]) => [name, value.text() ?? ''] as const)
    return new Map(all)
  }

  /** Tells the file of every key that nobody asked for. */
  done(unsupported: Readonly<Record<string, Unsupported>> = {}): void {
    for (const [name, [key, value]] of this.entries) {
      if (this.#asked.has(name)) continue
      const known = Object.hasOwn(unsupported, name) ? unsupported[name] : undefined
      if (known === undefined) {
        const near = suggestion(name, [...this.#asked, ...Object.keys(unsupported)])
        this.#file.problem(key, value.path, `unknown key${near === undefined ? '' : `, did you mean ${near}?`}`)
      } else if (known.verdict === 'refuse') {
        this.#file.problem(key, value.path, `is not supported: ${known.why}`)
      } else {
        this.#file.warning(key, value.path, `has no effect: ${known.why}`)
      }
    }
  }
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null
}
