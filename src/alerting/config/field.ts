import { readHttpConfig, readTlsConfig } from './http-config.ts'
import type { Section } from './section.ts'

type Simple =
  | 'text'
  | 'url'
  | 'file'
  | 'boolean'
  | 'integer'
  | 'duration'
  | 'texts'
  | 'map'
  | 'http'
  | 'tls'
  | 'host-port'

/** How a value is read: into what, and from which key. */
export interface Field {
  readonly kind: Simple | Fields
  /** A list of sections. */
  readonly many?: boolean
  /** Default: the option's name in snake case, without `Ms`. */
  readonly key?: string
  /** Stands in the block `boxman`. */
  readonly ours?: boolean
  readonly required?: boolean
}
export type FieldSpec = Simple | Field
export interface Fields {
  readonly [name: string]: FieldSpec
}

/** A field for every option. */
export type FieldsOf<T> = { readonly [K in keyof Required<T>]: FieldSpec }

export function keyOf(name: string, spec: FieldSpec): string {
  const stated = typeof spec === 'object' ? spec.key : undefined
  return stated ?? name.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The keys that stand in the section itself, or in its block `boxman`. */
export function keysOf(fields: Fields, ours = false): readonly string[] {
  return Object.entries(fields)
    .filter(([, spec]) => isOurs(spec) === ours)
    .map(([name, spec]) => keyOf(name, spec))
}

/** What is stated of the fields that stand in this section. */
export function readFields(section: Section, fields: Fields, ours = false): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(fields)) {
    if (isOurs(spec) !== ours) continue
    const field = typeof spec === 'object' ? spec : { kind: spec }
    const key = keyOf(name, spec)
    const value = section.has(key) ? readField(section, key, field) : undefined
    if (value !== undefined) read[name] = value
    else if (field.required === true && !section.has(key)) section.fault(`missing ${section.named(key)}`)
    if (field.required === true && (value === '' || (Array.isArray(value) && value.length === 0))) {
      section.fault(`missing ${section.named(key)}`, key)
    }
  }
  return read
}

function isOurs(spec: FieldSpec): boolean {
  return typeof spec === 'object' && spec.ours === true
}

function readField(section: Section, key: string, { kind, many }: Field): unknown {
  if (typeof kind !== 'string') {
    const keys = keysOf(kind)
    if (many === true) return section.sections(key, keys).map((each) => readFields(each, kind))
    return readFields(section.section(key, keys), kind)
  }
  switch (kind) {
    case 'text':
      return section.text(key)
    case 'file':
      return section.file(key)
    case 'url':
      return readUrl(section, key)
    case 'boolean':
      return section.boolean(key)
    case 'integer':
      return section.integer(key)
    case 'duration':
      return section.duration(key)
    case 'texts':
      return section.texts(key)
    case 'map':
      return section.textMap(key)
    case 'http':
      return readHttpConfig(section, key)
    case 'tls':
      return readTlsConfig(section, key)
    case 'host-port':
      return readHostPort(section, key)
  }
}

/** Of http or https, with a host; a template is not looked into. */
export function readUrl(section: Section, key: string): string | undefined {
  const text = section.text(key)
  if (text === undefined || text.includes('{{')) return text
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? ''
  if (!/^https?$/i.test(scheme)) {
    section.fault(`unsupported scheme ${JSON.stringify(scheme)} for URL; write it like https://example.org/path`, key)
  } else if (!/^https?:\/\/[^/?#]/i.test(text)) section.fault('missing host for URL', key)
  else if (!URL.canParse(text)) section.fault('not a URL; write it like https://example.org/path', key)
  return text
}

/** `host:port`, the host in brackets when it is an address of IPv6. */
function readHostPort(section: Section, key: string): string | undefined {
  const text = section.text(key) ?? ''
  if (text === '') return undefined
  if (!/^(?:[^:[\]]*|\[[^[\]]*\]):[^:]*$/.test(text))
    section.fault(`address ${JSON.stringify(text)}: write it like host:25`, key)
  else if (text.endsWith(':')) section.fault(`address ${JSON.stringify(text)}: port cannot be empty`, key)
  return text
}
