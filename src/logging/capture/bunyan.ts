import type { Severity } from '../levels.ts'
import type { Logger } from '../logger.ts'
import { isOwnLine } from './own-line.ts'
import type { CaptureOptions } from './winston.ts'

/** What is used of a logger of bunyan. */
export interface BunyanLogger {
  addStream(stream: unknown): unknown
}

const SEVERITIES: readonly Severity[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const DECADE = 10

/** What bunyan has of a logger, and its types do not tell. */
interface Inside {
  streams: unknown[]
  _level: number
}

/**
 * Writes what a logger of bunyan, and children that it makes from now on, log as lines; returns the undo. Its level decides first, then
 * ours; its fields are kept but for `name`, which becomes `logger`, and what a line of ours has itself.
 */
export function captureBunyan(logger: BunyanLogger, log: Logger, options: CaptureOptions = {}): () => void {
  const own = log.child(options.module ?? 'bunyan')
  const inside = insideOf(logger)
  const before = { streams: inside.streams, level: inside._level }
  inside.streams = options.keep === true ? [...before.streams] : []
  const stream = { type: 'raw', level: before.level, stream: { write: (record: unknown) => write(own, record) } }
  logger.addStream(stream)
  return () => {
    inside.streams = before.streams
    inside._level = before.level
  }
}

/** @throws TypeError for what is no logger of bunyan. */
function insideOf(logger: object): Inside {
  const streams: unknown = Reflect.get(logger, 'streams')
  if (!Array.isArray(streams) || typeof Reflect.get(logger, '_level') !== 'number') {
    throw new TypeError('captureBunyan: given no logger of bunyan, which has streams and a level')
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just looked at
  return logger as Inside
}

function write(log: Logger, record: unknown): void {
  if (typeof record !== 'object' || record === null) return
  const {
    level,
    msg,
    name,
    v: _version,
    time: _time,
    hostname: _hostname,
    pid: _pid,
    ...fields
  }: Record<string, unknown> = { ...record }
  if (isOwnLine(msg)) return
  const severity = SEVERITIES[Math.min(SEVERITIES.length, Math.max(1, Math.ceil(Number(level) / DECADE))) - 1] ?? 'info'
  log[severity]({ ...(name === undefined ? {} : { logger: name }), ...fields }, typeof msg === 'string' ? msg : '')
}
