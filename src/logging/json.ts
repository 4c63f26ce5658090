/** Characters of JSON that stand for themselves. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/** The most characters of one text or one field in a line. */
export const MAX_TEXT: number = 128 * 1024

export function quoted(text: string): string {
  if (text.length > MAX_TEXT) return JSON.stringify(cut(text))
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** A value as JSON, whatever it is; undefined for what JSON leaves out. Never throws, and is never longer than some {@link MAX_TEXT}. */
export function jsonOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'bigint':
      return String(value)
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined
    case 'object':
      return value === null ? 'null' : objectJson(value)
  }
}

function objectJson(value: object): string | undefined {
  const text = tried(() => JSON.stringify(value)) ?? tried(() => JSON.stringify(plainCopy(value, 0, [])))
  // A toJSON may answer with nothing.
  if (text === undefined || text.length <= MAX_TEXT) return text
  return JSON.stringify(cut(text))
}

function tried(stringify: () => string | undefined): string | undefined {
  try {
    return stringify()
  } catch {
    return undefined
  }
}

const MAX_DEPTH = 6
const MAX_ENTRIES = 1000

/** What JSON can say of a value that it refuses: bigints, rings, getters and toJSON that throw. */
function plainCopy(value: unknown, depth: number, above: readonly object[]): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (above.includes(value)) return '[circular]'
  if (depth >= MAX_DEPTH) return '[too deep]'
  const inner = [...above, value]
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => plainCopy(item, depth + 1, inner))
  return Object.fromEntries(
    Object.keys(value)
      .slice(0, MAX_ENTRIES)
      .map((key) => [key, readable(value, key, depth, inner)]),
  )
}

function readable(value: object, key: string, depth: number, above: readonly object[]): unknown {
  try {
    const inner: unknown = Reflect.get(value, key)
    return typeof inner === 'function' ? undefined : plainCopy(inner, depth + 1, above)
  } catch {
    return '[unreadable]'
  }
}

function cut(text: string): string {
  return `${text.slice(0, MAX_TEXT / 2)}... [${text.length} characters]`
}
