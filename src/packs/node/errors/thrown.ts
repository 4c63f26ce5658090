import { inspect } from 'node:util'

/** What can be told of a thrown value, whatever it is. Nothing in it is redacted yet. */
export interface Thrown {
  /** `TypeError`; of what is no error its type, as `string`. */
  readonly name: string
  /** Such as `ECONNREFUSED`; '' without one. */
  readonly code: string
  readonly message: string
  /** The frames alone, without the line of name and message; '' without any. */
  readonly frames: string
  /** What it was caused by, the nearest first. */
  readonly causes: readonly Cause[]
}

export interface Cause {
  readonly name: string
  readonly code: string
  readonly message: string
}

/** Of a message, before it is redacted: a secret must not be cut in two where the message is. */
const MAX_MESSAGE = 8000
const MAX_FRAMES = 4000
const MAX_CAUSES = 5
const NAME = /^[\w$.]{1,64}$/
const CODE = /^[\w.-]{1,64}$/

/** Never throws: getters of an error may. */
export function readThrown(value: unknown): Thrown {
  try {
    const own = readOne(value)
    const causes = causesOf(value).map(readOne)
    // An AggregateError of node's has no message: its first reason says more.
    const message = own.message === '' ? (causes[0]?.message ?? '') : own.message
    return { ...own, message, frames: framesOf(value, textOf(value, 'message')), causes }
  } catch {
    return { name: 'unreadable', code: '', message: 'an error that cannot be read', frames: '', causes: [] }
  }
}

/** The value and what it was caused by, each once. */
export function chainOf(value: unknown): readonly unknown[] {
  try {
    return [value, ...causesOf(value)]
  } catch {
    return [value]
  }
}

function readOne(value: unknown): Cause {
  if (typeof value !== 'object' || value === null) {
    return { name: typeof value, code: '', message: String(value).slice(0, MAX_MESSAGE) }
  }
  const name = textOf(value, 'name')
  const code = textOf(value, 'code')
  return {
    name: NAME.test(name) ? name : value instanceof Error ? 'Error' : 'object',
    code: CODE.test(code) ? code : '',
    message: (value instanceof Error || 'message' in value ? textOf(value, 'message') : shown(value)).slice(
      0,
      MAX_MESSAGE,
    ),
  }
}

function shown(value: object): string {
  return inspect(value, {
    depth: 1,
    breakLength: Infinity,
    maxStringLength: 200,
    maxArrayLength: 10,
    customInspect: false,
  })
}

function textOf(value: unknown, key: string): string {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return typeof text === 'string' || typeof text === 'number' ? String(text) : ''
}

/** V8 puts name and message first; a message may look like frames itself, and is left out. */
function framesOf(value: unknown, message: string): string {
  const stack = textOf(value, 'stack')
  const at = message === '' ? 0 : stack.indexOf(message)
  const rest = stack.slice(at < 0 ? 0 : at + message.length)
  const first = rest.search(/^ {4}at /m)
  return first < 0 ? '' : rest.slice(first, first + MAX_FRAMES)
}

function causesOf(value: unknown): readonly unknown[] {
  const seen = new Set<unknown>([value])
  const causes: unknown[] = []
  const open: unknown[] = [value]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (typeof next !== 'object' || next === null) continue
    const inner: unknown[] = []
    if ('cause' in next) inner.push(next.cause)
    if ('errors' in next && Array.isArray(next.errors)) inner.push(...next.errors.slice(0, MAX_CAUSES))
    for (const cause of inner) {
      if (cause === undefined || cause === null || seen.has(cause)) continue
      if (causes.length === MAX_CAUSES) return causes
      seen.add(cause)
      causes.push(cause)
      open.push(cause)
    }
  }
  return causes
}
