import { HeavyHitters } from '../heavy-hitters.ts'

export type SecuritySignal = 'authFailures' | 'invalidSignatures' | 'rateLimitHits'

export interface SourceBookOptions {
  /** Default 2 000 a window. Beyond it a new source takes the place of the one with the fewest signals. */
  readonly maxSources?: number | undefined
  /** Default a minute: counts are of the window under way and the one before. */
  readonly windowMs?: number | undefined
}

/** What came from one source in the last one to two windows. */
export interface SourceStats extends Readonly<Record<SecuritySignal, number>> {
  readonly source: string
  /** All signals together. */
  readonly signals: number
  /** Of the first and the last of them, in ms since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
  /** The most that it can have given unnoticed, while there was no room for it: 0 as long as nobody was evicted. */
  readonly untrackedAtMost: number
}

export interface SourceBookCounts {
  readonly sources: number
  /** Sources that had to make room, since the start. */
  readonly evicted: number
  /** Signals whose source was empty or longer than 128 characters. */
  readonly refusedSources: number
}

interface Tally extends Record<SecuritySignal, number> {
  firstAt: number
  lastAt: number
}

const MAX_SOURCE_LENGTH = 128

/** Who fails to authenticate, signs wrongly or runs into limits: the sources with the most signals of late, in bounded memory. */
export class SourceBook {
  readonly #maxSources: number
  readonly #windowMs: number
  #current: HeavyHitters<Tally>
  #previous: HeavyHitters<Tally>
  #endsAt = -Infinity
  #evicted = 0
  #refusedSources = 0

  constructor({ maxSources = 2000, windowMs = 60_000 }: SourceBookOptions = {}) {
    if (!(Number.isInteger(maxSources) && maxSources > 0)) {
      throw new RangeError(`maxSources ${maxSources} must be a whole number > 0`)
    }
    if (!(windowMs > 0 && windowMs < Infinity)) throw new RangeError(`windowMs ${windowMs} must be a finite number > 0`)
    this.#maxSources = maxSources
    this.#windowMs = windowMs
    this.#current = this.#empty()
    this.#previous = this.#empty()
  }

  get stats(): SourceBookCounts {
    const evicted = this.#evicted + this.#current.evicted + this.#previous.evicted
    return { sources: this.#sources().size, evicted, refusedSources: this.#refusedSources }
  }

  /** @param at in ms since the epoch. @throws RangeError unless that is a finite number. */
  record(signal: SecuritySignal, source: string, at: number): void {
    this.#turn(at)
    if (source === '' || source.length > MAX_SOURCE_LENGTH) {
      this.#refusedSources++
      return
    }
    const tally = this.#current.add(source, 1)
    tally[signal]++
    tally.firstAt = Math.min(tally.firstAt, at)
    tally.lastAt = Math.max(tally.lastAt, at)
  }

  /** Undefined: no signal of late, or no room. */
  get(source: string, at: number): SourceStats | undefined {
    this.#turn(at)
    return this.#describe(source)
  }

  /** The `n` sources with the most signals as of `at`. */
  top(n: number, at: number): readonly SourceStats[] {
    if (!(Number.isInteger(n) && n >= 0)) throw new RangeError(`top: ${n} must be a whole number >= 0`)
    this.#turn(at)
    return Array.from(this.#sources(), (source) => this.#describe(source) ?? [])
      .flat()
      .sort((a, b) => b.signals - a.signals || b.lastAt - a.lastAt)
      .slice(0, n)
  }

  #turn(at: number): void {
    if (!Number.isFinite(at)) throw new RangeError(`at: ${at} must be milliseconds since the epoch`)
    const sinceEnd = at - this.#endsAt
    // A clock that was set back by more than the windows starts them anew.
    if (sinceEnd < 0 && sinceEnd >= -2 * this.#windowMs) return
    this.#evicted += this.#previous.evicted
    if (sinceEnd >= 0 && sinceEnd < this.#windowMs) {
      this.#previous = this.#current
    } else {
      this.#evicted += this.#current.evicted
      this.#previous = this.#empty()
    }
    this.#current = this.#empty()
    this.#endsAt = (Math.floor(at / this.#windowMs) + 1) * this.#windowMs
  }

  #windows(): readonly HeavyHitters<Tally>[] {
    return [this.#previous, this.#current]
  }

  #sources(): ReadonlySet<string> {
    return new Set(this.#windows().flatMap((window) => Array.from(window.values(), ({ key }) => key)))
  }

  #describe(source: string): SourceStats | undefined {
    const tallies = this.#windows().flatMap((window) => window.get(source)?.value ?? [])
    if (tallies.length === 0) return undefined
    const sum = (signal: SecuritySignal): number => tallies.reduce((total, tally) => total + tally[signal], 0)
    const authFailures = sum('authFailures')
    const invalidSignatures = sum('invalidSignatures')
    const rateLimitHits = sum('rateLimitHits')
    return {
      source,
      authFailures,
      invalidSignatures,
      rateLimitHits,
      signals: authFailures + invalidSignatures + rateLimitHits,
      firstAt: Math.min(...tallies.map(({ firstAt }) => firstAt)),
      lastAt: Math.max(...tallies.map(({ lastAt }) => lastAt)),
      untrackedAtMost: this.#windows().reduce((most, window) => most + (window.get(source)?.error ?? window.missed), 0),
    }
  }

  #empty(): HeavyHitters<Tally> {
    return new HeavyHitters(this.#maxSources, () => ({
      authFailures: 0,
      invalidSignatures: 0,
      rateLimitHits: 0,
      firstAt: Infinity,
      lastAt: -Infinity,
    }))
  }
}
