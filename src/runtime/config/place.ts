import * as v from 'valibot'
import type { Config } from './config.ts'
import { CONFIG } from './schema.ts'
import { partsOf } from './secret-schema.ts'

const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/

const LABELS = partsOf(CONFIG).entries?.['constantLabels']

type Place =
  | { readonly kind: 'value'; readonly schema: v.GenericSchema }
  | { readonly kind: 'group'; readonly keys: readonly string[] }
  | { readonly kind: 'labels' }
  | { readonly kind: 'unknown' }

/** What the configuration has at a path of keys; the empty path is the whole. */
export function placeAt(path: readonly string[]): Place {
  let schema: v.GenericSchema = CONFIG
  for (const key of path) {
    const { type, entries = {}, value } = partsOf(schema)
    if (schema === LABELS && value !== undefined) {
      const usable = LABEL_NAME.test(key) && key !== 'le' && key !== 'quantile'
      schema = value
      if (!usable) return { kind: 'unknown' }
      continue
    }
    const entry = type === 'strict_object' && Object.hasOwn(entries, key) ? entries[key] : undefined
    if (entry === undefined) return { kind: 'unknown' }
    schema = entry
  }
  if (schema === LABELS) return { kind: 'labels' }
  const { type, entries = {} } = partsOf(schema)
  return type === 'strict_object' ? { kind: 'group', keys: Object.keys(entries) } : { kind: 'value', schema }
}

/** Of a group. */
export function keysOf(path: readonly string[]): readonly string[] {
  const place = placeAt(path)
  return place.kind === 'group' ? place.keys : []
}

/** What was expected instead of a value; undefined when the value is right. */
export function expectedBy(schema: v.GenericSchema, value: unknown): string | undefined {
  return v.safeParse(schema, value).issues?.[0].message
}

/** A tree that has been checked value by value, as the type that it is. */
export function asConfig(tree: unknown): Config {
  return v.parse(CONFIG, tree)
}

/** The value at a path such as `admin.port` or `constantLabels.region`. */
export function valueAt(config: object, path: string): unknown {
  return path.split('.').reduce((inner: unknown, key): unknown => {
    const held: object = Object(inner)
    return Object.hasOwn(held, key) ? Reflect.get(held, key) : undefined
  }, config)
}
