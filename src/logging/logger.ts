import type { Destination, LoggingStats } from './destination.ts'
import type { LineContext } from './ids.ts'
import type { BusinessEvent, EventStats, PerformanceEvent, SecurityEvent } from './kinds.ts'
import type { LevelRegistry } from './level-registry.ts'
import type { Level, Severity } from './levels.ts'
import type { LimitOptions, SuppressedStats } from './limiter.ts'
import type { LineValue } from './line.ts'
import { Module } from './module.ts'
import { Paper } from './paper.ts'
import type { Preset } from './presets.ts'
import type { Redactor } from './redaction/options.ts'
import type { LineTap } from './tapped-destination.ts'

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
  /** How long something took, at `info`: `kind`, `operation`, `duration_ms` and what else is given. */
  performance(event: PerformanceEvent, message?: string): void
  /** What happened in the terms of the business, at `info`: `kind`, `event` and what else is given. */
  business(event: BusinessEvent, message?: string): void
  /**
   * What may be an attack: `kind`, `event`, `severity`, `source` and what else is given; `low` is written as info, `medium` as warn, `high` as
   * error, `critical` as fatal. Written whatever the level but `silent`, and never limited.
   */
  security(event: SecurityEvent, message?: string): void
  /**
   * Writes lines that all have the same message and fields, without the detours of the other methods: for what is written
   * for every request. Values come in the order of the names. The ids of the context are not added, nothing is redacted, nor limited.
   */
  lines(message: string, names: readonly string[]): LineWriter
  /** A logger whose lines carry `module`; that of a module itself has both names, `wallet.db`. */
  child(module: string): Logger
  /**
   * Read and set at any time. A child follows its parent until it is set itself, or a pattern of the registry matches it.
   * @throws RangeError for an unknown level.
   */
  get level(): string
  set level(level: string)
}

export type LineWriter = (level: Severity, values: readonly LineValue[]) => void

export interface RootLogger extends Logger {
  readonly stats: Readonly<LoggingStats>
  /** Events by kind. */
  readonly events: Readonly<EventStats>
  /** Lines that were over their limit. */
  readonly suppressed: Readonly<SuppressedStats>
  /** The levels of modules by name and pattern. */
  readonly levels: LevelRegistry
  /** Resolves when all lines so far have been handed over or lost. Waits for a stalled reader: give it a deadline. */
  flush(): Promise<void>
  /** Hands over what it can before it returns, to sinks that are a file or have a spool too: the process may end at once. */
  flushSync(): void
}

export interface LoggerOptions {
  readonly service?: string
  /** Default `info`. */
  readonly level?: string
  /** Of modules, by name or pattern: `{ 'wallet.*': 'debug' }`. */
  readonly levels?: Readonly<Record<string, string>>
  /** The names of a line's own fields. Default `plain`. */
  readonly preset?: Preset
  /** Default: none. */
  readonly limit?: LimitOptions
  /** Default standard output. A stream, or a `write` that answers with a promise, is not given more than it can take. */
  readonly destination?: Destination
  /** Where lines go besides: sinks, a tail. Whoever made them flushes and stops them. */
  readonly sinks?: readonly LineTap[]
  /** The time of lines, ms since the epoch. Default: the system's. */
  readonly now?: () => number
  /** Who a line belongs to. Its ids are spelt once and kept in it. */
  readonly context?: () => LineContext | undefined
  /** Fields of every line, asked for at each, of any names. A call's own fields override them, and those of the context. */
  readonly ids?: () => Readonly<Record<string, unknown>>
  /** Takes secrets out of every line. Default: one with its defaults. */
  readonly redactor?: Redactor
}

/** A logger of JSON lines: `time`, `level`, `service`, `module`, the ids, the call's fields without secrets, `msg`. */
export function createLogger(options: LoggerOptions = {}): RootLogger {
  return new Root(new Paper(options))
}

class Root extends Module implements RootLogger {
  readonly #paper: Paper
  readonly levels: LevelRegistry
  readonly events: Readonly<EventStats>

  constructor(paper: Paper) {
    super(paper, undefined)
    this.#paper = paper
    this.levels = paper.levels
    this.events = paper.events
  }

  override get level(): Level {
    return this.levels.root
  }

  override set level(level: string) {
    this.levels.set('*', level)
  }

  get stats(): Readonly<LoggingStats> {
    return this.#paper.destination.stats
  }

  get suppressed(): Readonly<SuppressedStats> {
    return this.#paper.suppressed
  }

  flush(): Promise<void> {
    this.#paper.tellSuppressed()
    return this.#paper.destination.flush()
  }

  flushSync(): void {
    this.#paper.tellSuppressed()
    this.#paper.destination.flushSync()
  }
}
