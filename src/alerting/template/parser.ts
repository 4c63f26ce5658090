import { goQuote, goUnquote, parseGoFloat, parseGoInteger } from './go-text.ts'
import type { Token, TokenKind } from './lexer.ts'
import { type Command, type Node, nodeText, type Operand, type Pipe } from './node.ts'
import { TokenCursor } from './token-cursor.ts'

/** A template and what it defines, by name. */
export interface Template {
  readonly name: string
  readonly source: string
  readonly templates: ReadonlyMap<string, readonly Node[]>
  /** Other files whose definitions it may use; the later ones go before the earlier. */
  readonly library?: readonly Template[]
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
class Parser {
  readonly #name: string
  readonly #source: string
  readonly #hasFunction: (name: string) => boolean
  readonly #tokens: TokenCursor
  readonly #templates = new Map<string, readonly Node[]>()
  #variables: string[] = ['$']
  #ranges = 0
  #depth = 0

  constructor(name: string, source: string, hasFunction: (name: string) => boolean) {
    this.#name = name
    this.#source = source
    this.#hasFunction = hasFunction
    this.#tokens = new TokenCursor(name, source)
  }

  parse(): Template {
    const root: Node[] = []
    while (this.#tokens.peek().kind !== 'eof') {
      if (this.#tokens.peek().kind === 'left-delimiter') {
        const start = this.#tokens.at
        this.#tokens.take()
        if (this.#tokens.takeSolid().kind === 'define') {
          this.#own(() => this.#definition())
          continue
        }
        this.#tokens.at = start
      }
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') this.#tokens.fail(`unexpected {{${node.kind}}}`)
      else root.push(node)
    }
    this.#add(this.#name, root)
    return { name: this.#name, source: this.#source, templates: this.#templates }
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
    else if (!isEmpty(nodes)) this.#tokens.fail(`template: multiple definition of template ${goQuote(name)}`)
  }

  #definition(): void {
    const name = this.#templateName(this.#tokens.takeSolid(), 'define clause')
    this.#tokens.expect('right-delimiter', 'define clause')
    const [nodes, ending] = this.#list()
    if (ending.kind !== 'end') this.#tokens.fail('unexpected {{else}} in define clause')
    this.#add(name, nodes)
  }

  #list(): readonly [readonly Node[], Ending] {
    if (++this.#depth > MAX_DEPTH) this.#tokens.fail(`nests more than ${MAX_DEPTH} deep`)
    const nodes: Node[] = []
    while (this.#tokens.peekSolid().kind !== 'eof') {
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') {
        this.#depth--
        return [nodes, node]
      }
      nodes.push(node)
    }
    return this.#tokens.fail('unexpected EOF')
  }

  #textOrAction(): Node | Ending {
    const token = this.#tokens.takeSolid()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'left-delimiter') return this.#tokens.unexpected(token, 'input')
    this.#tokens.actionLine = token.line
    const node = this.#action()
    this.#tokens.actionLine = 0
    return node
  }

  #action(): Node | Ending {
    const token = this.#tokens.takeSolid()
    const { kind, at } = token
    if (kind === 'block') return this.#block()
    if (kind === 'template') return this.#template()
    if (kind === 'if' || kind === 'with' || kind === 'range') return this.#control(kind)
    if (kind === 'break' || kind === 'continue') return this.#jump(kind, at)
    if (kind === 'else') {
      const after = this.#tokens.peekSolid()
      if (after.kind !== 'if' && after.kind !== 'with') this.#tokens.expect('right-delimiter', 'else')
      return { kind }
    }
    if (kind === 'end') {
      this.#tokens.expect('right-delimiter', 'end')
      return { kind }
    }
    this.#tokens.back()
    return { kind: 'action', at, pipe: this.#pipeline('command', 'right-delimiter') }
  }

  #jump(kind: 'break' | 'continue', at: number): Node {
    const close = this.#tokens.takeSolid()
    if (close.kind !== 'right-delimiter') this.#tokens.unexpected(close, `{{${kind}}}`)
    if (this.#ranges === 0) this.#tokens.fail(`{{${kind}}} outside {{range}}`)
    return { kind, at }
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    if (++this.#depth > MAX_DEPTH) this.#tokens.fail(`nests more than ${MAX_DEPTH} deep`)
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
    if (kind !== 'range' && this.#tokens.peek().kind === kind) {
      this.#tokens.take()
      return [this.#control(kind)]
    }
    const [nodes, ending] = this.#list()
    if (ending.kind !== 'end') this.#tokens.fail(`expected end; found {{${ending.kind}}}`)
    return nodes
  }

  #block(): Node {
    const token = this.#tokens.takeSolid()
    const name = this.#templateName(token, 'block clause')
    const pipe = this.#pipeline('block clause', 'right-delimiter')
    this.#own(() => {
      const [nodes, ending] = this.#list()
      if (ending.kind !== 'end') this.#tokens.fail('unexpected {{else}} in block clause')
      this.#add(name, nodes)
    })
    return { kind: 'template', at: token.at, name, pipe }
  }

  #template(): Node {
    const token = this.#tokens.takeSolid()
    const name = this.#templateName(token, 'template clause')
    if (this.#tokens.takeSolid().kind === 'right-delimiter')
      return { kind: 'template', at: token.at, name, pipe: undefined }
    this.#tokens.back()
    return { kind: 'template', at: token.at, name, pipe: this.#pipeline('template clause', 'right-delimiter') }
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'raw-string') this.#tokens.unexpected(token, context)
    return this.#unquoted(token)
  }

  #unquoted({ text }: Token): string {
    return goUnquote(text) ?? this.#tokens.fail('invalid syntax')
  }

  #pipeline(context: string, end: 'right-delimiter' | 'right-paren'): Pipe {
    const { at } = this.#tokens.peekSolid()
    const { variables, assigns } = this.#declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.#tokens.takeSolid()
      if (token.kind === end) break
      if (!OPERANDS.has(token.kind)) this.#tokens.unexpected(token, context)
      this.#tokens.back()
      commands.push(this.#command())
    }
    if (commands.length === 0) this.#tokens.fail(`missing value for ${context}`)
    commands.slice(1).forEach(({ args: [first] }, i) => {
      const kind = first?.kind
      if (kind === 'bool' || kind === 'dot' || kind === 'nil' || kind === 'number' || kind === 'string') {
        this.#tokens.fail(`non executable command in pipeline stage ${i + 2}`)
      }
    })
    return { kind: 'pipe', at, variables, assigns, commands }
  }

  #declarations(context: string): Pick<Pipe, 'variables' | 'assigns'> {
    const variables: string[] = []
    for (;;) {
      const variable = this.#tokens.peekSolid()
      if (variable.kind !== 'variable') return { variables, assigns: false }
      const start = this.#tokens.at
      this.#tokens.take()
      const after = this.#tokens.peekSolid()
      if (after.kind === 'assign' || after.kind === 'declare') {
        this.#tokens.takeSolid()
        variables.push(variable.text)
        this.#variables.push(variable.text)
        return { variables, assigns: after.kind === 'assign' }
      }
      if (after.kind !== 'char' || after.text !== ',') {
        this.#tokens.at = start
        return { variables, assigns: false }
      }
      this.#tokens.takeSolid()
      variables.push(variable.text)
      this.#variables.push(variable.text)
      if (context !== 'range' || variables.length >= 2) this.#tokens.fail(`too many declarations in ${context}`)
      const { kind } = this.#tokens.peekSolid()
      if (kind !== 'variable' && kind !== 'right-delimiter' && kind !== 'right-paren') {
        this.#tokens.fail('range can only initialize variables')
      }
    }
  }

  #command(): Command {
    const { at } = this.#tokens.peekSolid()
    const args: Operand[] = []
    for (;;) {
      this.#tokens.peekSolid()
      const operand = this.#operand()
      if (operand !== undefined) args.push(operand)
      const token = this.#tokens.take()
      if (token.kind === 'space') continue
      if (token.kind === 'right-delimiter' || token.kind === 'right-paren') this.#tokens.back()
      else if (token.kind !== 'pipe') this.#tokens.unexpected(token, 'operand')
      break
    }
    if (args.length === 0) this.#tokens.fail('empty command')
    return { kind: 'command', at, args }
  }

  #operand(): Operand | undefined {
    const term = this.#term()
    if (term === undefined || this.#tokens.peek().kind !== 'field') return term
    const { at } = this.#tokens.peek()
    const names: string[] = []
    while (this.#tokens.peek().kind === 'field') names.push(this.#tokens.take().text.slice(1))
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, at, names: [...term.names, ...names] }
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#tokens.fail(`unexpected . after term ${goQuote(nodeText(term))}`)
      case 'identifier':
      case 'chain':
      case 'pipe':
        return { kind: 'chain', at, of: term, names }
    }
  }

  #term(): Operand | undefined {
    const token = this.#tokens.takeSolid()
    const { kind, at, text } = token
    if (kind === 'identifier') {
      if (!this.#hasFunction(text)) this.#tokens.fail(`function ${goQuote(text)} not defined`)
      return { kind, at, name: text }
    }
    if (kind === 'dot' || kind === 'nil') return { kind, at }
    if (kind === 'variable') {
      if (!this.#variables.includes(text)) this.#tokens.fail(`undefined variable ${goQuote(text)}`)
      return { kind, at, names: [text] }
    }
    if (kind === 'field') return { kind, at, names: [text.slice(1)] }
    if (kind === 'bool') return { kind, at, value: text === 'true' }
    if (kind === 'char-constant' || kind === 'number') return { kind: 'number', at, text, value: this.#number(token) }
    if (kind === 'string' || kind === 'raw-string') return { kind: 'string', at, text, value: this.#unquoted(token) }
    if (kind === 'left-paren') {
      if (++this.#depth > MAX_DEPTH) this.#tokens.fail(`nests more than ${MAX_DEPTH} deep`)
      const pipe = this.#pipeline('parenthesized pipeline', 'right-paren')
      this.#depth--
      return pipe
    }
    this.#tokens.back()
    return undefined
  }

  #number({ kind, text }: Token): bigint | number {
    if (kind === 'char-constant') {
      const char = goUnquote(text)
      if (char === undefined || Array.from(char).length !== 1)
        this.#tokens.fail(`malformed character constant: ${text}`)
      return BigInt(char.codePointAt(0) ?? 0)
    }
    const whole = parseGoInteger(text)
    if (whole !== undefined) {
      // Above 2^63 it is a number that cannot be used.
      if (whole >= 2n ** 64n || whole < -(2n ** 63n)) this.#tokens.fail(`integer overflow: ${goQuote(text)}`)
      return whole
    }
    const value = parseGoFloat(text.replaceAll('_', ''))
    if (typeof value !== 'number') this.#tokens.fail(`illegal number syntax: ${goQuote(text)}`)
    return value
  }
}

/** Of no effect. */
export function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '')
}
