import { quoted, quotedChar } from './quote.ts'
import { isDecimalDigit, isWordChar, isWordStart, scanNumber } from './scan-number.ts'
import { scanString } from './scan-string.ts'
import { isSpace, type Source } from './source.ts'
import { type Token, type TokenKind, WORDS } from './token.ts'

type Mode = 'statement' | 'braces' | 'duration'

const PLAIN: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>(
  ([',', '*', '/', '%', '+', '-', '^', '@'] as const).map((mark) => [mark, mark]),
)
/** What may stand in a duration's brackets before its first number. */
const IN_DURATION: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>(
  ([',', '*', '/', '%', '+', '-', '^'] as const).map((mark) => [mark, mark]),
)
const DURATION_WORDS: ReadonlySet<string> = new Set(['step', 'range', 'min_of', 'max_of'])

/**
 * Cuts a query into tokens, one a call. What a character means depends on whether it stands in braces, or in brackets
 * where nothing but a duration may follow. An error ends the text.
 */
export class Lexer {
  readonly source: Source
  readonly #text: string
  #at = 0
  #start = 0
  #mode: Mode = 'statement'
  #parens = 0
  #inBrackets = false
  #gotColon = false
  #gotDuration = false
  /** An error that is told after the token before it was made. */
  #over = false

  constructor(source: Source) {
    this.source = source
    this.#text = source.text
  }

  next(): Token {
    if (this.#over) return this.#token('nothing')
    for (;;) {
      const token = this.#scan()
      if (token === undefined) continue
      if (token.kind === 'eof' || token.kind === 'error') this.#over = true
      return token
    }
  }

  #scan(): Token | undefined {
    this.#skipSpace()
    if (this.#mode === 'duration') return this.#duration()
    if (this.#text[this.#at] === '#') return this.#comment()
    return this.#mode === 'braces' ? this.#braces() : this.#statement()
  }

  #skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++
    this.#start = this.#at
  }

  #comment(): undefined {
    while (this.#at < this.#text.length && !'\r\n'.includes(this.#text[this.#at] ?? '')) this.#at++
  }

  #statement(): Token | undefined {
    const char = this.#take()
    const next = this.#text[this.#at]
    switch (char) {
      case '':
        if (this.#parens !== 0) return this.#error('unclosed left parenthesis')
        return this.#inBrackets ? this.#error('unclosed left bracket') : this.#token('eof')
      case '=':
        if (next === '~') return this.#error(`unexpected character after '=': ${quotedChar(0x7e)}`)
        return next === '=' ? this.#longer('==') : this.#token('=')
      case '!':
        if (next === '=') return this.#longer('!=')
        return this.#error(`unexpected character after '!': ${quotedChar(this.#text.codePointAt(this.#at) ?? -1)}`)
      case '<':
        return next === '=' ? this.#longer('<=') : next === '/' ? this.#longer('</') : this.#token('<')
      case '>':
        return next === '=' ? this.#longer('>=') : next === '/' ? this.#longer('>/') : this.#token('>')
      case '"':
      case "'":
      case '`':
        return this.#string()
      case '(':
      case ')':
        return this.#paren(char)
      case '{':
        this.#mode = 'braces'
        return this.#token('{')
      case '[':
        return this.#openBracket()
      case ']':
        return this.#closeBracket()
      default: {
        const plain = PLAIN.get(char)
        if (plain !== undefined) return this.#token(plain)
        if (isDecimalDigit(char) || (char === '.' && isDecimalDigit(next))) return this.#number()
        if (isWordStart(char) || char === ':') return this.#inBrackets ? this.#wordInBrackets(char) : this.#word()
        return this.#unexpected('unexpected character: ')
      }
    }
  }

  #braces(): Token {
    const char = this.#take()
    const next = this.#text[this.#at]
    switch (char) {
      case '':
        return this.#error('unexpected end of input inside braces')
      case ',':
        return this.#token(',')
      case '"':
      case "'":
      case '`':
        return this.#string()
      case '=':
        return next === '~' ? this.#longer('=~') : this.#token('=')
      case '!': {
        if (next === '~') return this.#longer('!~')
        if (next === '=') return this.#longer('!=')
        const found = this.#text.codePointAt(this.#at) ?? -1
        return this.#error(`unexpected character after '!' inside braces: ${quotedChar(found)}`)
      }
      case '{':
        return this.#unexpected('unexpected left brace ')
      case '}':
        this.#mode = 'statement'
        return this.#token('}')
      default:
        if (!isWordStart(char)) return this.#unexpected('unexpected character inside braces: ')
        this.#takeWord()
        return this.#token('identifier')
    }
  }

  /** Right after a bracket, an operator or a parenthesis in brackets. */
  #duration(): Token {
    const char = this.#take()
    const mark = IN_DURATION.get(char)
    if (mark !== undefined) return this.#token(mark)
    switch (char) {
      case '':
        return this.#error('unexpected end of input in duration expression')
      case '(':
      case ')':
        return this.#paren(char)
      case ']':
        this.#mode = 'statement'
        return this.#closeBracket()
      case ':':
        this.#start = this.#at
        if (!this.#gotDuration) return this.#error('unexpected colon before duration in duration expression')
        if (this.#gotColon) return this.#error('unexpected repeated colon in duration expression')
        this.#start--
        this.#gotColon = true
        return this.#token(':')
      default:
        if (isDecimalDigit(char) || (char === '.' && isDecimalDigit(this.#text[this.#at]))) {
          this.#gotDuration = true
          this.#mode = 'statement'
          return this.#number()
        }
        return this.#durationWord() ?? this.#unexpected('unexpected character in duration expression: ')
    }
  }

  #wordInBrackets(char: string): Token {
    if (char !== ':') {
      const word = this.#durationWord()
      return word ?? this.#error(`unexpected character: ${quotedChar(char.charCodeAt(0))}, expected ':'`)
    }
    if (this.#gotColon) return this.#unexpected('unexpected colon ')
    this.#gotColon = true
    return this.#token(':')
  }

  #durationWord(): Token | undefined {
    const word = /^[A-Za-z_]+/.exec(this.#text.slice(this.#start, this.#start + 8))?.[0].toLowerCase()
    if (word === undefined || !DURATION_WORDS.has(word)) return undefined
    this.#at = this.#start + word.length
    this.#gotDuration = true
    return this.#token(WORDS.get(word) ?? 'identifier')
  }

  #paren(char: '(' | ')'): Token {
    this.#parens += char === '(' ? 1 : -1
    if (this.#parens >= 0) return this.#token(char)
    this.#start = this.#at
    return this.#error(`unexpected right parenthesis ')'`)
  }

  #openBracket(): Token {
    if (this.#inBrackets) return this.#unexpected('unexpected left bracket ')
    this.#inBrackets = true
    this.#gotColon = false
    this.#gotDuration = false
    this.#mode = 'duration'
    return this.#token('[')
  }

  #closeBracket(): Token {
    if (!this.#inBrackets) return this.#unexpected('unexpected right bracket ')
    this.#inBrackets = false
    return this.#token(']')
  }

  #string(): Token {
    const scan = scanString(this.#text, this.#start)
    if (!scan.ok) return this.#error(scan.message)
    this.#at = scan.end
    return this.#token('string')
  }

  #number(): Token {
    const { kind, end } = scanNumber(this.#text, this.#start)
    this.#at = end
    if (kind === 'bad')
      return this.#error(`bad number or duration syntax: ${quoted(this.#text.slice(this.#start, end))}`)
    return this.#token(kind)
  }

  #word(): Token {
    while (isWordChar(this.#text[this.#at]) || this.#text[this.#at] === ':') this.#at++
    const word = this.#text.slice(this.#start, this.#at)
    return this.#token(WORDS.get(word.toLowerCase()) ?? (word.includes(':') ? 'metric identifier' : 'identifier'))
  }

  #takeWord(): void {
    while (isWordChar(this.#text[this.#at])) this.#at++
  }

  /** The next character; '' at the end. */
  #take(): string {
    const char = this.#text.codePointAt(this.#at)
    if (char === undefined) return ''
    const text = String.fromCodePoint(char)
    this.#at += text.length
    return text
  }

  #longer(kind: TokenKind): Token {
    this.#at++
    return this.#token(kind)
  }

  #unexpected(message: string): Token {
    return this.#error(message + quotedChar(this.#text.codePointAt(this.#start) ?? -1))
  }

  #token(kind: TokenKind): Token {
    const text = this.#text.slice(this.#start, this.#at)
    return { kind, text, start: this.source.byteOf(this.#start), end: this.source.byteOf(this.#at) }
  }

  /** Spans from where the token began to the end of the text. */
  #error(message: string): Token {
    return { kind: 'error', text: message, start: this.source.byteOf(this.#start), end: this.source.byteLength }
  }
}
