import { namedChar, goQuote, isPrintable } from './go-text.ts'

export type Keyword =
  | 'block'
  | 'break'
  | 'continue'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'nil'
  | 'range'
  | 'template'
  | 'with'

export type TokenKind =
  | Keyword
  | 'text'
  | 'left-delimiter'
  | 'right-delimiter'
  | 'space'
  | 'assign'
  | 'declare'
  | 'pipe'
  | 'string'
  | 'raw-string'
  | 'char-constant'
  | 'number'
  | 'bool'
  | 'dot'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'left-paren'
  | 'right-paren'
  | 'char'
  | 'error'
  | 'eof'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** In UTF-16 units. */
  readonly at: number
  /** From 1. */
  readonly line: number
}

const KEYWORDS: ReadonlyMap<string, Keyword | 'dot'> = new Map([
  ['.', 'dot'],
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['nil', 'nil'],
  ['range', 'range'],
  ['template', 'template'],
  ['with', 'with'],
])
const SPACE = /[ \t\r\n]/
const WORD = /[\p{L}\p{Nd}_]/u

/** The tokens of a template, as Go's text/template reads it; the last is `eof` or an `error`. */
export function lex(input: string): readonly Token[] {
  return new Lexer(input).run()
}

class Lexer {
  readonly #input: string
  readonly #tokens: Token[] = []
  #start = 0
  #at = 0
  #line = 1
  #startLine = 1
  #parens = 0

  constructor(input: string) {
    this.#input = input
  }

  run(): readonly Token[] {
    while (this.#text());
    return this.#tokens
  }

  #is(text: string, at = this.#at): boolean {
    return this.#input.startsWith(text, at)
  }

  /** The character at `at`; '' at the end. */
  #char(at = this.#at): string {
    const code = this.#input.codePointAt(at)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  #next(): string {
    const char = this.#char()
    this.#at += char.length
    if (char === '\n') this.#line++
    return char
  }

  #moveTo(at: number): void {
    for (let i = this.#at; i < at; i++) if (this.#input.charAt(i) === '\n') this.#line++
    this.#at = at
  }

  #emit(kind: TokenKind): true {
    this.#tokens.push({ kind, text: this.#input.slice(this.#start, this.#at), at: this.#start, line: this.#startLine })
    return this.#ignore()
  }

  #ignore(): true {
    this.#start = this.#at
    this.#startLine = this.#line
    return true
  }

  #fail(message: string): false {
    this.#tokens.push({ kind: 'error', text: message, at: this.#start, line: this.#startLine })
    return false
  }

  /** Text up to an action, and the action; false at the end. */
  #text(): boolean {
    const { length } = this.#input
    const found = this.#input.indexOf('{{', this.#at)
    if (found < 0) {
      this.#moveTo(length)
      if (this.#at > this.#start) this.#emit('text')
      this.#emit('eof')
      return false
    }
    const trims = this.#is('-', found + 2) && SPACE.test(this.#input.charAt(found + 3))
    const kept = trims ? this.#input.slice(0, found).replace(/[ \t\r\n]+$/, '').length : found
    if (kept > this.#start) {
      this.#moveTo(kept)
      this.#emit('text')
    }
    this.#moveTo(found)
    this.#ignore()
    return this.#action(trims)
  }

  #action(trims: boolean): boolean {
    const inside = this.#at + (trims ? 4 : 2)
    if (this.#is('/*', inside)) return this.#comment(inside)
    this.#at += 2
    this.#emit('left-delimiter')
    this.#moveTo(inside)
    this.#ignore()
    this.#parens = 0
    for (;;) {
      if (this.#closes() >= 0) {
        if (this.#parens > 0) return this.#fail('unclosed left paren')
        return this.#rightDelimiter()
      }
      if (!this.#inside()) return false
    }
  }

  #comment(at: number): boolean {
    const end = this.#input.indexOf('*/', at + 2)
    if (end < 0) return this.#fail('unclosed comment')
    this.#moveTo(end + 2)
    if (this.#closes() < 0) return this.#fail('comment ends before closing delimiter')
    return this.#leave()
  }

  /** How many characters before the closing braces belong to the delimiter; -1: there is none here. */
  #closes(at = this.#at): number {
    if (SPACE.test(this.#input.charAt(at)) && this.#is('-}}', at + 1)) return 2
    return this.#is('}}', at) ? 0 : -1
  }

  #rightDelimiter(): true {
    const marker = this.#closes()
    this.#moveTo(this.#at + marker)
    this.#ignore()
    this.#at += 2
    this.#emit('right-delimiter')
    return marker > 0 ? this.#trimLeft() : true
  }

  /** The end of a comment. */
  #leave(): true {
    const marker = this.#closes()
    this.#moveTo(this.#at + marker + 2)
    this.#ignore()
    return marker > 0 ? this.#trimLeft() : true
  }

  #trimLeft(): true {
    let at = this.#at
    while (SPACE.test(this.#input.charAt(at))) at++
    this.#moveTo(at)
    return this.#ignore()
  }

  #inside(): boolean {
    const char = this.#next()
    if (char === '') return this.#fail('unclosed action')
    if (SPACE.test(char)) return this.#spaces()
    switch (char) {
      case '=':
        return this.#emit('assign')
      case ':':
        return this.#next() === '=' ? this.#emit('declare') : this.#fail('expected :=')
      case '|':
        return this.#emit('pipe')
      case '"':
        return this.#quoted()
      case '`': {
        const end = this.#input.indexOf('`', this.#at)
        if (end < 0) return this.#fail('unterminated raw quoted string')
        this.#moveTo(end + 1)
        return this.#emit('raw-string')
      }
      case "'":
        return this.#charConstant()
      case '$':
        return this.#atTerminator() ? this.#emit('variable') : this.#name('variable')
      case '(':
        this.#parens++
        return this.#emit('left-paren')
      case ')':
        this.#parens--
        return this.#parens < 0 ? this.#fail('unexpected right paren') : this.#emit('right-paren')
      default:
    }
    if (char === '.' && !/[0-9]/.test(this.#char())) {
      return this.#atTerminator() ? this.#emit('dot') : this.#name('field')
    }
    if (/[-+.0-9]/.test(char)) {
      this.#at -= char.length
      return this.#number()
    }
    if (WORD.test(char)) return this.#identifier()
    if (char < '\u0080' && isPrintable(char)) return this.#emit('char')
    return this.#fail(`unrecognized character in action: ${namedChar(char)}`)
  }

  #spaces(): boolean {
    // A minus that trims has a space before it, which is not this token's.
    while (this.#closes(this.#at - 1) < 2 && SPACE.test(this.#char())) this.#next()
    if (this.#closes(this.#at - 1) !== 2) return this.#emit('space')
    if (this.#input.charAt(this.#at - 1) === '\n') this.#line--
    this.#at--
    return this.#at > this.#start ? this.#emit('space') : true
  }

  #quoted(): boolean {
    for (;;) {
      const char = this.#next()
      if (char === '"') return this.#emit('string')
      if (char === '' || char === '\n') return this.#fail('unterminated quoted string')
      if (char === '\\' && ['', '\n'].includes(this.#next())) return this.#fail('unterminated quoted string')
    }
  }

  #charConstant(): boolean {
    for (;;) {
      const char = this.#next()
      if (char === "'") return this.#emit('char-constant')
      if (char === '' || char === '\n') return this.#fail('unterminated character constant')
      if (char === '\\' && ['', '\n'].includes(this.#next())) return this.#fail('unterminated character constant')
    }
  }

  /** The rest of a field or a variable. */
  #name(kind: 'field' | 'variable'): boolean {
    while (WORD.test(this.#char())) this.#next()
    if (!this.#atTerminator()) return this.#fail(`bad character ${namedChar(this.#char())}`)
    return this.#emit(kind)
  }

  #identifier(): boolean {
    while (WORD.test(this.#char())) this.#next()
    if (!this.#atTerminator()) return this.#fail(`bad character ${namedChar(this.#char())}`)
    const word = this.#input.slice(this.#start, this.#at)
    return this.#emit(KEYWORDS.get(word) ?? (word === 'true' || word === 'false' ? 'bool' : 'identifier'))
  }

  #atTerminator(): boolean {
    const char = this.#char()
    return char === '' || SPACE.test(char) || '.,|:()'.includes(char) || this.#is('}}')
  }

  #number(): boolean {
    const match =
      /[-+]?(?:0[xX][0-9a-fA-F_]*\.?[0-9a-fA-F_]*(?:[pP][-+]?[0-9_]*)?|0[oO][0-7_]*\.?[0-7_]*|0[bB][01_]*\.?[01_]*|[0-9_]*\.?[0-9_]*(?:[eE][-+]?[0-9_]*)?)i?/y
    match.lastIndex = this.#at
    this.#at += match.exec(this.#input)?.[0].length ?? 0
    const sound = !WORD.test(this.#char())
    if (!sound) this.#next()
    if (!sound || /[-+]/.test(this.#char())) {
      return this.#fail(`bad number syntax: ${goQuote(this.#input.slice(this.#start, this.#at))}`)
    }
    return this.#emit('number')
  }
}
