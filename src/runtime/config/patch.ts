import { isDeepStrictEqual } from 'node:util'
import { ConfigError } from '../error.ts'
import type { Provenance, ResolvedConfig } from './config.ts'
import { fieldAt } from './fields/index.ts'
import { placeAt, valueAt } from './place.ts'
import type { SecretReader } from './secret-reader.ts'
import { isRecord } from './secret-schema.ts'
import { shownValue } from './shown.ts'
import { flatten, type Stated } from './stated.ts'

export interface Patch {
  /** Paths of values and groups that are to be as they were; the empty one is all. */
  readonly removed: readonly string[]
  readonly stated: readonly Stated[]
}

/** @throws ConfigError with every problem. */
export function readPatch(patch: unknown, source: Provenance, current: ResolvedConfig, secrets: SecretReader): Patch {
  const removed: string[] = []
  const problems: string[] = []
  const refuse = (path: string, changeable: keyof typeof REFUSALS): void => {
    problems.push(`${path}: ${REFUSALS[changeable]} (${source})`)
  }

  /** What is to be read of the patch. */
  const sift = (keys: readonly string[], value: unknown): unknown => {
    const path = keys.join('.')
    const place = placeAt(keys)
    const field = fieldAt(path)
    if (value === null && place.kind !== 'unknown') {
      removed.push(path)
      return undefined
    }
    if (place.kind === 'value' && field?.secret === true && field.changeable !== 'live') {
      // Not looked into: a reference would tell whether there is such a file or variable.
      const same = isDeepStrictEqual(value, shownValue(current, path, valueAt(current, path)))
      if (!same) refuse(path, field.changeable)
      return undefined
    }
    if (!isRecord(value) || (place.kind !== 'group' && place.kind !== 'labels')) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sift([...keys, key], inner)]))
  }

  const stated = flatten([], sift([], patch), { source, secrets, problems }).filter(({ keys, value }) => {
    const path = keys.join('.')
    const { changeable = 'restart' } = fieldAt(path) ?? {}
    if (changeable === 'live') return true
    // Who sends back all that they were given changes nothing.
    if (!isDeepStrictEqual(value, valueAt(current, path))) refuse(path, changeable)
    return false
  })
  if (problems.length > 0) throw new ConfigError(problems)
  return { removed, stated }
}

const REFUSALS = {
  restart: 'cannot be changed while the service runs; state it in file, code or environment: it needs a restart',
  file: 'cannot be changed by this way; change the configuration file, or the file of the secret',
} as const
