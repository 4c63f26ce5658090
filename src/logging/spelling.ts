import type { IdFields } from './ids.ts'
import { jsonOf, MAX_TEXT } from './json.ts'
import { nameOf } from './line.ts'
import { Memo } from './memo.ts'
import { errorFields, pinoLibrary } from './pino.ts'
import { type FieldNames, ownNames } from './presets.ts'
import type { Redactor } from './redaction/options.ts'

type Fields = Record<string, unknown>

interface Key {
  /** `,"amount":` */
  readonly text: string
  /** Whether it is the logger's own. */
  readonly own: boolean
}

const MAX_KEYS = 1000
const UNREADABLE: Fields = { fields: '[unreadable]' }

/** A call's fields and message, before anything is written of them. */
export interface Call {
  readonly fields: Fields | undefined
  readonly message: string | undefined
}

/** Sorts what a log method is given: a text, or fields (or an error) and then perhaps a text. */
export function callOf(first: unknown, message: unknown): Call {
  try {
    return sorted(first, message)
  } catch {
    // A getter or a proxy.
    return { fields: UNREADABLE, message: typeof message === 'string' ? message : undefined }
  }
}

function sorted(first: unknown, message: unknown): Call {
  const text = message === undefined || message === null ? undefined : textOf(message)
  if (typeof first !== 'object' || first === null) {
    return { fields: undefined, message: text ?? (first === undefined ? undefined : textOf(first)) }
  }
  if (first instanceof Error) return { fields: { err: first }, message: text ?? textOf(first.message) }
  const fields: Fields = httpFields(first) ?? asFields(first)
  const { err } = fields
  return { fields, message: text ?? (err instanceof Error && !('msg' in fields) ? err.message : undefined) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : String(value)
}

function asFields(object: object): Fields {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any object has fields
  return object as Fields
}

/** A request or response of node:http is written as its head. */
function httpFields(object: object): Fields | undefined {
  if ('socket' in object && 'headers' in object && 'method' in object) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by its shape, as pino does
    return { ...pinoLibrary().stdSerializers.mapHttpRequest(object as never) }
  }
  if ('setHeader' in object && typeof object.setHeader === 'function') {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by its shape, as pino does
    return { ...pinoLibrary().stdSerializers.mapHttpResponse(object as never) }
  }
  return undefined
}

/** Spells the fields of calls. */
export class Spelling {
  readonly own: ReadonlySet<string>
  readonly #names: FieldNames
  readonly #redactor: Redactor
  readonly #keys: Memo<Key>

  constructor(names: FieldNames, redactor: Redactor) {
    this.#names = names
    this.#redactor = redactor
    this.own = ownNames(names)
    this.#keys = new Memo(MAX_KEYS, (name) => ({ text: nameOf(name), own: this.own.has(name) }))
  }

  /** Ids and fields; whatever the fields do, it does not throw. */
  textOf(fields: Fields, ids: IdFields | undefined, hasMessage: boolean): string {
    const safe = this.#safe(fields)
    let overridden: string[] | undefined
    let text = ''
    let leftOut = 0
    for (const name of keysOf(safe)) {
      const json = jsonAt(safe, name)
      if (json === undefined) continue
      if (text.length + json.length > MAX_TEXT) {
        leftOut++
        continue
      }
      const key = this.#keys.of(name)
      if (key.own || (hasMessage && name === this.#names.message)) text += `${nameOf(freeName(name, safe))}${json}`
      else text += key.text + json
      if (ids?.has(name) === true) (overridden ??= []).push(name)
    }
    if (leftOut > 0) text += `,"fields_left_out":${leftOut}`
    if (ids === undefined) return text
    return (overridden === undefined ? ids.text : ids.without(overridden)) + text
  }

  /** Of ids that a function tells, secrets out. */
  record(record: Readonly<Record<string, unknown>>): Fields {
    return this.#safe({ ...record })
  }

  #safe(fields: Fields): Fields {
    try {
      const named = this.#names.error === undefined ? fields : this.#withNamedError(fields, this.#names.error)
      return this.#redactor.fields(named)
    } catch {
      // Better no fields than a secret.
      return UNREADABLE
    }
  }

  /** An error's parts under the names that the preset has for them; what else it has stays in `err`. */
  #withNamedError(fields: Fields, names: NonNullable<FieldNames['error']>): Fields {
    const { err } = fields
    if (!(err instanceof Error)) return fields
    const { err: _err, ...others } = fields
    const { type, message, stack, ...rest } = errorFields(err)
    return {
      ...others,
      [names.type]: type,
      [names.message]: message,
      [names.stack]: stack,
      ...(Object.keys(rest).length === 0 ? {} : { err: rest }),
    }
  }
}

function keysOf(fields: Fields): readonly string[] {
  try {
    return Object.keys(fields)
  } catch {
    return []
  }
}

function jsonAt(fields: Fields, name: string): string | undefined {
  try {
    return jsonOf(fields[name])
  } catch {
    return '"[unreadable]"'
  }
}

function freeName(name: string, fields: Fields): string {
  let free = `${name}_`
  while (Object.hasOwn(fields, free)) free += '_'
  return free
}
