import { CharClass, type ClassItem, PERL_CLASSES, POSIX_CLASSES } from './char-class.ts'
import { PatternError } from './pattern-error.ts'
import { unicodeProperty } from './unicode-property.ts'

const MAX_CHAR = 0x10ffff
const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
])

/** Reads characters, escapes and classes of a pattern. */
export class ClassReader {
  readonly source: string
  protected at = 0
  /** No POSIX class ends further on: it need not be looked for again. */
  #posixOver = false

  constructor(source: string) {
    this.source = source
  }

  /** The next code point; -1 at the end. Half a pair of surrogates is no text. */
  protected nextChar(): number {
    const char = this.source.codePointAt(this.at)
    if (char === undefined) return -1
    if (char >= 0xd800 && char <= 0xdfff) throw new PatternError('invalid UTF-8', this.source.slice(this.at))
    this.at += char > 0xffff ? 2 : 1
    return char
  }

  /** `[…]`, from its bracket on. */
  protected readClass(fold: boolean): CharClass {
    const start = this.at
    this.at++
    const negated = this.source[this.at] === '^'
    if (negated) this.at++
    const items: ClassItem[] = []
    let first = true
    while (this.source[this.at] !== ']' || first) {
      first = false
      items.push(this.#posixClass() ?? this.readClassEscape() ?? this.#range(start))
    }
    this.at++
    return new CharClass(items, { negated, fold })
  }

  /** `\d`, `\pL`, `\p{Greek}` and their like. */
  protected readClassEscape(): ClassItem | undefined {
    if (this.source[this.at] !== '\\') return undefined
    const letter = this.source[this.at + 1] ?? ''
    if (letter === 'p' || letter === 'P') return this.#property(letter === 'P')
    const ranges = PERL_CLASSES.get(letter.toLowerCase())
    if (ranges === undefined) return undefined
    this.at += 2
    return { ranges, negated: letter !== letter.toLowerCase() }
  }

  /** An escape that stands for one character, from its backslash on. */
  protected readEscape(): number {
    const start = this.at
    this.at++
    const char = this.nextChar()
    if (char < 0) throw new PatternError('trailing backslash at end of expression', '')
    const letter = String.fromCodePoint(char)
    const value =
      SIMPLE_ESCAPES.get(letter) ??
      (letter === 'x' ? this.#hex() : /[0-7]/.test(letter) ? this.#octal(letter) : isPunctuation(char) ? char : -1)
    if (value < 0) throw new PatternError('invalid escape sequence', this.source.slice(start, this.at))
    return value
  }

  /** A single non-zero digit would refer back, which there is not. */
  #octal(first: string): number {
    const more = /^[0-7]{0,2}/.exec(this.source.slice(this.at, this.at + 2))?.[0] ?? ''
    if (first !== '0' && more === '') return -1
    this.at += more.length
    return Number.parseInt(first + more, 8)
  }

  #hex(): number {
    const first = this.nextChar()
    if (first !== 0x7b) {
      const high = hexDigit(first)
      const low = first < 0 ? -1 : hexDigit(this.nextChar())
      return high < 0 || low < 0 ? -1 : high * 16 + low
    }
    let value = 0
    for (let digits = 0; ; digits++) {
      const char = this.nextChar()
      if (char === 0x7d) return digits === 0 ? -1 : value
      const digit = hexDigit(char)
      value = value * 16 + digit
      if (digit < 0 || value > MAX_CHAR) return -1
    }
  }

  #posixClass(): ClassItem | undefined {
    if (!this.source.startsWith('[:', this.at)) return undefined
    const end = this.#posixOver ? -1 : this.source.indexOf(':]', this.at + 2)
    this.#posixOver = end < 0
    if (end < 0) return undefined
    const text = this.source.slice(this.at, end + 2)
    const name = text.slice(2, -2)
    const ranges = POSIX_CLASSES.get(name.replace(/^\^/, ''))
    if (ranges === undefined) throw new PatternError('invalid character class range', text)
    this.at = end + 2
    return { ranges, negated: name.startsWith('^') }
  }

  #property(outerNegated: boolean): ClassItem {
    const start = this.at
    this.at += 2
    let name: string
    if (this.nextChar() === 0x7b) {
      const end = this.source.indexOf('}', start)
      if (end < 0) throw new PatternError('invalid character class range', this.source.slice(start))
      name = this.source.slice(start + 3, end)
      this.at = end + 1
    } else name = this.source.slice(start + 2, this.at)
    const negated = outerNegated !== name.startsWith('^')
    const property = unicodeProperty(name.replace(/^\^/, ''))
    if (property === undefined) {
      throw new PatternError('invalid character class range', this.source.slice(start, this.at))
    }
    return { property, negated }
  }

  #range(classStart: number): ClassItem {
    const start = this.at
    const low = this.#classChar(classStart)
    if (this.source[this.at] !== '-' || this.at + 1 >= this.source.length || this.source[this.at + 1] === ']') {
      return { ranges: [[low, low]] }
    }
    this.at++
    const high = this.#classChar(classStart)
    if (high < low) throw new PatternError('invalid character class range', this.source.slice(start, this.at))
    return { ranges: [[low, high]] }
  }

  #classChar(classStart: number): number {
    if (this.at >= this.source.length) throw new PatternError('missing closing ]', this.source.slice(classStart))
    return this.source[this.at] === '\\' ? this.readEscape() : this.nextChar()
  }
}

function hexDigit(char: number): number {
  if (char < 0) return -1
  const digit = Number.parseInt(String.fromCodePoint(char), 16)
  return Number.isNaN(digit) ? -1 : digit
}

function isPunctuation(char: number): boolean {
  return char < 128 && !/[0-9A-Za-z]/.test(String.fromCodePoint(char))
}
