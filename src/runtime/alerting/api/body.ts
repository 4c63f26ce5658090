import type { IncomingMessage } from 'node:http'
import { readBody, Refused } from '../../ingest/body.ts'
import { AlertingFault } from './fault.ts'

type Fields = Readonly<Record<string, unknown>>

/** The date of Go's zero time: as if nothing were said. */
const ZERO_TIME = /^0001-01-01[T ]00:00:00/
const TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)?$/
const INVALID_TYPE = 601
const REQUIRED = 602
const TOO_FEW = 612

/** A body as JSON. Faults are those of Alertmanager's server, by the name of what is asked for. */
export async function readJson(request: IncomingMessage, name: string, maxBytes: number): Promise<unknown> {
  const type = (request.headers['content-type'] ?? 'application/octet-stream').split(';', 1)[0]?.trim() ?? ''
  const isEmpty = request.headers['content-length'] === '0' || request.headers['content-length'] === undefined
  if (type.toLowerCase() !== 'application/json' && !(isEmpty && request.headers['transfer-encoding'] === undefined)) {
    throw AlertingFault.coded(415, `unsupported media type "${type}", only [application/json] are allowed`)
  }
  const text = new TextDecoder().decode(await bytesOf(request, maxBytes))
  if (text.trim() === '') throw required(name, 'body')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unparsed(name, error instanceof Error ? error.message : String(error))
  }
}

export async function bytesOf(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  try {
    return await readBody(request, maxBytes)
  } catch (error) {
    if (error instanceof Refused) throw AlertingFault.coded(error.status, error.message)
    throw error
  }
}

export function unparsed(name: string, why: string): AlertingFault {
  return AlertingFault.coded(400, `parsing ${name} body from "" failed, because ${why}`)
}

export function required(what: string, where = 'body'): AlertingFault {
  return AlertingFault.coded(422, where === 'body' ? `${what} in body is required` : `${where} is required`, REQUIRED)
}

export function tooFew(what: string): AlertingFault {
  return AlertingFault.coded(422, `${what} in body should have at least 1 items`, TOO_FEW)
}

export function wrongType(what: string, where: 'body' | 'path', type: string, given: string): AlertingFault {
  return AlertingFault.coded(422, `${what} in ${where} must be of type ${type}: ${JSON.stringify(given)}`, INVALID_TYPE)
}

/** Values of a body by their types; what is null is absent. */
export class BodyReader {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  fields(value: unknown, what: string): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.#wrong(what, 'an object', value)
    return { ...value }
  }

  list(value: unknown, what: string): readonly unknown[] {
    if (!Array.isArray(value)) throw this.#wrong(what, 'an array', value)
    return value
  }

  text(value: unknown, what: string): string | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw this.#wrong(what, 'a string', value)
    return value
  }

  flag(value: unknown, what: string): boolean | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'boolean') throw this.#wrong(what, 'true or false', value)
    return value
  }

  texts(value: unknown, what: string): ReadonlyMap<string, string> | undefined {
    if (value === undefined || value === null) return undefined
    const entries = Object.entries(this.fields(value, what))
    return new Map(entries.map(([key, each]) => [key, this.text(each, `${what}.${key}`) ?? '']))
  }

  /** Ms since the epoch. */
  time(value: unknown, what: string): number | undefined {
    const text = this.text(value, what)
    if (text === undefined || ZERO_TIME.test(text)) return undefined
    const at = timeOf(text)
    if (at === undefined) throw this.#wrong(what, 'a time such as "2026-01-01T00:00:00Z"', text)
    return at
  }

  #wrong(what: string, wanted: string, given: unknown): AlertingFault {
    return unparsed(this.#name, `${what}: expected ${wanted}, given ${shown(given)}`)
  }
}

/** Not what is in it, which may be much, and deep. */
function shown(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given.slice(0, 100))
  if (typeof given === 'object' && given !== null) return Array.isArray(given) ? 'an array' : 'an object'
  return String(given)
}

function timeOf(text: string): number | undefined {
  const [, date, time, fraction = '', zone = 'Z'] = TIME.exec(text) ?? []
  if (date === undefined || time === undefined) return undefined
  // Such as 30 February.
  const day = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) return undefined
  const at = Date.parse(`${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${zone.toUpperCase()}`)
  return Number.isNaN(at) ? undefined : at
}
