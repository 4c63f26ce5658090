import type { BreakerState, KnownBreaker } from './breaker.ts'

interface OpossumBreaker {
  readonly name?: unknown
  readonly opened: boolean
  readonly halfOpen: boolean
  readonly isShutdown: boolean
  on(event: string, listener: () => void): unknown
}

export function isOpossum(breaker: object): breaker is OpossumBreaker {
  return 'fire' in breaker && 'opened' in breaker && 'halfOpen' in breaker && 'isShutdown' in breaker && 'on' in breaker
}

export function knowOpossum(breaker: OpossumBreaker): KnownBreaker {
  const held = new WeakRef(breaker)
  return {
    library: 'opossum',
    name: typeof breaker.name === 'string' && breaker.name !== '' ? breaker.name : undefined,
    state: () => stateOf(held.deref()),
    listen: (onChange) => {
      for (const event of ['open', 'halfOpen', 'close']) held.deref()?.on(event, onChange)
    },
  }
}

function stateOf(breaker: OpossumBreaker | undefined): BreakerState | undefined {
  if (breaker === undefined || breaker.isShutdown) return undefined
  if (breaker.opened) return 'open'
  return breaker.halfOpen ? 'half-open' : 'closed'
}
