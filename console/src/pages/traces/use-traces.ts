import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from '@preact/signals'
import { isAbort, reasonOf } from '../../data/ask.ts'
import { listen } from '../../data/live.ts'
import { isLive, range, windowOf } from '../../state/time-range.ts'
import { type FoundTraces, searchQuery, searchTraces, type TraceFilter } from './ask-traces.ts'

export interface TracesState {
  readonly found: FoundTraces | undefined
  /** What would be shown now; undefined: the same. */
  readonly waiting: FoundTraces | undefined
  readonly error: string | undefined
}

const LEAST_PAUSE_MS = 1500
/** Of its time, what the service is to spend on this list. */
const SHARE = 0.1
const MOST_PAUSE_MS = 5000

/**
 * The traces of the page's range, anew when there are others. While `isHeld` the list stays as it is, and what has come waits.
 */
export function useTraces(
  filter: ReadonlySignal<TraceFilter>,
  limit: ReadonlySignal<number>,
  isHeld: ReadonlySignal<boolean>,
): Signal<TracesState> {
  const state = useSignal<TracesState>({ found: undefined, waiting: undefined, error: undefined })
  useSignalEffect(() => {
    const [asked, wanted, most, live] = [range.value, filter.value, limit.value, isLive.value]
    const abort = new AbortController()
    let version: number | string | undefined
    let isBusy = false
    let nextAt = 0
    const load = async (isFirst: boolean): Promise<void> => {
      isBusy = true
      const begun = performance.now()
      try {
        const found = await searchTraces(searchQuery(wanted, windowOf(asked), most), abort.signal)
        const old = state.peek().found
        const holds = !isFirst && isHeld.peek() && old !== undefined
        state.value = holds
          ? { found: old, waiting: found, error: undefined }
          : { found, waiting: undefined, error: undefined }
      } catch (error) {
        if (!isAbort(error)) state.value = { ...state.peek(), error: reasonOf(error) }
      } finally {
        isBusy = false
        const now = performance.now()
        nextAt = now + Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, (now - begun) / SHARE))
      }
    }
    void load(true)
    const leave = live
      ? listen([], ({ changed }) => {
          const now = changed['traces']
          if (isBusy || now === version || performance.now() < nextAt) return
          version = now
          void load(false)
        })
      : undefined
    return () => {
      abort.abort()
      leave?.()
    }
  })
  return state
}

/** Of what waits, the ones that are not shown. */
export function newOnes({ found, waiting }: TracesState): number {
  const known = new Set(found?.traces.map(({ traceId }) => traceId))
  return waiting?.traces.filter(({ traceId }) => !known.has(traceId)).length ?? 0
}
