const MAX_DEPTH = 32

/**
 * The one JSON text of a value, to be hashed: sorted keys, no spaces, safe integers and strings in arrays and plain
 * objects. Whatever two programs could write in two ways (floats, -0, null, undefined, dates) throws TypeError.
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0)
}

function write(value: unknown, at: string, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError(`${at}: nested deeper than ${MAX_DEPTH}`)
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError(`${at}: ${value} is no safe integer`)
    return String(value)
  }
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, index) => write(item, `${at}[${index}]`, depth + 1)).join(',')}]`
  }
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${write(value[key], `${at}.${key}`, depth + 1)}`)
    return `{${members.join(',')}}`
  }
  throw new TypeError(
    `${at}: ${value === null ? 'null' : typeof value} has no canonical form; use integers and strings`,
  )
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
