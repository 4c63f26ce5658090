import { inspect } from 'node:util'
import type { Provenance } from './config.ts'
import { CONFIG_FIELDS, fieldAt } from './fields/index.ts'
import { expectedBy, placeAt } from './place.ts'
import type { SecretReader } from './secret-reader.ts'
import { hasSecret, isRecord, mapSecrets } from './secret-schema.ts'
import { suggestion } from './suggestion.ts'

/** A value, the keys that lead to it and where it is stated. */
export interface Stated {
  readonly keys: readonly string[]
  /** Secrets that were stated by reference are in their places. */
  readonly value: unknown
  readonly source: Provenance
  /** Where those were found, by their place in the value: `0.headers.authorization`, or nothing for the value itself. */
  readonly references: Readonly<Record<string, string>>
}

export interface Reading {
  readonly source: Provenance
  readonly secrets: SecretReader
  /** Told of each value that is wrong. */
  readonly problems: string[]
}

const NO_REFERENCES = Object.freeze({})

/** The values beneath some keys, those that are wrong left out and reported. */
export function flatten(keys: readonly string[], value: unknown, reading: Reading): readonly Stated[] {
  if (value === undefined) return []
  const { source } = reading
  const refuse = (why: string): [] => {
    reading.problems.push(`${shownPath(keys)}: ${why} (${source})`)
    return []
  }
  const place = placeAt(keys)
  switch (place.kind) {
    case 'value':
      return readValue(keys, value, place.schema, reading)
    case 'unknown':
      return refuse(unknownKey(keys))
    case 'group':
    case 'labels': {
      if (isRecord(value)) {
        return Object.entries(value).flatMap(([key, inner]) => flatten([...keys, key], inner, reading))
      }
      if (typeof value === 'boolean' && place.kind === 'group' && place.keys.includes('enabled')) {
        return [{ keys: [...keys, 'enabled'], value, source, references: NO_REFERENCES }]
      }
      const what = place.kind === 'group' ? `an object of ${place.keys.join(', ')}` : 'labels, such as { region: "eu" }'
      return refuse(`expected ${what}, given ${show(value)}`)
    }
  }
}

function readValue(
  keys: readonly string[],
  given: unknown,
  schema: Parameters<typeof expectedBy>[0],
  { source, secrets, problems }: Reading,
): readonly Stated[] {
  const path = keys.join('.')
  const secret = hasSecret(schema)
  const references: Record<string, string> = {}
  const before = problems.length
  const options = { text: source.startsWith('environment '), changeable: fieldAt(path)?.changeable !== 'restart' }
  const value = secret
    ? mapSecrets(schema, given, (inner, _kind, inside) => {
        const found = secrets.find(inner, options)
        if (found === undefined) return inner
        if (found.ok) {
          references[inside.join('.')] = found.from
          return found.text
        }
        problems.push(`${[path, ...inside].join('.')}: ${found.problem} (${source})`)
        return inner
      })
    : given
  if (problems.length > before) return []
  const expected = expectedBy(schema, value)
  if (expected === undefined) return [{ keys, value, source, references }]
  const shown = secret ? 'something else, which is not shown' : show(value)
  problems.push(`${shownPath(keys)}: expected ${expected}, given ${shown} (${source})`)
  return []
}

function unknownKey(keys: readonly string[]): string {
  const key = keys.at(-1) ?? ''
  const place = placeAt(keys.slice(0, -1))
  if (place.kind !== 'group') {
    return 'expected a label name: letters, digits and _, no digit first, no __ first, not le or quantile'
  }
  const elsewhere = CONFIG_FIELDS.find((field) => field.path.endsWith(`.${key}`))?.path
  const meant = suggestion(key, place.keys) ?? elsewhere
  return `unknown key${meant === undefined ? '' : `, did you mean ${meant}?`}; known here: ${place.keys.join(', ')}`
}

/** A key that is no name is quoted, so that a problem stays one line. */
function shownPath(keys: readonly string[]): string {
  if (keys.length === 0) return 'configuration'
  return keys.map((key) => (/^[\w.$-]{1,100}$/.test(key) ? key : JSON.stringify(key.slice(0, 60)))).join('.')
}

export function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 60, customInspect: false })
  const line = text.replaceAll(/\s*\n\s*/g, ' ')
  return line.length > 80 ? `${line.slice(0, 77)}...` : line
}
