import { equals, equalsAny, isLess } from './compare.ts'
import { escapeHtml, escapeQuery, escapeScript } from './escape.ts'
import { printedText, sprint, valueText } from './format-value.ts'
import { FunctionError, type TemplateFunction, variadic, fn } from './function.ts'
import { sprintf } from './printf.ts'
import { bool, int, isTrue, NIL, text, typeName, type Value } from './value.ts'

/** Go's own functions, but for `and` and `or`, which the interpreter knows. */
export const BUILTINS: ReadonlyMap<string, TemplateFunction> = new Map([
  ['call', variadic(['value', 'value'], ([first = NIL]) => refuseCall(first))],
  ['eq', variadic(['value', 'value'], ([first, ...others]) => bool(equalsAny(first, others)))],
  ['ne', fn(['value', 'value'], ([a = NIL, b = NIL]) => bool(!equals(a, b)))],
  ['lt', fn(['value', 'value'], ([a = NIL, b = NIL]) => bool(isLess(a, b)))],
  ['le', fn(['value', 'value'], ([a = NIL, b = NIL]) => bool(isLess(a, b) || equals(a, b)))],
  ['gt', fn(['value', 'value'], ([a = NIL, b = NIL]) => bool(!(isLess(a, b) || equals(a, b))))],
  ['ge', fn(['value', 'value'], ([a = NIL, b = NIL]) => bool(!isLess(a, b)))],
  [
    'html',
    variadic(['any'], (args) => ({ type: 'string', value: escapeHtml(shown(args)), html: false, escaped: 'html' })),
  ],
  ['js', variadic(['any'], (args) => text(escapeScript(shown(args))))],
  [
    'urlquery',
    variadic(['any'], (args) => ({ type: 'string', value: escapeQuery(shown(args)), html: false, escaped: 'query' })),
  ],
  ['index', variadic(['value', 'value'], ([of = NIL, ...indexes]) => indexes.reduce(indexed, checkIndexed(of)))],
  ['len', fn(['value'], ([value = NIL]) => int(lengthOf(value)))],
  ['not', fn(['value'], ([value = NIL]) => bool(!isTrue(value)))],
  ['print', variadic(['any'], (args) => text(sprint(args)))],
  [
    'printf',
    variadic(['string', 'any'], ([format, ...args]) =>
      text(sprintf(format?.type === 'string' ? format.value : '', args)),
    ),
  ],
  ['println', variadic(['any'], (args) => text(`${args.map((arg) => valueText(arg)).join(' ')}\n`))],
  ['slice', variadic(['value', 'value'], ([of = NIL, ...indexes]) => sliced(of, indexes))],
])

/** What `html`, `js` and `urlquery` work on. */
function shown(args: readonly Value[]): string {
  return sprint(args, printedText)
}

function refuseCall(value: Value): never {
  throw new FunctionError(
    value.type === 'nil' ? 'call of nil' : `non-function ${valueText(value)} of type ${typeName(value)}`,
  )
}

function bytesOf(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function lengthOf(value: Value): number {
  switch (value.type) {
    case 'string':
      return bytesOf(value.value).length
    case 'map':
      return value.entries.size
    case 'vector':
      return value.samples.length
    case 'list':
      return value.items.length
    case 'nil':
      throw new FunctionError('reflect: call of reflect.Value.Type on zero Value')
    case 'bool':
    case 'int':
    case 'float':
    case 'sample':
    case 'histogram':
    case 'time':
    case 'duration':
    case 'data':
      throw new FunctionError(`len of type ${typeName(value).replace(/^\*/, '')}`)
  }
}

function checkIndexed(value: Value): Value {
  if (value.type === 'nil') throw new FunctionError('index of untyped nil')
  return value
}

function indexed(of: Value, index: Value): Value {
  switch (of.type) {
    case 'string': {
      const bytes = bytesOf(of.value)
      return int(bytes[place(index, bytes.length - 1)] ?? 0, 'uint8')
    }
    case 'vector':
      return of.samples[place(index, of.samples.length - 1)] ?? NIL
    case 'list':
      return of.items[place(index, of.items.length - 1)] ?? NIL
    case 'map':
      if (index.type === 'nil') throw new FunctionError('value is nil; should be of type string')
      if (index.type !== 'string' || index.html) {
        throw new FunctionError(`value has type ${typeName(index)}; should be string`)
      }
      return of.entries.get(index.value) ?? (of.of === 'any' ? NIL : text(''))
    case 'nil':
      throw new FunctionError('index of nil pointer')
    case 'bool':
    case 'int':
    case 'float':
    case 'sample':
    case 'histogram':
    case 'time':
    case 'duration':
    case 'data':
      throw new FunctionError(`can't index item of type ${typeName(of).replace(/^\*/, '')}`)
  }
}

/** An index from 0 to `last`. */
function place(index: Value, last: number): number {
  if (index.type === 'nil') throw new FunctionError('cannot index slice/array with nil')
  if (index.type !== 'int') throw new FunctionError(`cannot index slice/array with type ${typeName(index)}`)
  if (index.value < 0n || index.value > BigInt(last)) throw new FunctionError(`index out of range: ${index.value}`)
  return Number(index.value)
}

function sliced(of: Value, indexes: readonly Value[]): Value {
  if (of.type === 'nil') throw new FunctionError('slice of untyped nil')
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`)
  if (of.type !== 'string' && of.type !== 'vector' && of.type !== 'list') {
    throw new FunctionError(`can't slice item of type ${typeName(of)}`)
  }
  if (of.type === 'string' && indexes.length === 3) throw new FunctionError('cannot 3-index slice a string')
  const length = lengthOf(of)
  const [from = 0, to = length, limit = length] = indexes.map((index) => place(index, length))
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`)
  if (to > limit) throw new FunctionError(`invalid slice index: ${to} > ${limit}`)
  if (of.type === 'vector') return { type: 'vector', samples: of.samples.slice(from, to) }
  if (of.type === 'list') return { ...of, items: of.items.slice(from, to) }
  return text(new TextDecoder().decode(bytesOf(of.value).slice(from, to)))
}
