import { Writable } from 'node:stream'
import { format } from 'node:util'
import type { Severity } from '../levels.ts'
import type { Logger } from '../logger.ts'
import { isOwnLine } from './own-line.ts'

/** What is used of a logger of winston 3. */
export interface WinstonLogger {
  readonly transports: readonly unknown[]
  add(transport: unknown): unknown
  remove(transport: unknown): unknown
}

/** winston's npm, cli and syslog levels. */
const LEVELS: Readonly<Record<string, Severity>> = {
  emerg: 'fatal',
  alert: 'fatal',
  crit: 'fatal',
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  warning: 'warn',
  notice: 'info',
  help: 'info',
  data: 'info',
  info: 'info',
  prompt: 'info',
  http: 'debug',
  verbose: 'debug',
  debug: 'debug',
  silly: 'trace',
  input: 'trace',
  trace: 'trace',
}

const LEVEL = Symbol.for('level')
const SPLAT = Symbol.for('splat')

export interface CaptureOptions {
  /** The module of the lines. Default: the library's name. */
  readonly module?: string
  /** Whether the logger's own ways out go on. Default: no. */
  readonly keep?: boolean
}

/**
 * Writes what a logger of winston 3 and its children log as lines; returns the undo. Their levels decide first, then ours.
 */
export function captureWinston(logger: WinstonLogger, log: Logger, options: CaptureOptions = {}): () => void {
  const own = log.child(options.module ?? 'winston')
  const replaced = options.keep === true ? [] : [...logger.transports]
  const transport = new Writable({
    objectMode: true,
    write: (info: unknown, _encoding, done) => {
      write(own, info)
      done()
    },
  })
  // winston tells transports of its third version from older ones by this.
  Object.assign(transport, { log: () => undefined })
  logger.add(transport)
  for (const other of replaced) logger.remove(other)
  return () => {
    for (const other of replaced) logger.add(other)
    logger.remove(transport)
    replaced.length = 0
  }
}

function write(log: Logger, info: unknown): void {
  if (typeof info !== 'object' || info === null) return
  const { level: _level, message, ...fields }: Record<string, unknown> = { ...info }
  if (isOwnLine(message)) return
  const splat = splatOf(info)
  const error = splat.find((value) => value instanceof Error) ?? (message instanceof Error ? message : undefined)
  const text = textOf(message, splat)
  const { stack, ...others } = fields
  const rest = error === undefined && stack !== undefined ? { ...others, stack } : others
  log[levelOf(info)]({ ...rest, ...(error === undefined ? {} : { err: error }) }, text)
}

function levelOf(info: object): Severity {
  const level: unknown = Reflect.get(info, LEVEL)
  return (typeof level === 'string' && Object.hasOwn(LEVELS, level) ? LEVELS[level] : undefined) ?? 'info'
}

function splatOf(info: object): readonly unknown[] {
  const splat: unknown = Reflect.get(info, SPLAT)
  return Array.isArray(splat) ? splat : []
}

const PLACEHOLDER = /%[sdifjoO]/

/** A logger without the format `splat` leaves the placeholders as they are. */
function textOf(message: unknown, splat: readonly unknown[]): string {
  if (message instanceof Error) return message.message
  const text = typeof message === 'string' ? message : format(message)
  return splat.length > 0 && PLACEHOLDER.test(text) ? format(text, ...splat) : text
}
