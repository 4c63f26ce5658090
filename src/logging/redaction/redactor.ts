import { isCard } from './card.ts'
import { Names } from './names.ts'
import { REDACTED, type RedactionOptions, type Redactor, SHAPES } from './options.ts'
import { type PathNode, pathTree } from './paths.ts'
import { Texts } from './texts.ts'
import { Walk, type WalkOptions } from './walk.ts'

const UNREADABLE = '[unreadable]'
/** The smallest number that may be that of a card. */
const SMALLEST_CARD = 1e12

/** @throws RangeError for a path, key or replacement that is none. */
export function createRedactor(options: RedactionOptions = {}): Redactor {
  return new OneRedactor(options)
}

class OneRedactor implements Redactor {
  readonly #texts: Texts
  readonly #names: Names
  readonly #root: readonly PathNode[] | undefined
  readonly #replacement: string
  readonly #walk: WalkOptions

  constructor(options: RedactionOptions) {
    const { paths = [], keys = [], allow = [], shapes = SHAPES, emails = false, replacement = REDACTED } = options
    if (replacement === '') throw new RangeError('replacement: it must have a character or more, such as [redacted]')
    this.#replacement = replacement
    this.#texts = new Texts(shapes, emails, () => this.#names, replacement)
    this.#names = new Names(keys, allow, (name) => this.text(name))
    this.#walk = {
      text: (text) => this.text(text),
      number: (number) => (number >= SMALLEST_CARD && isCard(String(number)) ? replacement : number),
      names: this.#names,
      replacement,
    }
    const tree = pathTree(paths)
    this.#root = tree === undefined ? undefined : [tree]
  }

  text(text: string): string {
    try {
      return this.#texts.redact(text)
    } catch {
      return this.#replacement
    }
  }

  field(name: string, value: unknown): unknown {
    try {
      return new Walk(this.#walk).field(name, value, this.#root)
    } catch {
      return UNREADABLE
    }
  }

  fields(fields: Record<string, unknown>): Record<string, unknown> {
    try {
      return new Walk(this.#walk).changed(fields, this.#root, 0) ?? fields
    } catch {
      // Such as a proxy that throws: better no fields than a throw into the application, or a secret.
      return { fields: UNREADABLE }
    }
  }
}
