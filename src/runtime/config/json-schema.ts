import type * as v from 'valibot'
import { CONFIG_FIELDS, fieldAt } from './fields/index.ts'
import { CONFIG } from './schema.ts'
import { optionsOf, partsOf, secretKindOf } from './secret-schema.ts'

/** Of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

const REFERENCE: JsonSchema = {
  description: 'Where the secret is to be found: in a variable, or in a file.',
  oneOf: ['env', 'file'].map((key) => ({
    type: 'object',
    properties: { [key]: { type: 'string', minLength: 1 } },
    required: [key],
    additionalProperties: false,
  })),
}

/** The JSON Schema of a configuration file, by which editors complete and check it. */
export function configJsonSchema(): JsonSchema {
  const { properties, ...rest } = schemaOf(CONFIG, '')
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of Boxman',
    ...rest,
    properties: { $schema: { type: 'string' }, ...Object(properties) },
    $defs: { reference: REFERENCE },
  }
}

/** @param path of a value or group of the configuration; undefined within a value. */
function schemaOf(schema: v.GenericSchema, path: string | undefined): JsonSchema {
  const field = path === undefined ? undefined : fieldAt(path)
  const { fallback } = field ?? {}
  const own = typeOf(schema, field === undefined ? path : undefined)
  const whole = secretKindOf(schema) === undefined ? own : { anyOf: [own, { $ref: '#/$defs/reference' }] }
  return {
    ...whole,
    ...(field === undefined ? {} : { description: field.meaning }),
    ...(fallback === undefined ? {} : { default: fallback }),
  }
}

function typeOf(schema: v.GenericSchema, path: string | undefined): JsonSchema {
  const { type, wrapped, entries, item, value, literal, options = [] } = partsOf(schema)
  switch (type) {
    case 'optional':
      return wrapped === undefined ? {} : schemaOf(wrapped, undefined)
    case 'boolean':
      return { type: 'boolean' }
    case 'literal':
      return { const: literal }
    case 'picklist':
      return { enum: options }
    case 'union':
    case 'variant':
      return { anyOf: optionsOf(schema).map((option) => schemaOf(option, undefined)) }
    case 'record':
      return { type: 'object', ...(value === undefined ? {} : { additionalProperties: schemaOf(value, undefined) }) }
    case 'array':
      return { type: 'array', ...(item === undefined ? {} : { items: schemaOf(item, undefined) }), ...limitsOf(schema) }
    case 'strict_object':
      return objectOf(entries ?? {}, path)
    case 'string':
    case 'number': {
      const whole = partsOf(schema).pipe?.some((step) => step.type === 'integer') === true
      return { type: whole ? 'integer' : type, ...limitsOf(schema) }
    }
    default:
      throw new Error(`BUG: the type ${type} has no JSON Schema`)
  }
}

/** Of a group all may be left out; `false` is short for its being off. Of an object within a value those that must be must be. */
function objectOf(entries: Readonly<Record<string, v.GenericSchema>>, path: string | undefined): JsonSchema {
  const pathOf = (key: string): string | undefined =>
    path === undefined ? undefined : path === '' ? key : `${path}.${key}`
  const properties = Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [key, schemaOf(entry, pathOf(key))]),
  )
  const group = { type: 'object', properties, additionalProperties: false }
  if (path === undefined) {
    const required = Object.keys(entries).filter((key) => partsOf(entries[key] ?? CONFIG).type !== 'optional')
    return { ...group, required }
  }
  const switched = CONFIG_FIELDS.some((field) => field.path === `${path}.enabled`)
  return switched ? { anyOf: [group, { type: 'boolean' }] } : group
}

function limitsOf(schema: v.GenericSchema): JsonSchema {
  const limits: Record<string, unknown> = {}
  for (const { type, requirement } of pipeOf(schema)) {
    if (type === 'min_value') limits['minimum'] = requirement
    else if (type === 'max_value') limits['maximum'] = requirement
    else if (type === 'gt_value') limits['exclusiveMinimum'] = requirement
    else if (type === 'min_length') limits[lengthOf(schema, 'min')] = requirement
    else if (type === 'max_length') limits[lengthOf(schema, 'max')] = requirement
    else if (type === 'regex' && requirement instanceof RegExp) limits['pattern'] = requirement.source
  }
  return limits
}

function lengthOf(schema: v.GenericSchema, end: 'min' | 'max'): string {
  return `${end}${partsOf(schema).type === 'array' ? 'Items' : 'Length'}`
}

/** A pipe within a pipe is its first step. */
function pipeOf(schema: v.GenericSchema): readonly NonNullable<ReturnType<typeof partsOf>['pipe']>[number][] {
  return (partsOf(schema).pipe ?? []).flatMap((step) => {
    const { pipe } = step as Partial<ReturnType<typeof partsOf>>
    return pipe === undefined || pipe === partsOf(schema).pipe ? [step] : pipe
  })
}
