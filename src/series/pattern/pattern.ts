import { Automaton } from './automaton.ts'
import { capture } from './captures.ts'
import { expand, type PatternMatch } from './expand.ts'
import { parsePattern } from './parser.ts'
import type { Node } from './node.ts'
import { checkSize, compile, type Program } from './program.ts'
import { search, type SearchWork } from './search.ts'
import { findShortcut, prefixOf, type Shortcut, takes } from './shortcut.ts'

/** Where in the text it was found, in UTF-16 units. */
export interface FoundMatch extends PatternMatch {
  readonly start: number
  readonly end: number
}

const MAX_STATES = 1000

function enough(): SearchWork {
  return { steps: 0, most: 20_000_000 }
}

/**
 * A regular expression in RE2's syntax that must match the whole of a text, `.` matching line ends, as Prometheus reads
 * them. The work is linear in the text whatever the pattern: nothing that users send can make it backtrack.
 */
export class Pattern {
  readonly source: string
  /** All the texts that match, when the pattern is a mere list of texts: an index can look them up. */
  readonly texts: ReadonlySet<string> | undefined
  /** The text with which everything that matches begins. */
  readonly prefix: string
  readonly #names: readonly string[]
  readonly #shortcut: Shortcut | undefined
  readonly #root: Node
  #compiled: Program | undefined
  #automaton: Automaton | undefined

  /** @throws PatternError, in Go's words, for what is no pattern. */
  constructor(source: string) {
    const { root, names } = parsePattern(source)
    this.source = source
    this.#names = names
    this.#shortcut = findShortcut(root)
    this.texts = this.#shortcut?.kind === 'set' ? this.#shortcut.texts : undefined
    this.prefix = prefixOf(root)
    this.#root = root
    checkSize(root, source)
  }

  get #program(): Program {
    this.#compiled ??= compile(this.#root)
    return this.#compiled
  }

  /** Instructions that {@link matches} has looked at so far: the measure of its work. */
  get steps(): number {
    return this.#automaton?.steps ?? 0
  }

  matches(text: string): boolean {
    if (this.#shortcut !== undefined) return takes(this.#shortcut, text)
    this.#automaton ??= new Automaton(this.#program, MAX_STATES)
    return this.#automaton.matches(text)
  }

  exec(text: string): PatternMatch | undefined {
    const slots = this.matches(text) ? capture(this.#program, text, this.#names.length * 2) : undefined
    if (slots === undefined) return undefined
    return this.#match(text, slots)
  }

  /**
   * The leftmost part of the text that matches, from `from` on. Write `(?-s:...)` for Go's plain meaning of `.`.
   * @throws RangeError when it takes more work than it may: by default 20 million steps.
   */
  find(text: string, from = 0, work: SearchWork = enough()): FoundMatch | undefined {
    const slots = search(this.#program, text, from, this.#names.length * 2, work)
    if (slots === undefined) return undefined
    const [start = 0, end = 0] = slots
    return { start, end, ...this.#match(text, slots) }
  }

  /**
   * The text with each part that matches put as the template says, see {@link expand}; Go's ReplaceAllString.
   * @throws RangeError when it takes more work than it may: by default 20 million steps, all parts together.
   */
  replaceAll(text: string, template: string, work: SearchWork = enough()): string {
    let replaced = ''
    let last = 0
    for (let at = 0; at <= text.length;) {
      const match = this.find(text, at, work)
      if (match === undefined) break
      replaced += text.slice(last, match.start)
      // An empty match right after another is none.
      if (match.end > last || match.start === 0) replaced += expand(template, match)
      last = match.end
      const width = (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
      at = Math.max(at + width, match.end)
    }
    return replaced + text.slice(last)
  }

  #match(text: string, slots: readonly number[]): PatternMatch {
    const groups = this.#names.map((_, i) => {
      const [from = -1, to = -1] = slots.slice(i * 2, i * 2 + 2)
      return from < 0 || to < 0 ? undefined : text.slice(from, to)
    })
    return { groups, names: this.#names }
  }

  /**
   * The template with `$1`, `$name` and `${name}` put in and `$$` as a dollar; undefined when the text does not match.
   * A name is taken as long as it can be; an unknown one is empty.
   */
  expand(text: string, template: string): string | undefined {
    const match = this.exec(text)
    return match && expand(template, match)
  }
}
