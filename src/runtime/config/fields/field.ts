import { hasSecret } from '../secret-schema.ts'
import { placeAt } from '../place.ts'
import type { Reader } from '../readers.ts'

/**
 * When a value can be changed: only by a restart; in the file, while the service runs; or in the file, by the code and by the API.
 * Who may ask, and what others are asked with, is changed in the file alone: not by who asks.
 */
export type Changeable = 'restart' | 'file' | 'live'

/** A value that can be configured. The one place that knows its variable, its default and its meaning. */
export interface ConfigField extends Reader {
  /** `admin.port` */
  readonly path: string
  /** `BOXMAN_ADMIN_PORT` */
  readonly variable: string
  /** Variables that mean the same where that one is not set: `METRICS_MAX_SAMPLES`. */
  readonly aliases: Readonly<Record<string, Reader>>
  readonly fallback: unknown
  readonly meaning: string
  /** It is, or holds, what is never shown. */
  readonly secret: boolean
  readonly changeable: Changeable
}

export interface FieldOptions {
  /** Default: made of the path. */
  readonly variable?: string
  readonly aliases?: Readonly<Record<string, Reader>>
  /** Default: `restart`. */
  readonly changeable?: Changeable
}

export function field(
  path: string,
  fallback: unknown,
  reader: Reader,
  meaning: string,
  options: FieldOptions = {},
): ConfigField {
  const place = placeAt(path.split('.'))
  const { variable = variableOf(path), aliases = {}, changeable = 'restart' } = options
  const secret = place.kind === 'value' && hasSecret(place.schema)
  return { path, variable, aliases, ...reader, fallback, meaning, secret, changeable }
}

function variableOf(path: string): string {
  return `BOXMAN_${path.replace(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`
}
