import type { Logger as Pino } from 'pino'
import { type Destination, type LoggingStats, type SafeDestination, safeDestination } from './destination.ts'
import { fieldsOf, isoTimes, type LineValue, nameOf } from './line.ts'
import { findPino, pinoLibrary } from './pino.ts'
import { apart } from './own-fields.ts'
import type { Redactor } from './redaction/options.ts'
import { createRedactor } from './redaction/redactor.ts'
import type { LineSink } from './shipping/shipper.ts'
import { withSinks } from './sink-destination.ts'

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type Level = (typeof LEVELS)[number]
export type Severity = Exclude<Level, 'silent'>

/** A text, or fields (or an error) and then perhaps a text. */
export interface LogMethod {
  (message: string): void
  (fields: object, message?: string): void
}

export interface Logger {
  readonly trace: LogMethod
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  readonly fatal: LogMethod
  /**
   * Writes lines that all have the same message and fields, without the detours of the other methods: for what is written
   * for every request. Values come in the order of the names. The ids of the context are not added, nothing is redacted.
   */
  lines(message: string, names: readonly string[]): LineWriter
  /** A logger whose lines carry `module`; that of a module itself has both names, `wallet.db`. */
  child(module: string): Logger
  /** Read and set at any time. A child follows its parent until it is set itself. @throws RangeError for an unknown level. */
  get level(): string
  set level(level: string)
}

export type LineWriter = (level: Severity, values: readonly LineValue[]) => void

export interface RootLogger extends Logger {
  readonly stats: Readonly<LoggingStats>
  /** Resolves when all lines so far have been handed over or lost. Waits for a stalled reader: give it a deadline. */
  flush(): Promise<void>
  /** Hands over what it can before it returns, to sinks that are a file or have a spool too: the process may end at once. */
  flushSync(): void
}

export interface LoggerOptions {
  readonly service?: string
  /** Default `info`. */
  readonly level?: string
  /** Default standard output. A stream, or a `write` that answers with a promise, is not given more than it can take. */
  readonly destination?: Destination
  /** Where lines are shipped to besides. Whoever made them flushes and stops them. */
  readonly sinks?: readonly LineSink[]
  /** The time of lines, ms since the epoch. Default: the system's. */
  readonly now?: () => number
  /** Fields of every line, asked for at each: correlation, trace, user. A call's own fields override them. */
  readonly ids?: () => Readonly<Record<string, unknown>>
  /** Takes secrets out of every line. Default: one with its defaults. */
  readonly redactor?: Redactor
}

/** A logger of JSON lines: `time`, `level`, `service`, `module`, the ids, the call's fields without secrets, `msg`. */
export function createLogger(options: LoggerOptions = {}): RootLogger {
  const destination = withSinks(safeDestination(options.destination), options.sinks ?? [])
  const { ids, now, service, redactor = createRedactor() } = options
  findPino()
  const time = now === undefined ? () => pinoLibrary().stdTimeFunctions.isoTime() : timeField(isoTimes(now))
  let pino: Pino | undefined
  const sink = (): Pino =>
    (pino ??= pinoLibrary().pino(
      {
        level: 'trace',
        base: service === undefined ? {} : { service },
        timestamp: time,
        // Errors have become plain objects while secrets were taken out.
        serializers: {
          err: (error: unknown) => error,
          msg: (text: unknown) => (typeof text === 'string' ? redactor.text(text) : text),
        },
        formatters: { level: (label) => ({ level: label }), log: (fields) => apart(redactor.fields(fields)) },
        ...(ids === undefined ? {} : { mixin: () => safely(ids) }),
      },
      destination,
    ))
  const level = levelOf(options.level ?? 'info')
  return new Root(
    { sink, destination, time, service: service === undefined ? '' : `,"service":${JSON.stringify(service)}` },
    level,
  )
}

function timeField(time: () => string): () => string {
  return () => `,"time":"${time()}"`
}

/** What lines are made of; but for the sink, those that do not pass by pino. */
interface Paper {
  readonly sink: () => Pino
  readonly destination: SafeDestination
  /** `,"time":"2026-01-01T00:00:00.000Z"` */
  readonly time: () => string
  /** `,"service":"gateway"`, or nothing. */
  readonly service: string
}

/** Levels are decided here and not by pino, whose children do not follow a parent that is set later. */
class Module implements Logger {
  readonly #paper: Paper
  readonly #module: string | undefined
  readonly #parent: Module | undefined
  #sink: Pino | undefined
  #threshold: number | undefined

  readonly trace: LogMethod = this.#method('trace')
  readonly debug: LogMethod = this.#method('debug')
  readonly info: LogMethod = this.#method('info')
  readonly warn: LogMethod = this.#method('warn')
  readonly error: LogMethod = this.#method('error')
  readonly fatal: LogMethod = this.#method('fatal')

  constructor(paper: Paper, place: { level: Level } | { module: string; parent: Module }) {
    this.#paper = paper
    if ('level' in place) {
      this.#threshold = LEVELS.indexOf(place.level)
    } else {
      this.#module = place.module
      this.#parent = place.parent
    }
  }

  child(module: string): Logger {
    const name = this.#module === undefined ? module : `${this.#module}.${module}`
    return new Module(this.#paper, { module: name, parent: this })
  }

  lines(message: string, names: readonly string[]): LineWriter {
    const { destination, time, service } = this.#paper
    const fields = names.map(nameOf)
    const module = this.#module === undefined ? '' : `,"module":${JSON.stringify(this.#module)}`
    const end = `,"msg":${JSON.stringify(message)}}\n`
    return (level, values) => {
      if (LEVELS.indexOf(level) < this.#least()) return
      destination.write(`{"level":"${level}"${time()}${service}${module}${fieldsOf(fields, values)}${end}`, level)
    }
  }

  get level(): string {
    return LEVELS[this.#least()] ?? 'silent'
  }

  set level(level: string) {
    this.#threshold = LEVELS.indexOf(levelOf(level))
  }

  #least(): number {
    if (this.#threshold !== undefined) return this.#threshold
    return this.#parent === undefined ? 0 : this.#parent.#least()
  }

  #ownSink(): Pino {
    const sink = this.#paper.sink()
    return this.#module === undefined ? sink : sink.child({ module: this.#module })
  }

  #method(severity: Severity): LogMethod {
    const rank = LEVELS.indexOf(severity)
    return (first: unknown, message?: string): void => {
      if (rank < this.#least()) return
      try {
        const sink = (this.#sink ??= this.#ownSink())
        if (message === undefined) sink[severity](first)
        else sink[severity](first, message)
      } catch {
        // Whatever a caller's object does while it is written, the application goes on.
      }
    }
  }
}

class Root extends Module implements RootLogger {
  readonly #destination: SafeDestination

  constructor(paper: Paper, level: Level) {
    super(paper, { level })
    this.#destination = paper.destination
  }

  get stats(): Readonly<LoggingStats> {
    return this.#destination.stats
  }

  flush(): Promise<void> {
    return this.#destination.flush()
  }

  flushSync(): void {
    this.#destination.flushSync()
  }
}

function levelOf(text: string): Level {
  const level = LEVELS.find((level) => level === text)
  if (level === undefined) throw new RangeError(`log level ${JSON.stringify(text)}: one of ${LEVELS.join(', ')}`)
  return level
}

function safely(ids: () => Readonly<Record<string, unknown>>): object {
  try {
    // pino adds the call's fields to the object that it gets.
    return { ...ids() }
  } catch {
    return {}
  }
}
