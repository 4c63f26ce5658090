import type { LoggingStats, SafeDestination } from './destination.ts'
import type { Severity } from './levels.ts'

/** Whoever is handed each line besides its destination. Never throws. */
export interface LineTap {
  write(line: string, level: Severity): void
  /** Hands over what it can before it returns: the process may end at once. */
  flushSync?(): void
}

export function withTaps(destination: SafeDestination, taps: readonly LineTap[]): SafeDestination {
  return taps.length === 0 ? destination : new TappedDestination(destination, taps)
}

/** Hands each line to its destination and to others, which want to know how severe it is. */
class TappedDestination implements SafeDestination {
  readonly #destination: SafeDestination
  readonly #taps: readonly LineTap[]

  constructor(destination: SafeDestination, taps: readonly LineTap[]) {
    this.#destination = destination
    this.#taps = taps
  }

  get stats(): Readonly<LoggingStats> {
    return this.#destination.stats
  }

  write(line: string, level: Severity): void {
    this.#destination.write(line, level)
    for (const tap of this.#taps) tap.write(line, level)
  }

  flushSync(): void {
    this.#destination.flushSync()
    for (const tap of this.#taps) tap.flushSync?.()
  }

  flush(): Promise<void> {
    return this.#destination.flush()
  }
}
