import { fieldOf, methodOf, noField } from './field.ts'
import { printedText } from './format-value.ts'
import { FunctionError, type Parameter, type TemplateFunction } from './function.ts'
import { goQuote } from './go-text.ts'
import { iterate } from './iterate.ts'
import { type Command, type Node, nodeText, type Operand, type Pipe } from './node.ts'
import { GO_TYPES, misfit } from './parameter-type.ts'
import { isEmpty, type Template } from './parser.ts'
import { bool, float, int, isTrue, NIL, TemplateError, text, type Value } from './value.ts'

/** What a template may cost; above, it ends with an error. */
export interface TemplateLimits {
  /** UTF-16 units. */
  readonly output: number
  /** Of all that functions give, in UTF-16 units. */
  readonly made: number
  /** Nodes that are visited. */
  readonly steps: number
  /** Templates that call templates. */
  readonly depth: number
}

export const TEMPLATE_LIMITS: TemplateLimits = {
  output: 256 * 1024,
  made: 4 * 1024 * 1024,
  steps: 100_000,
  depth: 100,
}

/** Where what a template gives is collected. */
export interface TemplateOutput {
  /** What stands in the template itself. */
  literal(text: string): void
  /** What an action gives. */
  value(value: Value): void
  readonly length: number
  toString(): string
}

class PlainOutput implements TemplateOutput {
  #text = ''

  literal(text: string): void {
    this.#text += text
  }

  value(value: Value): void {
    this.#text += printedText(value)
  }

  get length(): number {
    return this.#text.length
  }

  toString(): string {
    return this.#text
  }
}

type Functions = (name: string) => TemplateFunction | undefined
interface Variable {
  readonly name: string
  value: Value
}
type Flow = 'on' | 'break' | 'continue'

/** Executes a template on its dot. @throws TemplateError in Go's words. */
export function execute(
  template: Template,
  dot: Value,
  functions: Functions,
  limits: TemplateLimits,
  output: TemplateOutput = new PlainOutput(),
): string {
  return new Interpreter(template, functions, limits, output).run(dot)
}

class Interpreter {
  readonly #template: Template
  readonly #functions: Functions
  readonly #limits: TemplateLimits
  readonly #output: TemplateOutput
  #file: Template
  #steps = 0
  #depth = 0
  #made = 0
  #current: string
  #variables: Variable[] = []
  #node: Node | Operand | Command | undefined

  constructor(template: Template, functions: Functions, limits: TemplateLimits, output: TemplateOutput) {
    this.#template = template
    this.#file = template
    this.#output = output
    this.#functions = functions
    this.#limits = limits
    this.#current = template.name
  }

  run(dot: Value): string {
    this.#variables = [{ name: '$', value: dot }]
    this.#walkAll(dot, this.#template.templates.get(this.#template.name) ?? [])
    return this.#output.toString()
  }

  #fail(message: string): never {
    const { name, source } = this.#file
    const node = this.#node
    if (node === undefined) throw new TemplateError(`template: ${this.#current}: ${message}`)
    const before = source.slice(0, node.at)
    const lineStart = before.lastIndexOf('\n') + 1
    const column = new TextEncoder().encode(before.slice(lineStart)).length
    const place = `${name}:${before.split('\n').length}:${column}`
    const context = nodeText(node)
    throw new TemplateError(`template: ${place}: executing ${goQuote(this.#current)} at <${context}>: ${message}`)
  }

  #checkOutput(): void {
    if (this.#output.length > this.#limits.output) {
      this.#fail(`writes more than ${this.#limits.output} characters; shorten what it ranges over`)
    }
  }

  #walkAll(dot: Value, nodes: readonly Node[]): Flow {
    for (const node of nodes) {
      const flow = this.#walk(dot, node)
      if (flow !== 'on') return flow
    }
    return 'on'
  }

  #step(node: Node | Operand | Command): void {
    this.#node = node
    if (++this.#steps > this.#limits.steps) {
      this.#fail(`takes more than ${this.#limits.steps} steps; shorten what it ranges over`)
    }
  }

  #walk(dot: Value, node: Node): Flow {
    this.#step(node)
    switch (node.kind) {
      case 'text':
        this.#output.literal(node.text)
        this.#checkOutput()
        return 'on'
      case 'action': {
        const value = this.#pipe(dot, node.pipe)
        this.#node = node
        if (node.pipe.variables.length > 0) return 'on'
        this.#output.value(value)
        this.#checkOutput()
        return 'on'
      }
      case 'if':
      case 'with':
        return this.#choose(dot, node)
      case 'range':
        return this.#scoped(() => this.#range(dot, node))
      case 'template':
        return this.#call(dot, node)
      case 'break':
      case 'continue':
        return node.kind
    }
  }

  #scoped<T>(run: () => T): T {
    const known = this.#variables.length
    const result = run()
    this.#variables.length = known
    return result
  }

  #choose(dot: Value, { kind, pipe, body, otherwise }: Extract<Node, { kind: 'if' | 'with' | 'range' }>): Flow {
    return this.#scoped(() => {
      const value = this.#pipe(dot, pipe)
      if (isTrue(value)) return this.#walkAll(kind === 'with' ? value : dot, body)
      return otherwise === undefined ? 'on' : this.#walkAll(dot, otherwise)
    })
  }

  #range(dot: Value, node: Extract<Node, { kind: 'if' | 'with' | 'range' }>): Flow {
    const { pipe, body, otherwise } = node
    const over = this.#pipe(dot, pipe)
    const entries = iterate(over, pipe.variables.length)
    if (typeof entries === 'string') return this.#fail(entries)
    let empty = true
    for (const [key, element] of entries) {
      empty = false
      this.#step(node)
      this.#bind(pipe, key, element)
      const flow = this.#scoped(() => this.#walkAll(element, body))
      if (flow === 'break') break
    }
    return empty && otherwise !== undefined ? this.#walkAll(dot, otherwise) : 'on'
  }

  #bind({ variables, assigns }: Pipe, key: Value, element: Value): void {
    const [first, second] = variables
    if (first === undefined) return
    if (assigns) {
      this.#set(first, second === undefined ? element : key)
      if (second !== undefined) this.#set(second, element)
      return
    }
    // The variables that the pipeline declared are on top.
    const top = this.#variables.at(-1)
    if (top !== undefined) top.value = element
    const below = this.#variables.at(-2)
    if (second !== undefined && below !== undefined) below.value = key
  }

  #call(dot: Value, { name, pipe }: Extract<Node, { kind: 'template' }>): Flow {
    const home = definedIn(this.#template, name)
    const nodes = home?.templates.get(name)
    if (home === undefined || nodes === undefined) this.#fail(`template ${goQuote(name)} not defined`)
    if (this.#depth >= this.#limits.depth) this.#fail(`exceeded maximum template depth (${this.#limits.depth})`)
    const inner = pipe === undefined ? NIL : this.#pipe(dot, pipe)
    const [variables, current, file] = [this.#variables, this.#current, this.#file]
    this.#variables = [{ name: '$', value: inner }]
    this.#current = name
    this.#file = home
    this.#depth++
    this.#walkAll(inner, nodes)
    this.#depth--
    this.#variables = variables
    this.#current = current
    this.#file = file
    return 'on'
  }

  // Pipelines

  #pipe(dot: Value, pipe: Pipe): Value {
    this.#step(pipe)
    let value: Value | undefined
    for (const command of pipe.commands) value = this.#command(dot, command, value)
    const result = value ?? NIL
    for (const name of pipe.variables) {
      if (pipe.assigns) this.#set(name, result)
      else this.#variables.push({ name, value: result })
    }
    return result
  }

  #set(name: string, value: Value): void {
    const variable = this.#variables.findLast((own) => own.name === name)
    if (variable === undefined) this.#fail(`undefined variable: ${name}`)
    variable.value = value
  }

  #command(dot: Value, command: Command, final: Value | undefined): Value {
    const [first, ...args] = command.args
    if (first === undefined) throw new Error('BUG: a command of nothing')
    switch (first.kind) {
      case 'field':
      case 'variable':
      case 'chain':
        return this.#operandCalled(dot, first, args, final)
      case 'identifier':
        return this.#function(dot, first, command, args, final)
      case 'pipe':
        this.#step(command)
        this.#refuseArguments(first, args, final)
        return this.#pipe(dot, first)
      case 'nil':
        this.#step(first)
        return this.#fail('nil is not a command')
      case 'bool':
      case 'dot':
      case 'number':
      case 'string':
        this.#step(first)
        this.#refuseArguments(first, args, final)
        return this.#constant(dot, first)
    }
  }

  #refuseArguments(operand: Operand, args: readonly Operand[], final: Value | undefined): void {
    if (args.length > 0 || final !== undefined) {
      this.#fail(`can't give argument to non-function ${nodeText(operand)}`)
    }
  }

  #constant(dot: Value, operand: Extract<Operand, { kind: 'bool' | 'dot' | 'number' | 'string' }>): Value {
    switch (operand.kind) {
      case 'bool':
        return bool(operand.value)
      case 'dot':
        return dot
      case 'number':
        if (typeof operand.value !== 'bigint') return float(operand.value)
        return operand.value < 2n ** 63n ? int(operand.value) : this.#fail(`${operand.text} overflows int`)
      case 'string':
        return text(operand.value)
    }
  }

  #operandCalled(
    dot: Value,
    operand: Extract<Operand, { kind: 'field' | 'variable' | 'chain' }>,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    this.#step(operand)
    if (operand.kind === 'field') return this.#fields(dot, dot, operand, operand.names, args, final)
    if (operand.kind === 'chain') {
      if (operand.of.kind === 'nil') this.#fail(`indirection through explicit nil in ${nodeText(operand)}`)
      const of = this.#argument(dot, operand.of, 'value')
      return this.#fields(dot, of, operand, operand.names, args, final)
    }
    const [name = '', ...names] = operand.names
    const variable = this.#variables.findLast((own) => own.name === name)
    if (variable === undefined) return this.#fail(`undefined variable: ${name}`)
    if (names.length > 0) return this.#fields(dot, variable.value, operand, names, args, final)
    this.#refuseArguments(operand, args, final)
    return variable.value
  }

  #fields(
    dot: Value,
    of: Value,
    operand: Operand,
    names: readonly string[],
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    let value = of
    names.forEach((name, i) => {
      const last = i === names.length - 1
      value = this.#field(dot, value, operand, name, last ? args : [], last ? final : undefined)
    })
    return value
  }

  #field(
    dot: Value,
    of: Value,
    operand: Operand,
    name: string,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    if (of.type === 'nil') return NIL
    const method = methodOf(of, name)
    if (method !== undefined) return this.#apply(dot, method, name, operand, args, final)
    const value = fieldOf(of, name)
    if (value === undefined) return this.#fail(noField(of, name))
    if (args.length > 0 || final !== undefined) {
      const isMap = of.type === 'map'
      this.#fail(
        isMap ? `${name} is not a method but has arguments` : `${name} has arguments but cannot be invoked as function`,
      )
    }
    return value
  }

  // Functions

  #function(
    dot: Value,
    identifier: Extract<Operand, { kind: 'identifier' }>,
    node: Command | Operand,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    const { name } = identifier
    this.#step(identifier)
    if (name === 'and' || name === 'or') return this.#shortCircuit(dot, name, args, final)
    const found = this.#functions(name)
    if (found === undefined) return this.#fail(`${goQuote(name)} is not a defined function`)
    return this.#apply(dot, found, name, node, args, final)
  }

  #shortCircuit(dot: Value, name: 'and' | 'or', args: readonly Operand[], final: Value | undefined): Value {
    if (args.length === 0 && final === undefined)
      this.#fail(`wrong number of args for ${name}: want at least 1 got ${args.length}`)
    let value: Value = NIL
    for (const arg of args) {
      value = this.#argument(dot, arg, 'value')
      if (isTrue(value) === (name === 'or')) return value
    }
    return final ?? value
  }

  #apply(
    dot: Value,
    { parameters, variadic, run }: TemplateFunction,
    name: string,
    node: Command | Operand,
    args: readonly Operand[],
    final: Value | undefined,
  ): Value {
    const count = args.length + (final === undefined ? 0 : 1)
    const fixed = parameters.length - (variadic ? 1 : 0)
    if (variadic && count < fixed) {
      this.#fail(`wrong number of args for ${name}: want at least ${fixed} got ${args.length}`)
    }
    if (!variadic && count !== fixed) this.#fail(`wrong number of args for ${name}: want ${fixed} got ${count}`)
    const parameter = (i: number): Parameter => parameters[Math.min(i, parameters.length - 1)] ?? 'any'
    const values = args.map((arg, i) => this.#argument(dot, arg, parameter(i)))
    if (final !== undefined) values.push(this.#typed(final, parameter(count - 1)))
    try {
      return this.#weighed(run(values))
    } catch (cause) {
      if (!(cause instanceof FunctionError)) throw cause
      this.#node = node
      return this.#fail(`error calling ${name}: ${cause.message}`)
    }
  }

  /** What functions make counts, although it be never written. */
  #weighed(value: Value): Value {
    if (value.type === 'string') this.#made += value.value.length
    if (this.#made <= this.#limits.made) return value
    return this.#fail(`makes texts of more than ${this.#limits.made} characters; shorten what it ranges over`)
  }

  #argument(dot: Value, operand: Operand, wanted: Parameter): Value {
    this.#step(operand)
    switch (operand.kind) {
      case 'dot':
        return this.#typed(dot, wanted)
      case 'nil':
        if (wanted === 'string' || wanted === 'int') return this.#fail(`cannot assign nil to ${GO_TYPES[wanted]}`)
        return NIL
      case 'field':
      case 'variable':
      case 'chain':
        return this.#typed(this.#operandCalled(dot, operand, [], undefined), wanted)
      case 'pipe':
        return this.#typed(this.#pipe(dot, operand), wanted)
      case 'identifier':
        return this.#typed(this.#function(dot, operand, operand, [], undefined), wanted)
      case 'bool':
      case 'number':
      case 'string':
        return this.#literal(dot, operand, wanted)
    }
  }

  #literal(dot: Value, operand: Extract<Operand, { kind: 'bool' | 'number' | 'string' }>, wanted: Parameter): Value {
    switch (wanted) {
      case 'any':
      case 'value':
        return this.#constant(dot, operand)
      case 'string':
        return operand.kind === 'string'
          ? text(operand.value)
          : this.#fail(`expected string; found ${nodeText(operand)}`)
      case 'int':
        return operand.kind === 'number' && typeof operand.value === 'bigint'
          ? int(operand.value)
          : this.#fail(`expected integer; found ${nodeText(operand)}`)
      case 'vector':
      case 'sample':
      case 'texts':
      case 'time':
      case 'duration':
        return this.#fail(`can't handle ${nodeText(operand)} for arg of type ${GO_TYPES[wanted]}`)
    }
  }

  #typed(value: Value, wanted: Parameter): Value {
    const fault = misfit(value, wanted)
    return fault === undefined ? value : this.#fail(fault)
  }
}

/** The last definition, its own after those of its library; one of nothing replaces none. */
function definedIn(template: Template, name: string): Template | undefined {
  const all = [...(template.library ?? []), template].filter(({ templates }) => templates.has(name))
  return all.findLast(({ templates }) => !isEmpty(templates.get(name) ?? [])) ?? all.at(-1)
}
