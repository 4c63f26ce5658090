import { format } from 'node:util'
import type { Severity } from '../levels.ts'
import type { Logger } from '../logger.ts'
import { isOwnLine } from './own-line.ts'

export interface ConsoleOptions {
  /** Default: the process's. */
  readonly console?: Pick<Console, ConsoleMethod>
  /** The module of the lines. Default `console`. */
  readonly module?: string
}

type ConsoleMethod = 'trace' | 'debug' | 'log' | 'info' | 'warn' | 'error'

const LEVELS: Readonly<Record<ConsoleMethod, Severity>> = {
  trace: 'trace',
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
}
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the record above
const METHODS = Object.keys(LEVELS) as ConsoleMethod[]

/**
 * Writes what is printed on the console as lines; returns the undo. Texts are put together as `util.format` does; errors and plain
 * objects that no `%` asks for become fields, where secrets are found by their names.
 */
export function captureConsole(log: Logger, options: ConsoleOptions = {}): () => void {
  const { console = globalThis.console, module = 'console' } = options
  const own = log.child(module)
  let captured = true
  const undo = METHODS.map((method) => {
    const original = console[method]
    const replacement = (...values: readonly unknown[]): void => {
      if (!captured || isOwnLine(values[0])) original.apply(console, [...values])
      else write(own, LEVELS[method], values)
    }
    console[method] = replacement
    return () => {
      // Whoever has replaced it since goes on with the original.
      if (console[method] === replacement) console[method] = original
    }
  })
  return () => {
    captured = false
    for (const step of undo) step()
  }
}

function write(log: Logger, level: Severity, values: readonly unknown[]): void {
  const { fields, message } = lineOf(values)
  if (message === '' && 'err' in fields) log[level](fields)
  else if (Object.keys(fields).length === 0) log[level](message)
  else log[level](fields, message)
}

const PLACEHOLDER = /%[sdifjoOc]/g

/** What `util.format` says of the values, without those that are fields. */
export function lineOf(values: readonly unknown[]): {
  readonly fields: Record<string, unknown>
  readonly message: string
} {
  const [first] = values
  const placeholders = typeof first === 'string' ? (first.replaceAll('%%', '').match(PLACEHOLDER)?.length ?? 0) : -1
  const fields: Record<string, unknown> = {}
  const texts: unknown[] = []
  for (const [i, value] of values.entries()) {
    const isAsked = i <= placeholders
    if (!isAsked && value instanceof Error && !('err' in fields)) fields['err'] = value
    else if (!isAsked && isPlain(value) && isNew(fields, value)) Object.assign(fields, value)
    else texts.push(value)
  }
  return { fields, message: formatted(texts) }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function isNew(fields: object, more: object): boolean {
  return Object.keys(more).every((key) => !Object.hasOwn(fields, key))
}

function formatted(values: readonly unknown[]): string {
  try {
    return values.length === 0 ? '' : format(...values)
  } catch {
    // An object whose inspection throws.
    return '[unreadable]'
  }
}
