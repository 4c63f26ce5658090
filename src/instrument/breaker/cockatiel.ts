import { BREAKER_STATES, type BreakerState, type KnownBreaker } from './breaker.ts'

interface CockatielBreaker {
  readonly state: unknown
  onStateChange(listener: () => void): unknown
}

/** By the numbers of its `CircuitState`. */
const STATES: readonly BreakerState[] = ['closed', 'open', 'half-open', 'isolated']

export function isCockatiel(breaker: object): breaker is CockatielBreaker {
  return 'execute' in breaker && 'state' in breaker && 'isolate' in breaker && 'onStateChange' in breaker
}

export function knowCockatiel(breaker: CockatielBreaker): KnownBreaker {
  const held = new WeakRef(breaker)
  return {
    library: 'cockatiel',
    name: undefined,
    state: () => stateOf(held.deref()),
    listen: (onChange) => void held.deref()?.onStateChange(onChange),
  }
}

function stateOf(breaker: CockatielBreaker | undefined): BreakerState | undefined {
  if (breaker === undefined) return undefined
  const state = STATES[Number(breaker.state)]
  if (state !== undefined) return state
  throw new TypeError(`cockatiel: the state ${String(breaker.state)} is none of ${BREAKER_STATES.join(', ')}`)
}
