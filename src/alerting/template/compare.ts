import { compareText } from '../../series/index.ts'
import { valueText } from './format-value.ts'
import { FunctionError } from './function.ts'
import { typeName, type Value } from './value.ts'

type Basic = Extract<Value, { type: 'bool' | 'int' | 'float' | 'string' }>

function isBasic(value: Value): value is Basic {
  return value.type === 'bool' || value.type === 'int' || value.type === 'float' || value.type === 'string'
}

/** Whether the first equals any of the others. */
export function equalsAny(first: Value | undefined, others: readonly Value[]): boolean {
  if (first === undefined || others.length === 0) throw new FunctionError('missing argument for comparison')
  return others.some((other) => equals(first, other))
}

export function equals(a: Value, b: Value): boolean {
  if (a.type === 'nil' || b.type === 'nil') return a.type === b.type
  if (isBasic(a) && isBasic(b)) {
    if (a.type === b.type) return a.value === b.value
    throw incompatible(a, b)
  }
  if (a.type !== b.type) throw incompatible(a, b)
  if (a.type === 'map' || a.type === 'vector' || a.type === 'list') {
    throw new FunctionError(`non-comparable type ${valueText(a)}: ${typeName(a)}`)
  }
  return a === b
}

function incompatible(a: Value, b: Value): FunctionError {
  return new FunctionError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`)
}

export function isLess(a: Value, b: Value): boolean {
  for (const value of [a, b]) {
    if (!isBasic(value)) throw new FunctionError('invalid type for comparison')
  }
  if (a.type === 'int' && b.type === 'int') return a.value < b.value
  if (a.type === 'float' && b.type === 'float') return a.value < b.value
  if (a.type === 'string' && b.type === 'string') return compareText(a.value, b.value) < 0
  if (a.type !== b.type) throw incompatible(a, b)
  throw new FunctionError('invalid type for comparison')
}
