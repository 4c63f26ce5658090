/** A message from outside that is not of its shape; the text names the place. */
export class ShapeError extends TypeError {}

/** Reads a value of unknown origin, or throws ShapeError. `at` is the value's place in the message. */
export type Shape<T> = (value: unknown, at?: string) => T

export function text(pattern: RegExp): Shape<string> {
  return (value, at = '$') => {
    if (typeof value === 'string' && pattern.test(value)) return value
    throw new ShapeError(`${at} must be a string like ${pattern.source}`)
  }
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  return (value, at = '$') => {
    // -0 passes for 0 in every comparison, but has no canonical form.
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      const number = Number(value)
      if (number >= min && number <= max) return number
    }
    throw new ShapeError(`${at} must be an integer of ${min} to ${max}`)
  }
}

export function list<T>(item: Shape<T>, max: number): Shape<readonly T[]> {
  return (value, at = '$') => {
    if (!Array.isArray(value)) throw new ShapeError(`${at} must be a list`)
    if (value.length > max) throw new ShapeError(`${at} has ${value.length} items, more than ${max}`)
    return Array.from(value, (each, index) => item(each, `${at}[${index}]`))
  }
}

type Fields<T> = { readonly [K in keyof T]: Shape<T[K]> }

/** An object of exactly these members: one too many is refused, as it would be hashed by one side and not the other. */
export function record<R>(required: Fields<R>): Shape<R>
export function record<R, O>(required: Fields<R>, optional: Fields<O>): Shape<R & Partial<O>>
export function record(required: Fields<object>, optional: Fields<object> = {}): Shape<object> {
  const must = new Map<string, Shape<unknown>>(Object.entries(required))
  const may = new Map<string, Shape<unknown>>(Object.entries(optional))
  return (value, at = '$') => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ShapeError(`${at} must be an object`)
    }
    const read = new Map<string, unknown>()
    for (const [key, member] of Object.entries(value)) {
      const shape = must.get(key) ?? may.get(key)
      if (shape === undefined) throw new ShapeError(`${at}.${key} is not known here`)
      read.set(key, shape(member, `${at}.${key}`))
    }
    for (const key of must.keys()) if (!read.has(key)) throw new ShapeError(`${at}.${key} is missing`)
    return Object.fromEntries(read)
  }
}
