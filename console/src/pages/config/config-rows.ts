import type { ConfigAnswer } from './answers.ts'

export type Change = 'live' | 'file' | 'restart'

export interface ConfigRow {
  readonly path: string
  /** The first part of the path; what stands alone is of the service. */
  readonly section: string
  readonly value: unknown
  readonly text: string
  readonly isSecret: boolean
  /** Undefined: it is not set. */
  readonly source: string | undefined
  /** Whether somebody has stated it. */
  readonly isStated: boolean
  /** Whether it was changed while the service runs. */
  readonly isChanged: boolean
  readonly change: Change
  readonly meaning: string
}

const SECRET = /^\[set, from /

/** Every value that there is or may be, in the order of the configuration's own list. */
export function configRows({ values, provenance, changeable, meanings }: ConfigAnswer): readonly ConfigRow[] {
  const stated = Object.keys(provenance)
  const paths = Object.keys(meanings).flatMap((path) => {
    // Labels are stated one by one.
    const inside = stated.filter((each) => each.startsWith(`${path}.`) && !(each in meanings))
    return inside.length > 0 ? inside : [path]
  })
  return [...new Set([...paths, ...stated])].map((path) => {
    const value = valueAt(values, path)
    const source = provenance[path]
    const ways = changeable[path] ?? []
    return {
      path,
      section: sectionOf(path),
      value,
      text: textOf(value),
      isSecret: typeof value === 'string' && SECRET.test(value),
      source,
      isStated: source !== undefined && source !== 'default',
      isChanged: source?.startsWith('api ') === true,
      change: ways.includes('api') ? 'live' : ways.length > 0 ? 'file' : 'restart',
      meaning: meanings[path] ?? meanings[path.split('.')[0] ?? ''] ?? '',
    }
  })
}

const SECTIONS_ALONE = new Set(['rules', 'remoteWrite'])

function sectionOf(path: string): string {
  const [first = path, ...rest] = path.split('.')
  return rest.length > 0 || SECTIONS_ALONE.has(first) ? first : 'service'
}

/** Undefined for what is not set. A key may have dots of its own: only those that are stated are looked for. */
export function valueAt(values: unknown, path: string): unknown {
  if (typeof values !== 'object' || values === null) return undefined
  const own: unknown = Object.hasOwn(values, path) ? Reflect.get(values, path) : undefined
  if (own !== undefined) return own
  const dot = path.indexOf('.')
  if (dot < 0) return undefined
  return valueAt(Reflect.get(values, path.slice(0, dot)), path.slice(dot + 1))
}

/** As it is shown, and as it can be typed in again. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What somebody typed, as the kind of value that was there before; where it cannot be, the text: the server says what is wrong. */
export function valueOf(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return text
  }
}

/** A merge patch of one value; null takes a change back. */
export function patchOf(path: string, value: unknown): unknown {
  return path.split('.').reduceRight<unknown>((inside, key) => ({ [key]: inside }), value)
}
