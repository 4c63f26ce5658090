import { errorFields } from './pino.ts'

export const REDACTED = '[redacted]'

/** How the names of secret fields end, whatever their case: `password`, `dbPassword`, `set-cookie`, `x-api-key`. */
const SECRET =
  /(?:authorization|cookie|passw(?:or)?d|passphrase|token|secret|credential|(?:api|private|secret|signing)[-_]?key)s?$|private[-_]?key/i

/** Takes secrets out of what is written. Never throws, and copies only what it changes. */
export interface Redactor {
  text(text: string): string
  field(name: string, value: unknown): unknown
  fields(fields: Record<string, unknown>): Record<string, unknown>
}

export function createRedactor(): Redactor {
  return {
    text: (text) => text,
    field: (name, value) => redactFields({ [name]: value })[name],
    fields: redactFields,
  }
}

/** Below this depth objects are not looked into, but left out. */
const MAX_DEPTH = 6

/** What may be written of a call's fields. Copies only what it changes; never throws. */
function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  try {
    const out: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(fields)) {
      out[key] = redactField(key, value, 1)
    }
    return out
  } catch {
    // A getter or a toJSON that throws: better no fields than a throw into the application, or a secret.
    return { fields: '[unreadable]' }
  }
}

function redactField(key: string, value: unknown, depth: number): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value
  return SECRET.test(key) ? REDACTED : redactValue(value, depth)
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  if (depth > MAX_DEPTH) return '[too deep]'
  if (value instanceof Error) return redactValue(errorFields(value), depth)
  if (Array.isArray(value)) return redactArray(value, depth)
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = value.toJSON()
    return typeof json === 'object' ? redactValue(json, depth + 1) : json
  }
  return redactObject(value, depth)
}

function redactArray(array: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined
  for (const [i, value] of array.entries()) {
    const safe = redactValue(value, depth + 1)
    if (safe === value) continue
    copy ??= [...array]
    copy[i] = safe
  }
  return copy ?? array
}

function redactObject(object: object, depth: number): object {
  let copy: Record<string, unknown> | undefined
  for (const [key, value] of Object.entries(object)) {
    const safe = redactField(key, value, depth + 1)
    if (safe === value) continue
    copy ??= { ...object }
    copy[key] = safe
  }
  return copy ?? object
}
