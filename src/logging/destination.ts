import type { Severity } from './logger.ts'
import { type StdoutLines, stdoutLines } from './stdout.ts'

/** Where lines go. `write` may also return a promise, or be that of a stream. */
export interface Destination {
  write(line: string): unknown
}

/** Counts of lines. */
export interface LoggingStats {
  written: number
  /** Refused by the destination: it threw, rejected or answered with an error. */
  failed: number
  /** Not handed over, because the destination is too far behind. */
  dropped: number
}

/** A destination that never throws, holds a bounded amount and counts what is lost. */
export interface SafeDestination {
  readonly stats: Readonly<LoggingStats>
  write(line: string, level?: Severity): void
  /** Resolves when all that was written before has been handed over or lost. */
  flush(): Promise<void>
  /** Hands over what it can before it returns: the process may end at once. */
  flushSync(): void
}

/** What a stalled stream may hold before lines are dropped, in the unit of its `writableLength`. */
const MAX_STREAM_BUFFER = 4 * 1024 * 1024
const MAX_PENDING_WRITES = 1000

export function safeDestination(destination?: Destination): SafeDestination {
  return destination === undefined ? standardOutput() : new Guarded(destination)
}

let shared: StdoutLines | undefined

/** One for the whole process: two queues on one descriptor would interleave. */
function standardOutput(): StdoutLines {
  shared ??= stdoutLines(1)
  return shared
}

/** Stands between the logger and somebody's destination. */
class Guarded implements SafeDestination {
  readonly stats: LoggingStats = { written: 0, failed: 0, dropped: 0 }
  readonly #destination: Destination
  readonly #pending = new Set<Promise<void>>()

  constructor(destination: Destination) {
    this.#destination = destination
    // A stream reports its failures as an event that kills the process when nobody listens.
    if (isStream(destination)) destination.on('error', () => this.stats.failed++)
  }

  write(line: string): void {
    const held = isStream(this.#destination) ? this.#destination.writableLength : 0
    if (held > MAX_STREAM_BUFFER || this.#pending.size >= MAX_PENDING_WRITES) {
      this.stats.dropped++
      return
    }
    try {
      const outcome = this.#destination.write(line)
      if (outcome instanceof Promise) this.#follow(outcome)
      else this.stats.written++
    } catch {
      this.stats.failed++
    }
  }

  #follow(outcome: Promise<unknown>): void {
    const settled = outcome.then(
      () => {
        this.stats.written++
        this.#pending.delete(settled)
      },
      () => {
        this.stats.failed++
        this.#pending.delete(settled)
      },
    )
    this.#pending.add(settled)
  }

  async flush(): Promise<void> {
    await Promise.all(this.#pending)
  }

  flushSync(): void {
    const destination = this.#destination
    if (!('flushSync' in destination) || typeof destination.flushSync !== 'function') return
    try {
      destination.flushSync()
    } catch {
      this.stats.failed++
    }
  }
}

interface StreamLike extends Destination {
  readonly writableLength: number
  on(event: 'error', listener: () => void): unknown
}

function isStream(destination: Destination): destination is StreamLike {
  return 'writableLength' in destination && 'on' in destination && typeof destination.on === 'function'
}
