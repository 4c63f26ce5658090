import { Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'
import type { Place } from './rule-fault.ts'

/** Characters of a file, and nodes that its aliases may add up to. */
const MAX_LENGTH = 10_000_000
const MAX_NODES = 1_000_000

export interface YamlFault {
  readonly message: string
  readonly place: Place | undefined
}

/** A value in a file, and its place. */
export interface Entry {
  readonly key: string
  readonly keyNode: Node | undefined
  readonly value: Node | undefined
}

/** Reads YAML as Go's yaml does into typed structures, and collects what does not fit. */
export class YamlReader {
  readonly faults: YamlFault[] = []
  readonly root: Node | undefined
  readonly #document: Document | undefined
  readonly #lines: LineCounter
  #nodes = 0

  /**
   * Of several documents the first counts, as in Prometheus.
   * @param text a file, or a document made of values, which have no place.
   */
  constructor(text: string | Document) {
    this.#lines = new LineCounter()
    if (typeof text !== 'string') {
      this.#document = text
      this.root = this.resolved(asNode(text.contents))
      return
    }
    if (text.length > MAX_LENGTH) {
      this.fault(`a file of ${text.length} characters: ${MAX_LENGTH} at most; split it`, undefined)
      return
    }
    const [document] = parseAllDocuments(text, {
      lineCounter: this.#lines,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    })
    if (document === undefined || !('errors' in document)) return
    for (const { message, pos } of document.errors) {
      this.faults.push({ message: `no YAML: ${message}`, place: this.#placeAt(pos[0]) })
    }
    this.#document = document
    if (document.errors.length === 0) this.root = this.resolved(document.contents ?? undefined)
  }

  /** Reads what code states: texts, numbers, true and false, lists and mappings. */
  static ofValue(value: unknown): YamlReader {
    return new YamlReader(new Document(value, { aliasDuplicateObjects: false }))
  }

  fault(message: string, node: Node | undefined): void {
    this.faults.push({ message, place: this.place(node) })
  }

  place(node: Node | undefined): Place | undefined {
    const at = node?.range?.[0]
    return at === undefined ? undefined : this.#placeAt(at)
  }

  #placeAt(at: number): Place {
    const { line, col } = this.#lines.linePos(at)
    return { line, column: col }
  }

  /** What an alias stands for. */
  resolved(node: Node | undefined): Node | undefined {
    if (++this.#nodes > MAX_NODES) {
      if (this.#nodes === MAX_NODES + 1) this.fault(`more than ${MAX_NODES} nodes, aliases counted each time`, node)
      return undefined
    }
    if (node === undefined || !isAlias(node) || this.#document === undefined) return node
    const target = node.resolve(this.#document)
    if (target === undefined) this.fault(`unknown anchor '${node.source}' referenced`, node)
    return target
  }

  isNull(node: Node | undefined): boolean {
    return node === undefined || (isScalar(node) && node.value === null)
  }

  /** The entries of a mapping; unknown keys are faults when the known are given. */
  entries(
    node: Node | undefined,
    what: string,
    known?: readonly string[],
    explain: (key: string) => string = (key) =>
      `field ${key} not found in ${what}, which may have ${known?.join(', ') ?? 'any'}`,
  ): readonly Entry[] {
    if (this.isNull(node)) return []
    if (!isMap(node)) {
      this.#misfit(node, what)
      return []
    }
    const entries: Entry[] = []
    const merged: Entry[] = []
    const seen = new Map<string, number>()
    for (const { key: rawKey, value: rawValue } of node.items) {
      const keyNode = this.resolved(asNode(rawKey))
      const value = this.resolved(asNode(rawValue))
      if (!isScalar(keyNode)) {
        this.fault(`a key of ${what} must be a text`, keyNode)
        continue
      }
      const key = textOf(keyNode)
      if (key === '<<' && keyNode.type === 'PLAIN') {
        merged.push(...this.#merged(value, what, known, explain))
        continue
      }
      const line = seen.get(key)
      if (line !== undefined) this.fault(`mapping key "${key}" already defined at line ${line}`, keyNode)
      seen.set(key, this.place(keyNode)?.line ?? 0)
      if (known !== undefined && !known.includes(key)) {
        this.fault(explain(key), keyNode)
        continue
      }
      entries.push({ key, keyNode, value })
    }
    return [...entries, ...merged.filter(({ key }) => !seen.has(key))]
  }

  #merged(
    value: Node | undefined,
    what: string,
    known: readonly string[] | undefined,
    explain: (key: string) => string,
  ): readonly Entry[] {
    if (!isSeq(value)) return this.entries(value, what, known, explain)
    return value.items.flatMap((item) => this.entries(this.resolved(asNode(item)), what, known, explain))
  }

  /** Without the items that are null: Go drops them. */
  items(node: Node | undefined, what: string): readonly Node[] {
    if (this.isNull(node)) return []
    if (isSeq(node)) {
      return node.items.flatMap((item) => {
        const each = this.resolved(asNode(item))
        return each === undefined || this.isNull(each) ? [] : [each]
      })
    }
    this.#misfit(node, `a list: ${what}`)
    return []
  }

  /** Any scalar, as it is written. */
  text(node: Node | undefined, what: string): string {
    if (this.isNull(node)) return ''
    if (isScalar(node)) return textOf(node)
    this.#misfit(node, `a text: ${what}`)
    return ''
  }

  /** A whole number; Go cuts fractions off. */
  integer(node: Node | undefined, what: string): number {
    if (this.isNull(node)) return 0
    if (isScalar(node) && typeof node.value === 'number' && Number.isFinite(node.value)) return Math.trunc(node.value)
    this.#misfit(node, `a whole number: ${what}`)
    return 0
  }

  float(node: Node | undefined, what: string): number {
    if (this.isNull(node)) return 0
    if (isScalar(node) && typeof node.value === 'number') return node.value
    this.#misfit(node, `a number: ${what}`)
    return 0
  }

  boolean(node: Node | undefined, what: string): boolean {
    if (this.isNull(node)) return false
    if (isScalar(node) && typeof node.value === 'boolean') return node.value
    if (isScalar(node) && node.type === 'PLAIN' && /^(?:y|yes|on|n|no|off)$/i.test(textOf(node))) {
      return /^(?:y|yes|on)$/i.test(textOf(node))
    }
    this.#misfit(node, `true or false: ${what}`)
    return false
  }

  texts(node: Node | undefined, what: string): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.entries(node, what).map(({ key, value }) => [key, this.text(value, `${what}.${key}`)] as const),
    )
  }

  #misfit(node: Node | undefined, wanted: string): void {
    const given = isMap(node) ? 'a mapping' : isSeq(node) ? 'a list' : isScalar(node) ? `\`${textOf(node)}\`` : 'this'
    this.fault(`cannot read ${given} as ${wanted}`, node)
  }
}

function asNode(value: unknown): Node | undefined {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : undefined
}

function textOf(node: { readonly value: unknown; readonly source?: string; readonly type?: string }): string {
  if (typeof node.value === 'string') return node.value
  if (node.value === null) return ''
  return node.source ?? (typeof node.value === 'number' || typeof node.value === 'boolean' ? String(node.value) : '')
}
