import { ApiFault } from './fault.ts'
import type { ApiLimits } from './sources.ts'

/** How long a query waited, ms, and what lets the next one in. */
export interface Admitted {
  readonly waitedMs: number
  readonly leave: () => void
}

/** Lets so many queries in at once; the others wait in order. */
export class QueryGate {
  readonly #limits: () => Pick<ApiLimits, 'queryConcurrency' | 'waitingQueries'>
  readonly #waiting = new Set<() => void>()
  #inside = 0

  constructor(limits: () => Pick<ApiLimits, 'queryConcurrency' | 'waitingQueries'>) {
    this.#limits = limits
  }

  /** @throws ApiFault when the signal ends the wait, or too many wait. */
  async enter(signal: AbortSignal): Promise<Admitted> {
    const since = performance.now()
    const { queryConcurrency, waitingQueries } = this.#limits()
    if (this.#inside >= queryConcurrency) {
      if (this.#waiting.size >= waitingQueries) {
        throw new ApiFault('unavailable', `${waitingQueries} queries are waiting already`, 503)
      }
      await this.#turn(signal)
    }
    this.#inside++
    return { waitedMs: performance.now() - since, leave: () => this.#leave() }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(enter)
        signal.removeEventListener('abort', end)
      }
      const enter = (): void => {
        settle()
        resolve()
      }
      const end = (): void => {
        settle()
        const late = isTimeout(signal.reason)
        reject(
          late
            ? new ApiFault('timeout', 'query timed out in query queue')
            : new ApiFault('canceled', 'query was canceled in query queue'),
        )
      }
      this.#waiting.add(enter)
      signal.addEventListener('abort', end)
      if (signal.aborted) end()
    })
  }

  /** The place goes to the one that waits longest before anybody else can take it; to several when there are more places now. */
  #leave(): void {
    this.#inside--
    const free = Math.max(0, this.#limits().queryConcurrency - this.#inside)
    for (const next of [...this.#waiting].slice(0, free)) next()
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}

/** Aborts after so long, as the engine knows it, or with the outer signal. To be cleared. */
export function deadline(ms: number, outer: AbortSignal): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController()
  const timer = setTimeout(
    () => controller.abort(new DOMException('too late', 'TimeoutError')),
    Math.min(ms, 2 ** 31 - 1),
  )
  const gone = (): void => controller.abort()
  outer.addEventListener('abort', gone)
  if (outer.aborted) gone()
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer)
      outer.removeEventListener('abort', gone)
    },
  }
}
