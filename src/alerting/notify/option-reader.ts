import { readDuration } from '../duration.ts'
import { isLink } from '../message/message.ts'
import { credentialsOf } from './http.ts'
import type { Secrets } from './secrets.ts'

/**
 * The options of a channel, by camelCase name or by Alertmanager's with underscores. What is wrong with one is a
 * TypeError that names it; secrets are remembered, and told to nobody.
 */
export class OptionReader {
  readonly #where: string
  readonly #options = new Map<string, unknown>()
  readonly #unread: Map<string, string>
  readonly #secrets: Secrets
  readonly #sections: OptionReader[] = []

  constructor(where: string, options: Readonly<Record<string, unknown>>, secrets: Secrets) {
    this.#where = where
    this.#secrets = secrets
    this.#unread = new Map()
    for (const [given, value] of Object.entries(options)) {
      if (value === undefined || value === null) continue
      const name = camel(given)
      if (this.#options.has(name)) this.fail(name, 'is there twice')
      this.#options.set(name, value)
      this.#unread.set(name, given)
    }
  }

  fail(name: string, why: string): never {
    throw new TypeError(`${this.#where}: ${name} ${why}`)
  }

  /** Another secret, made of options. */
  remember(secret: string): void {
    this.#secrets.add(secret)
  }

  has(name: string): boolean {
    return this.#options.has(name)
  }

  isObject(name: string): boolean {
    return isObject(this.#options.get(name))
  }

  text(name: string): string | undefined {
    const value = this.#take(name)
    if (value === undefined || typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return this.fail(name, 'must be a text')
  }

  needText(name: string): string {
    const text = this.text(name)
    return text === undefined || text === '' ? this.fail(name, 'is missing') : text
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#take(name) ?? otherwise
    return typeof value === 'boolean' ? value : this.fail(name, 'must be true or false')
  }

  whole(name: string, min: number, max: number): number | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
    if (typeof number === 'number' && Number.isInteger(number) && number >= min && number <= max) return number
    return this.fail(name, `must be a whole number from ${min} to ${max}`)
  }

  /** A number of ms, or a text such as `15s`; 0 is as if nothing were said. */
  durationMs(name: string, otherwise: number, max: number): number {
    const value = this.#take(`${name}Ms`) ?? this.#take(name) ?? otherwise
    const given = typeof value === 'string' ? readDuration(value) : value
    const ms = given === 0 ? otherwise : given
    if (typeof ms === 'number' && ms > 0 && ms <= max) return ms
    return this.fail(name, `must be a duration above 0, of at most ${max / 1000}s`)
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    return list.every((each): each is string => typeof each === 'string')
      ? list
      : this.fail(name, 'must be a list of texts')
  }

  record(name: string): Readonly<Record<string, string>> {
    const entries = Object.entries(this.#object(name) ?? {}).map(([key, value]): [string, string] => {
      if (typeof value === 'string') return [key, value]
      if (typeof value === 'number' || typeof value === 'boolean') return [key, String(value)]
      return this.fail(`${name}.${key}`, 'must be a text')
    })
    return Object.fromEntries(entries)
  }

  secret(name: string): string | undefined {
    const text = this.text(name)
    if (text !== undefined) this.#secrets.add(text)
    return text
  }

  secretTexts(name: string): readonly string[] | undefined {
    const texts = this.texts(name)
    for (const text of texts ?? []) this.#secrets.add(text)
    return texts
  }

  needSecret(name: string): string {
    const text = this.secret(name)
    return text === undefined || text === '' ? this.fail(name, 'is missing') : text
  }

  /** An http or https address, which is a secret. */
  url(name: string): URL | undefined {
    const text = this.secret(name)
    if (text === undefined) return undefined
    if (!isLink(text)) return this.fail(name, 'must be an http or https address')
    const url = new URL(text)
    this.#secrets.addUrl(url)
    const { authorization } = credentialsOf(url)
    if (authorization !== undefined) this.remember(authorization.slice('Basic '.length))
    return url
  }

  needUrl(name: string): URL {
    return this.url(name) ?? this.fail(name, 'is missing')
  }

  /** An object whose names are its own. */
  entries(name: string): readonly (readonly [string, unknown])[] {
    return Object.entries(this.#object(name) ?? {})
  }

  section(name: string): OptionReader | undefined {
    const value = this.#object(name)
    if (value === undefined) return undefined
    const section = new OptionReader(`${this.#where}: ${name}`, value, this.#secrets)
    this.#sections.push(section)
    return section
  }

  sections(name: string): readonly OptionReader[] {
    const value = this.#take(name)
    if (value === undefined) return []
    if (!Array.isArray(value)) return this.fail(name, 'must be a list')
    return value.map((each: unknown, i) => {
      if (!isObject(each)) return this.fail(`${name}[${i}]`, 'must be an object')
      const section = new OptionReader(`${this.#where}: ${name}[${i}]`, each, this.#secrets)
      this.#sections.push(section)
      return section
    })
  }

  /** What is named here is known and not heeded. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#unread.delete(name)
  }

  /** @throws TypeError that names an option nobody asked for. */
  finish(): void {
    const [unknown] = this.#unread.values()
    if (unknown !== undefined) this.fail(unknown, 'is no option of this channel')
    for (const section of this.#sections) section.finish()
  }

  #take(name: string): unknown {
    this.#unread.delete(name)
    return this.#options.get(name)
  }

  #object(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#take(name)
    if (value === undefined) return undefined
    return isObject(value) ? value : this.fail(name, 'must be an object')
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function camel(name: string): string {
  return name.replaceAll(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase())
}

const SECTIONS = new Set(['httpConfig', 'tlsConfig', 'basicAuth', 'authorization'])

/** The options with what their files hold: `token_file` becomes `token`. Rejects when one cannot be read. */
export async function withFiles(
  options: Readonly<Record<string, unknown>>,
  readFile: (path: string) => Promise<string>,
): Promise<Readonly<Record<string, unknown>>> {
  const stated = Object.entries(options).filter(([, value]) => value !== undefined)
  const entries = stated.map(async ([given, value]): Promise<[string, unknown]> => {
    const name = camel(given)
    if (name.endsWith('File') && typeof value === 'string') {
      const text = await readFile(value)
      return [name.slice(0, -'File'.length), /^(?:ca|cert|key)$/.test(name.slice(0, -4)) ? text : text.trim()]
    }
    if (name === 'httpHeaders' && isObject(value)) return [name, await headersWithFiles(value, readFile)]
    return [name, SECTIONS.has(name) && isObject(value) ? await withFiles(value, readFile) : value]
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Alertmanager's headers may have `files` beside `values` and `secrets`. */
async function headersWithFiles(
  headers: Readonly<Record<string, unknown>>,
  readFile: (path: string) => Promise<string>,
): Promise<Readonly<Record<string, unknown>>> {
  const entries = Object.entries(headers).map(async ([name, of]): Promise<[string, unknown]> => {
    if (!isObject(of) || !Array.isArray(of['files'])) return [name, of]
    const { files: _, secrets, ...rest } = of
    const texts = await Promise.all(of['files'].map(async (file: unknown) => (await readFile(String(file))).trim()))
    const own: readonly unknown[] = Array.isArray(secrets) ? secrets : []
    return [name, { ...rest, secrets: [...own, ...texts] }]
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** Whether any option is to be read of a file. */
export function hasFiles(options: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(options).some(
    ([name, value]) =>
      (camel(name).endsWith('File') && typeof value === 'string') ||
      (SECTIONS.has(camel(name)) && isObject(value) && hasFiles(value)) ||
      (camel(name) === 'httpHeaders' && isObject(value) && Object.values(value).some(namesFiles)),
  )
}

function namesFiles(header: unknown): boolean {
  return isObject(header) && Array.isArray(header['files'])
}
