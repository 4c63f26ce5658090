import * as v from 'valibot'

/** Of a `url` only the name, the password and the parameters are kept from being shown. */
export type SecretKind = 'text' | 'url'

/** Marks a text that is never shown, and may be stated by reference. */
export function secret(schema: v.GenericSchema<string>, kind: SecretKind = 'text'): v.GenericSchema<string> {
  return v.pipe(schema, v.metadata({ secret: kind }))
}

/** What a schema is made of, by its type. */
interface SchemaParts {
  readonly type: string
  readonly wrapped?: v.GenericSchema
  readonly entries?: Readonly<Record<string, v.GenericSchema>>
  readonly item?: v.GenericSchema
  readonly value?: v.GenericSchema
  readonly literal?: unknown
  readonly options?: readonly unknown[]
  readonly pipe?: readonly SchemaStep[]
}

/** One of what a value has to go through. */
export interface SchemaStep {
  readonly type: string
  readonly requirement?: unknown
  readonly metadata?: Readonly<Record<string, unknown>>
}

export function partsOf(schema: v.GenericSchema): SchemaParts {
  return schema
}

/** Of a union or a variant. */
export function optionsOf(schema: v.GenericSchema): readonly v.GenericSchema[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- those of a picklist are texts, and are not asked for
  return (partsOf(schema).options ?? []) as readonly v.GenericSchema[]
}

export function secretKindOf(schema: v.GenericSchema): SecretKind | undefined {
  for (const { type, metadata } of partsOf(schema).pipe ?? []) {
    if (type === 'metadata' && (metadata?.['secret'] === 'text' || metadata?.['secret'] === 'url')) {
      return metadata['secret']
    }
  }
  return undefined
}

/** Whether it is, or may hold, a secret. */
export function hasSecret(schema: v.GenericSchema): boolean {
  if (secretKindOf(schema) !== undefined) return true
  const { type, wrapped, entries, item, value } = partsOf(schema)
  const options = type === 'union' || type === 'variant' ? optionsOf(schema) : []
  const inner = [wrapped, item, value, ...Object.values(entries ?? {}), ...options]
  return inner.some((part) => part !== undefined && hasSecret(part))
}

export type SecretVisitor = (value: unknown, kind: SecretKind, path: readonly (string | number)[]) => unknown

/** A copy of the value with what `visit` answers in the place of each secret; what does not fit the schema stays as it is. */
export function mapSecrets(
  schema: v.GenericSchema,
  value: unknown,
  visit: SecretVisitor,
  path: readonly (string | number)[] = [],
): unknown {
  const kind = secretKindOf(schema)
  if (kind !== undefined) return value === undefined ? undefined : visit(value, kind, path)
  const { type, wrapped, entries = {}, item, value: each } = partsOf(schema)
  const within = (part: v.GenericSchema | undefined, inner: unknown, key: string | number): unknown =>
    part === undefined ? inner : mapSecrets(part, inner, visit, [...path, key])
  switch (type) {
    case 'optional':
      return wrapped === undefined ? value : mapSecrets(wrapped, value, visit, path)
    case 'array':
      return Array.isArray(value) ? value.map((inner, i) => within(item, inner, i)) : value
    case 'strict_object':
    case 'record':
      return isRecord(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [
              key,
              within(type === 'record' ? each : Object.hasOwn(entries, key) ? entries[key] : undefined, inner, key),
            ]),
          )
        : value
    case 'union':
    case 'variant': {
      const option = optionsOf(schema).find((one) => suits(one, value))
      return option === undefined ? value : mapSecrets(option, value, visit, path)
    }
    default:
      return value
  }
}

/** Whether this is the option that a value means: a list, the object of its kind, or a text. */
function suits(option: v.GenericSchema, value: unknown): boolean {
  const { type, entries = {} } = partsOf(option)
  if (type === 'array') return Array.isArray(value)
  const { kind } = entries
  if (kind === undefined) return !Array.isArray(value)
  return isRecord(value) && value['kind'] === partsOf(kind).literal
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
