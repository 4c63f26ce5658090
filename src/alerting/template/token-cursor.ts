import { goQuote } from './go-text.ts'
import { lex, type Token, type TokenKind } from './lexer.ts'
import { TemplateError } from './value.ts'

const KEYWORDS: ReadonlySet<TokenKind> = new Set([
  'dot',
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
])

/** Reads the tokens of a template one by one; knows where it is when something is wrong. */
export class TokenCursor {
  readonly #name: string
  readonly #tokens: readonly Token[]
  /** Which token comes next. */
  at = 0
  /** Where the action under way began; 0: none is. */
  actionLine = 0
  #line = 1

  constructor(name: string, source: string) {
    this.#name = name
    this.#tokens = lex(source)
  }

  peek(): Token {
    const token = this.#tokens[Math.min(this.at, this.#tokens.length - 1)]
    if (token === undefined) throw new Error('BUG: no token')
    this.#line = token.line
    return token
  }

  take(): Token {
    const token = this.peek()
    this.at++
    return token
  }

  peekSolid(): Token {
    while (this.peek().kind === 'space') this.at++
    return this.peek()
  }

  takeSolid(): Token {
    const token = this.peekSolid()
    this.at++
    return token
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.takeSolid()
    if (token.kind !== kind) this.unexpected(token, context)
    return token
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.fail(`unexpected ${describe(token)} in ${context}`)
    const started = this.actionLine !== 0 && this.actionLine !== token.line
    const where = `${token.text.endsWith(' action') ? '' : ' in action'} started at ${this.#name}:${this.actionLine}`
    return this.fail(token.text + (started ? where : ''))
  }

  fail(message: string): never {
    throw new TemplateError(`template: ${this.#name}:${this.#line}: ${message}`)
  }

  /** Unreads the last token. */
  back(): void {
    this.at--
  }
}

function describe({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF'
  if (KEYWORDS.has(kind)) return `<${text}>`
  const chars = Array.from(text)
  return chars.length > 10 ? `${goQuote(chars.slice(0, 10).join(''))}...` : goQuote(text)
}
