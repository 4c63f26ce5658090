import { errorFields } from '../pino.ts'
import { LONGEST } from './texts.ts'
import type { Names, NameVerdict } from './names.ts'
import { endsIn, type PathNode, step } from './paths.ts'

export interface WalkOptions {
  readonly text: (text: string) => string
  readonly number: (number: number | bigint) => unknown
  readonly names: Names
  readonly replacement: string
}

type Reached = readonly PathNode[] | undefined

/** Below this depth objects are not looked into, but left out. */
const MAX_DEPTH = 6
/** Characters of texts, and so many for each value besides: beyond them values are left out. */
const MOST_WORK = 2 ** 19
const VALUE_WORK = 16
const SPAN_ID = /^[\da-f]{16}$/
/** Of an item of a list. */
const NO_NAME: NameVerdict = { secret: false, isSpanId: false, shown: '' }
const [TOO_DEEP, TOO_MUCH, UNREADABLE] = ['[too deep]', '[too much]', '[unreadable]']

/** One way through the fields of one call. Whatever has nothing to hide stays the very object that it is. */
export class Walk {
  readonly #options: WalkOptions
  #work = 0

  constructor(options: WalkOptions) {
    this.#options = options
  }

  field(name: string, value: unknown, reached: Reached): unknown {
    // A name with dots, as attributes of spans have, is a path of its own.
    const at = step(reached, name) ?? (reached === undefined ? undefined : name.split('.').reduce(step, reached))
    return this.#field(this.#options.names.of(name), value, at, 1)
  }

  /** What an object is without its secrets; undefined where it has none. */
  changed(object: object, reached: Reached, depth: number): Record<string, unknown> | undefined {
    const names = Object.keys(object)
    let copy: Record<string, unknown> | undefined
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? ''
      const verdict = this.#options.names.of(name)
      const value = valueOf(object, name)
      const safe = this.#field(verdict, value, step(reached, name), depth + 1)
      if (copy === undefined) {
        if (safe === value && value !== UNREADABLE && verdict.shown === name) continue
        copy = {}
        for (const before of names.slice(0, i)) copy[before] = valueOf(object, before)
      }
      copy[verdict.shown] = safe
    }
    return copy
  }

  #field({ secret, isSpanId }: NameVerdict, value: unknown, reached: Reached, depth: number): unknown {
    if (value === undefined || value === null || typeof value === 'boolean') return value
    if (secret || endsIn(reached)) return this.#options.replacement
    if (isSpanId && typeof value === 'string' && SPAN_ID.test(value)) return value
    return this.#value(value, reached, depth)
  }

  #value(value: unknown, reached: Reached, depth: number): unknown {
    if (typeof value === 'string') {
      this.#work += VALUE_WORK + Math.min(value.length, LONGEST)
      return this.#work > MOST_WORK ? TOO_MUCH : this.#options.text(value)
    }
    if (typeof value === 'number' || typeof value === 'bigint') return this.#options.number(value)
    if (typeof value !== 'object' || value === null) return value
    this.#work += VALUE_WORK
    if (this.#work > MOST_WORK) return TOO_MUCH
    return depth > MAX_DEPTH ? TOO_DEEP : this.#readable(value, reached, depth)
  }

  #readable(value: object, reached: Reached, depth: number): unknown {
    try {
      if (value instanceof Error) return this.#object(errorFields(value), reached, depth)
      if (Array.isArray(value)) return this.#array(value, reached, depth)
      // Their numbers would be those of a secret's letters.
      if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
      if ('toJSON' in value && typeof value.toJSON === 'function') {
        const json: unknown = value.toJSON()
        return this.#value(json, reached, depth + 1)
      }
      return this.#object(value, reached, depth)
    } catch {
      // A getter, a toJSON or a proxy that throws: better no value than a throw into the application, or a secret.
      return UNREADABLE
    }
  }

  #array(array: readonly unknown[], reached: Reached, depth: number): readonly unknown[] {
    let copy: unknown[] | undefined
    for (let i = 0; i < array.length; i++) {
      const value = array[i]
      const at = reached === undefined ? undefined : step(reached, String(i))
      const safe = this.#field(NO_NAME, value, at, depth + 1)
      if (safe === value) continue
      copy ??= [...array]
      copy[i] = safe
    }
    return copy ?? array
  }

  #object(object: object, reached: Reached, depth: number): object {
    return this.changed(object, reached, depth) ?? object
  }
}

/** What a getter would not say is said to be unreadable. */
function valueOf(object: object, name: string): unknown {
  try {
    return Reflect.get(object, name)
  } catch {
    return UNREADABLE
  }
}
