import type { ErrorCategory, ErrorSeverity } from './kinds.ts'
import type { Cause } from './thrown.ts'

/** Whose work failed. */
export interface ErrorContext {
  readonly traceId?: string | undefined
  readonly correlationId?: string | undefined
  /** A pattern, such as `/tables/:id`. */
  readonly route?: string | undefined
}

/** The same error, however often it happened; what differs is of the last time. */
export interface ErrorGroup extends ErrorContext {
  readonly fingerprint: string
  /** '' of what was only described. */
  readonly name: string
  /** Such as `ECONNREFUSED`; '' without one. */
  readonly code: string
  readonly message: string
  readonly category: ErrorCategory
  readonly severity: ErrorSeverity
  readonly count: number
  /** In ms since the epoch. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** '' without one. */
  readonly stack: string
  readonly causes: readonly Cause[]
}

export type ErrorSighting = Omit<ErrorGroup, 'count' | 'firstSeen' | 'lastSeen'> & { readonly at: number }

/** Groups of errors; the one that was not seen for the longest time goes first. */
export class ErrorGroups {
  /** Groups that went. */
  evicted = 0
  readonly #max: number
  /** The latest last. */
  readonly #groups = new Map<string, ErrorGroup>()

  constructor(max: number) {
    this.#max = max
  }

  see({ at, ...sighting }: ErrorSighting): void {
    const { fingerprint } = sighting
    const known = this.#groups.get(fingerprint)
    this.#groups.delete(fingerprint)
    this.#groups.set(fingerprint, {
      ...sighting,
      // The last one that is known: an error outside of requests does not make it forgotten.
      traceId: sighting.traceId ?? known?.traceId,
      correlationId: sighting.correlationId ?? known?.correlationId,
      route: sighting.route ?? known?.route,
      count: (known?.count ?? 0) + 1,
      firstSeen: Math.min(known?.firstSeen ?? at, at),
      lastSeen: Math.max(known?.lastSeen ?? at, at),
    })
    if (this.#groups.size <= this.#max) return
    for (const oldest of this.#groups.keys()) {
      this.#groups.delete(oldest)
      this.evicted++
      break
    }
  }

  get(fingerprint: string): ErrorGroup | undefined {
    return this.#groups.get(fingerprint)
  }

  /** The latest first. */
  all(): readonly ErrorGroup[] {
    return [...this.#groups.values()].toReversed()
  }
}
