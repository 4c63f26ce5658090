import path from 'node:path'
import type { Node } from 'yaml'
import { readDuration } from '../duration.ts'
import type { Entry, YamlReader } from '../yaml-reader.ts'
import type { ConfigFault } from './config-fault.ts'
import { nearest } from './nearest.ts'
import { adviceFor } from './unsupported.ts'

/** How the keys of a file are written in code: `group_wait` is `groupWait`. */
export function camelCase(key: string): string {
  return key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** What is read, and all that is found wrong with it. */
export class ConfigSource {
  readonly yaml: YamlReader
  readonly faults: ConfigFault[] = []
  readonly warnings: ConfigFault[] = []
  readonly #isCode: boolean
  readonly #folder: string | undefined

  /** @param folder where names of files begin that are not absolute. */
  constructor(yaml: YamlReader, isCode: boolean, folder?: string) {
    this.yaml = yaml
    this.#folder = folder
    this.#isCode = isCode
    this.settle('')
  }

  /** As a key is written here. */
  named(key: string): string {
    return this.#isCode ? camelCase(key) : key
  }

  fileNamed(name: string): string {
    return name === '' || this.#folder === undefined || path.isAbsolute(name) ? name : path.join(this.#folder, name)
  }

  fault(message: string, path: string, node: Node | undefined): void {
    this.faults.push({ message, path, place: this.yaml.place(node) })
  }

  warn(message: string, path: string, node: Node | undefined): void {
    this.warnings.push({ message, path, place: this.yaml.place(node) })
  }

  /** What the reader of YAML has found wrong stands at this path. */
  settle(path: string): void {
    for (const { message, place } of this.yaml.faults.splice(0)) this.faults.push({ message, path, place })
  }
}

/** A mapping of the configuration. Keys are told as in a file; a null counts as not stated. */
export class Section {
  readonly source: ConfigSource
  readonly node: Node | undefined
  readonly path: string
  readonly #entries: ReadonlyMap<string, Entry>

  constructor(source: ConfigSource, node: Node | undefined, path: string, known: readonly string[]) {
    this.source = source
    this.node = node
    this.path = path
    const { yaml } = source
    const explain = (key: string): string => {
      const advice = adviceFor(key)
      if (advice !== undefined) return `${key}: ${advice}`
      const near = nearest(key, known)
      const choice = known.map((each) => source.named(each)).join(', ')
      return `unknown key ${source.named(key)}; ${near === undefined ? `there may be ${choice}` : `did you mean ${source.named(near)}?`}`
    }
    const entries = yaml.entries(node, path === '' ? 'a configuration' : path, known, explain)
    source.settle(path)
    this.#entries = new Map(entries.map((entry) => [entry.key, entry]))
  }

  has(key: string): boolean {
    return !this.source.yaml.isNull(this.get(key))
  }

  get(key: string): Node | undefined {
    return this.#entries.get(key)?.value
  }

  /** `{}` or `[]`, and null as well. */
  states(key: string): boolean {
    return this.#entries.has(key)
  }

  pathOf(key: string): string {
    return this.path === '' ? this.source.named(key) : `${this.path}.${this.source.named(key)}`
  }

  /** As a key is written here, for messages. */
  named(key: string): string {
    return this.source.named(key)
  }

  /** Something is wrong with a key, or with the whole. */
  fault(message: string, key?: string): void {
    if (key === undefined) this.source.fault(message, this.path, this.node)
    else this.source.fault(message, this.pathOf(key), this.get(key) ?? this.node)
  }

  warn(message: string, key?: string): void {
    if (key === undefined) this.source.warn(message, this.path, this.node)
    else this.source.warn(message, this.pathOf(key), this.get(key) ?? this.node)
  }

  section(key: string, known: readonly string[]): Section {
    return new Section(this.source, this.get(key), this.pathOf(key), known)
  }

  /** The items of a list, as sections. */
  sections(key: string, known: readonly string[]): readonly Section[] {
    return this.items(key).map((node, i) => new Section(this.source, node, `${this.pathOf(key)}[${i}]`, known))
  }

  items(key: string): readonly Node[] {
    return this.#read(key, (node) => this.source.yaml.items(node, this.named(key)))
  }

  text(key: string): string | undefined {
    return this.#stated(key, (node) => this.source.yaml.text(node, this.named(key)))
  }

  /** The name of a file. */
  file(key: string): string | undefined {
    const name = this.text(key)
    return name === undefined ? undefined : this.source.fileNamed(name)
  }

  boolean(key: string): boolean | undefined {
    return this.#stated(key, (node) => this.source.yaml.boolean(node, this.named(key)))
  }

  integer(key: string): number | undefined {
    return this.#stated(key, (node) => this.source.yaml.integer(node, this.named(key)))
  }

  number(key: string): number | undefined {
    return this.#stated(key, (node) => this.source.yaml.float(node, this.named(key)))
  }

  texts(key: string): readonly string[] | undefined {
    return this.#stated(key, (node) => {
      const { yaml } = this.source
      return yaml.items(node, this.named(key)).map((item) => yaml.text(item, this.named(key)))
    })
  }

  textMap(key: string): Readonly<Record<string, string>> | undefined {
    return this.#stated(key, (node) => this.source.yaml.texts(node, this.named(key)))
  }

  /** A mapping of names of the user's own to lists. */
  textLists(key: string): Readonly<Record<string, readonly string[]>> | undefined {
    return this.#stated(key, (node) => {
      const { yaml } = this.source
      const lists = yaml.entries(node, this.named(key)).map(({ key: name, value }) => {
        const what = `${this.named(key)}.${name}`
        return [name, yaml.items(value, what).map((item) => yaml.text(item, what))] as const
      })
      return Object.fromEntries(lists)
    })
  }

  /** In ms. */
  duration(key: string): number | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    const read = readDuration(text)
    if (typeof read === 'number') return read
    this.fault(`${read.fault}; write it like 30s, 5m or 1h30m`, key)
    return undefined
  }

  #stated<T>(key: string, read: (node: Node | undefined) => T): T | undefined {
    return this.has(key) ? this.#read(key, read) : undefined
  }

  #read<T>(key: string, read: (node: Node | undefined) => T): T {
    const value = read(this.get(key))
    this.source.settle(this.pathOf(key))
    return value
  }
}
