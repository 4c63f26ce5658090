import type { Parameter } from './function.ts'
import { typeName, type Value } from './value.ts'

export const GO_TYPES: Readonly<Record<Parameter, string>> = {
  any: 'interface {}',
  value: 'reflect.Value',
  string: 'string',
  int: 'int',
  vector: 'template.queryResult',
  sample: '*template.sample',
  texts: '[]string',
  time: 'time.Time',
  duration: 'time.Duration',
}

/** Why a value cannot be an argument of this type; undefined: it can. */
export function misfit(value: Value, wanted: Parameter): string | undefined {
  if (wanted === 'any' || wanted === 'value') return undefined
  if (value.type === 'nil') {
    return wanted === 'vector' || wanted === 'sample' ? undefined : `invalid value; expected ${GO_TYPES[wanted]}`
  }
  // Go gives what a pointer points to.
  const given = wanted === 'time' || wanted === 'duration' ? typeName(value).replace(/^\*/, '') : typeName(value)
  return given === GO_TYPES[wanted] ? undefined : `wrong type for value; expected ${GO_TYPES[wanted]}; got ${given}`
}
