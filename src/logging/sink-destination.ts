import type { LoggingStats, SafeDestination } from './destination.ts'
import type { Severity } from './logger.ts'
import { SEVERITIES } from './shipping/severities.ts'
import type { LineSink } from './shipping/shipper.ts'

/** pino then sets `lastLevel` before it writes a line, and what else it knows of it. */
const WANTS_METADATA = Symbol.for('pino.metadata')
const INFO = 30

export function withSinks(destination: SafeDestination, sinks: readonly LineSink[]): SafeDestination {
  return sinks.length === 0 ? destination : new SinkDestination(destination, sinks)
}

/** Hands each line to its destination and to the sinks, which want to know how severe it is. */
class SinkDestination implements SafeDestination {
  readonly [WANTS_METADATA] = true
  /** As pino numbers levels. */
  lastLevel: number = INFO
  readonly #destination: SafeDestination
  readonly #sinks: readonly LineSink[]

  constructor(destination: SafeDestination, sinks: readonly LineSink[]) {
    this.#destination = destination
    this.#sinks = sinks
  }

  get stats(): Readonly<LoggingStats> {
    return this.#destination.stats
  }

  /** The objects of a call are not to be held until the next. */
  set lastObj(_: unknown) {}

  write(line: string, level: Severity = severityOf(this.lastLevel)): void {
    this.#destination.write(line)
    for (const sink of this.#sinks) sink.write(line, level)
  }

  /** pino wants it after a fatal line. */
  flushSync(): void {
    this.#destination.flushSync()
    for (const sink of this.#sinks) sink.flushSync()
  }

  flush(): Promise<void> {
    return this.#destination.flush()
  }
}

function severityOf(number: number): Severity {
  return SEVERITIES[number / 10 - 1] ?? 'info'
}
