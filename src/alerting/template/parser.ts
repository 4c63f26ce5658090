import { goQuote, goUnquote, parseGoFloat, parseGoInteger } from './go-text.ts'
import { lex, type Token, type TokenKind } from './lexer.ts'
import { type Command, type Node, nodeText, type Operand, type Pipe } from './node.ts'
import { TemplateError } from './value.ts'

/** A template and what it defines, by name. */
export interface Template {
  readonly name: string
  readonly source: string
  readonly templates: ReadonlyMap<string, readonly Node[]>
}

export interface ParseOptions {
  readonly hasFunction: (name: string) => boolean
}

/** Deeper templates are refused. */
const MAX_DEPTH = 200

/** Reads a template of Go's text/template. @throws TemplateError in Go's words. */
export function parseTemplate(name: string, source: string, { hasFunction }: ParseOptions): Template {
  return new Parser(name, source, hasFunction).parse()
}

type Ending = { readonly kind: 'end' } | { readonly kind: 'else' }

const OPERANDS: ReadonlySet<TokenKind> = new Set([
  'bool',
  'char-constant',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw-string',
  'string',
  'variable',
  'left-paren',
])
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

class Parser {
  readonly #name: string
  readonly #source: string
  readonly #hasFunction: (name: string) => boolean
  readonly #tokens: readonly Token[]
  readonly #templates = new Map<string, readonly Node[]>()
  #next = 0
  #line = 1
  #variables: string[] = ['$']
  #ranges = 0
  #depth = 0
  #actionLine = 0

  constructor(name: string, source: string, hasFunction: (name: string) => boolean) {
    this.#name = name
    this.#source = source
    this.#hasFunction = hasFunction
    this.#tokens = lex(source)
  }

  parse(): Template {
    const root: Node[] = []
    while (this.#peek().kind !== 'eof') {
      if (this.#peek().kind === 'left-delimiter') {
        const start = this.#next
        this.#take()
        if (this.#takeSolid().kind === 'define') {
          this.#own(() => this.#definition())
          continue
        }
        this.#next = start
      }
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') this.#fail(`unexpected {{${node.kind}}}`)
      else root.push(node)
    }
    this.#add(this.#name, root)
    return { name: this.#name, source: this.#source, templates: this.#templates }
  }

  // Tokens

  #peek(): Token {
    const token = this.#tokens[Math.min(this.#next, this.#tokens.length - 1)]
    if (token === undefined) throw new Error('BUG: no token')
    this.#line = token.line
    return token
  }

  #take(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }

  #peekSolid(): Token {
    while (this.#peek().kind === 'space') this.#next++
    return this.#peek()
  }

  #takeSolid(): Token {
    const token = this.#peekSolid()
    this.#next++
    return token
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#takeSolid()
    if (token.kind !== kind) this.#unexpected(token, context)
    return token
  }

  #unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.#fail(`unexpected ${describe(token)} in ${context}`)
    const started = this.#actionLine !== 0 && this.#actionLine !== token.line
    const where = `${token.text.endsWith(' action') ? '' : ' in action'} started at ${this.#name}:${this.#actionLine}`
    return this.#fail(token.text + (started ? where : ''))
  }

  #fail(message: string): never {
    throw new TemplateError(`template: ${this.#name}:${this.#line}: ${message}`)
  }

  // Nodes

  /** A template of its own: none of the variables around it. */
  #own<T>(parse: () => T): T {
    const [variables, ranges] = [this.#variables, this.#ranges]
    this.#variables = ['$']
    this.#ranges = 0
    const result = parse()
    this.#variables = variables
    this.#ranges = ranges
    return result
  }

  #add(name: string, nodes: readonly Node[]): void {
    const before = this.#templates.get(name)
    if (before === undefined || isEmpty(before)) this.#templates.set(name, nodes)
    else if (!isEmpty(nodes)) this.#fail(`template: multiple definition of template ${goQuote(name)}`)
  }

  #definition(): void {
    const name = this.#templateName(this.#takeSolid(), 'define clause')
    this.#expect('right-delimiter', 'define clause')
    const [nodes, ending] = this.#list()
    if (ending.kind !== 'end') this.#fail('unexpected {{else}} in define clause')
    this.#add(name, nodes)
  }

  #list(): readonly [readonly Node[], Ending] {
    if (++this.#depth > MAX_DEPTH) this.#fail(`nests more than ${MAX_DEPTH} deep`)
    const nodes: Node[] = []
    while (this.#peekSolid().kind !== 'eof') {
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') {
        this.#depth--
        return [nodes, node]
      }
      nodes.push(node)
    }
    return this.#fail('unexpected EOF')
  }

  #textOrAction(): Node | Ending {
    const token = this.#takeSolid()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'left-delimiter') return this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const node = this.#action()
    this.#actionLine = 0
    return node
  }

  #action(): Node | Ending {
    const token = this.#takeSolid()
    switch (token.kind) {
      case 'block':
        return this.#block()
      case 'break':
      case 'continue': {
        const context = `{{${token.kind}}}`
        const close = this.#takeSolid()
        if (close.kind !== 'right-delimiter') this.#unexpected(close, context)
        if (this.#ranges === 0) this.#fail(`${context} outside {{range}}`)
        return { kind: token.kind, at: token.at }
      }
      case 'else': {
        const after = this.#peekSolid()
        if (after.kind !== 'if' && after.kind !== 'with') this.#expect('right-delimiter', 'else')
        return { kind: 'else' }
      }
      case 'end':
        this.#expect('right-delimiter', 'end')
        return { kind: 'end' }
      case 'if':
      case 'with':
      case 'range':
        return this.#control(token.kind)
      case 'template':
        return this.#template()
      default: {
        this.#next--
        const { at } = this.#peek()
        return { kind: 'action', at, pipe: this.#pipeline('command', 'right-delimiter') }
      }
    }
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    if (++this.#depth > MAX_DEPTH) this.#fail(`nests more than ${MAX_DEPTH} deep`)
    const known = this.#variables.length
    const pipe = this.#pipeline(kind, 'right-delimiter')
    if (kind === 'range') this.#ranges++
    const [body, ending] = this.#list()
    if (kind === 'range') this.#ranges--
    const otherwise = ending.kind === 'else' ? this.#otherwise(kind) : undefined
    this.#variables.length = known
    this.#depth--
    return { kind, at: pipe.at, pipe, body, otherwise }
  }

  #otherwise(kind: 'if' | 'with' | 'range'): readonly Node[] {
    // `else if` has the end of the first.
    if (kind !== 'range' && this.#peek().kind === kind) {
      this.#take()
      return [this.#control(kind)]
    }
    const [nodes, ending] = this.#list()
    if (ending.kind !== 'end') this.#fail(`expected end; found {{${ending.kind}}}`)
    return nodes
  }

  #block(): Node {
    const token = this.#takeSolid()
    const name = this.#templateName(token, 'block clause')
    const pipe = this.#pipeline('block clause', 'right-delimiter')
    this.#own(() => {
      const [nodes, ending] = this.#list()
      if (ending.kind !== 'end') this.#fail('unexpected {{else}} in block clause')
      this.#add(name, nodes)
    })
    return { kind: 'template', at: token.at, name, pipe }
  }

  #template(): Node {
    const token = this.#takeSolid()
    const name = this.#templateName(token, 'template clause')
    if (this.#takeSolid().kind === 'right-delimiter') return { kind: 'template', at: token.at, name, pipe: undefined }
    this.#next--
    return { kind: 'template', at: token.at, name, pipe: this.#pipeline('template clause', 'right-delimiter') }
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'raw-string') this.#unexpected(token, context)
    return this.#unquoted(token)
  }

  #unquoted({ text }: Token): string {
    return goUnquote(text) ?? this.#fail('invalid syntax')
  }

  #pipeline(context: string, end: 'right-delimiter' | 'right-paren'): Pipe {
    const { at } = this.#peekSolid()
    const { variables, assigns } = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#takeSolid()
      if (token.kind === end) break
      if (!OPERANDS.has(token.kind)) this.#unexpected(token, context)
      this.#next--
      commands.push(this.#command())
    }
    if (commands.length === 0) this.#fail(`missing value for ${context}`)
    commands.slice(1).forEach(({ args: [first] }, i) => {
      const kind = first?.kind
      if (kind === 'bool' || kind === 'dot' || kind === 'nil' || kind === 'number' || kind === 'string') {
        this.#fail(`non executable command in pipeline stage ${i + 2}`)
      }
    })
    return { kind: 'pipe', at, variables, assigns, commands }
  }

  #declarations(context: string): Pick<Pipe, 'variables' | 'assigns'> {
    const variables: string[] = []
    for (;;) {
      const variable = this.#peekSolid()
      if (variable.kind !== 'variable') return { variables, assigns: false }
      const start = this.#next
      this.#take()
      const after = this.#peekSolid()
      if (after.kind === 'assign' || after.kind === 'declare') {
        this.#takeSolid()
        variables.push(variable.text)
        this.#variables.push(variable.text)
        return { variables, assigns: after.kind === 'assign' }
      }
      if (after.kind !== 'char' || after.text !== ',') {
        this.#next = start
        return { variables, assigns: false }
      }
      this.#takeSolid()
      variables.push(variable.text)
      this.#variables.push(variable.text)
      if (context !== 'range' || variables.length >= 2) this.#fail(`too many declarations in ${context}`)
      const { kind } = this.#peekSolid()
      if (kind !== 'variable' && kind !== 'right-delimiter' && kind !== 'right-paren') {
        this.#fail('range can only initialize variables')
      }
    }
  }

  #command(): Command {
    const { at } = this.#peekSolid()
    const args: Operand[] = []
    for (;;) {
      this.#peekSolid()
      const operand = this.#operand()
      if (operand !== undefined) args.push(operand)
      const token = this.#take()
      if (token.kind === 'space') continue
      if (token.kind === 'right-delimiter' || token.kind === 'right-paren') this.#next--
      else if (token.kind !== 'pipe') this.#unexpected(token, 'operand')
      break
    }
    if (args.length === 0) this.#fail('empty command')
    return { kind: 'command', at, args }
  }

  #operand(): Operand | undefined {
    const term = this.#term()
    if (term === undefined || this.#peek().kind !== 'field') return term
    const { at } = this.#peek()
    const names: string[] = []
    while (this.#peek().kind === 'field') names.push(this.#take().text.slice(1))
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, at, names: [...term.names, ...names] }
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${goQuote(nodeText(term))}`)
      case 'identifier':
      case 'chain':
      case 'pipe':
        return { kind: 'chain', at, of: term, names }
    }
  }

  #term(): Operand | undefined {
    const token = this.#takeSolid()
    const { at, text } = token
    switch (token.kind) {
      case 'identifier':
        if (!this.#hasFunction(text)) this.#fail(`function ${goQuote(text)} not defined`)
        return { kind: 'identifier', at, name: text }
      case 'dot':
      case 'nil':
        return { kind: token.kind, at }
      case 'variable':
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${goQuote(text)}`)
        return { kind: 'variable', at, names: [text] }
      case 'field':
        return { kind: 'field', at, names: [text.slice(1)] }
      case 'bool':
        return { kind: 'bool', at, value: text === 'true' }
      case 'char-constant':
      case 'number':
        return { kind: 'number', at, text, value: this.#number(token) }
      case 'left-paren': {
        if (++this.#depth > MAX_DEPTH) this.#fail(`nests more than ${MAX_DEPTH} deep`)
        const pipe = this.#pipeline('parenthesized pipeline', 'right-paren')
        this.#depth--
        return pipe
      }
      case 'string':
      case 'raw-string':
        return { kind: 'string', at, text, value: this.#unquoted(token) }
      default:
        this.#next--
        return undefined
    }
  }

  #number({ kind, text }: Token): bigint | number {
    if (kind === 'char-constant') {
      const char = goUnquote(text)
      if (char === undefined || Array.from(char).length !== 1) this.#fail(`malformed character constant: ${text}`)
      return BigInt(char.codePointAt(0) ?? 0)
    }
    const whole = parseGoInteger(text)
    if (whole !== undefined) {
      // Above 2^63 it is a number that cannot be used.
      if (whole >= 2n ** 64n || whole < -(2n ** 63n)) this.#fail(`integer overflow: ${goQuote(text)}`)
      return whole
    }
    const value = parseGoFloat(text.replaceAll('_', ''))
    if (typeof value !== 'number') this.#fail(`illegal number syntax: ${goQuote(text)}`)
    return value
  }
}

function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '')
}

function describe({ kind, text }: Token): string {
  if (kind === 'eof') return 'EOF'
  if (KEYWORDS.has(kind)) return `<${text}>`
  const chars = Array.from(text)
  return chars.length > 10 ? `${goQuote(chars.slice(0, 10).join(''))}...` : goQuote(text)
}
