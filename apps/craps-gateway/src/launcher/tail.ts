const MAX_LINES = 30
const MAX_LINE_CHARS = 500

/** The last lines of an output; the rest is forgotten. */
export class Tail {
  readonly #lines: string[] = []

  add(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > MAX_LINES) this.#lines.shift()
  }

  get lines(): readonly string[] {
    return this.#lines
  }
}

/** Makes lines of the pieces that a stream comes in; the end of an overlong line is left out. */
export class Splitter {
  readonly #onLine: (line: string) => void
  #partial = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  push(text: string): void {
    const [first = '', ...rest] = text.split('\n')
    this.#partial = cut(this.#partial + first)
    for (const next of rest) {
      this.#onLine(this.#partial)
      this.#partial = cut(next)
    }
  }

  end(): void {
    if (this.#partial !== '') this.#onLine(this.#partial)
    this.#partial = ''
  }
}

const cut = (line: string): string => line.slice(0, MAX_LINE_CHARS)
