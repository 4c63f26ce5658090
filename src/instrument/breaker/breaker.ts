/** `isolated`: held open by hand. */
export type BreakerState = 'closed' | 'half-open' | 'open' | 'isolated'

export const BREAKER_STATES: readonly BreakerState[] = ['closed', 'half-open', 'open', 'isolated']

export type BreakerLibrary = 'opossum' | 'cockatiel' | 'own'

/** All circuit breakers of one name. */
export interface BreakerReading {
  readonly name: string
  readonly library: BreakerLibrary
  /** The worst of theirs. */
  readonly state: BreakerState
  /** How many there are of this name. */
  readonly breakers: number
  /** How often one of them has opened since it was found. */
  readonly opened: number
  /** When one of them was last seen to change, in ms since the epoch. */
  readonly changedAt: number | undefined
}

/** How a breaker is read, without holding it. */
export interface KnownBreaker {
  readonly library: BreakerLibrary
  /** Undefined: it has none of its own. */
  readonly name: string | undefined
  /** Undefined: it is gone, or shut down. */
  readonly state: () => BreakerState | undefined
  /** Tells of changes as they happen; absent: they are seen when it is read. */
  readonly listen?: (onChange: () => void) => void
}
