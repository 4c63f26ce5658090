import { type ReadonlySignal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { isAbort, reasonOf } from '../../data/ask.ts'
import { listen } from '../../data/live.ts'
import { isLive, range, windowOf, type Window } from '../../state/time-range.ts'
import { runs } from './session.ts'

export interface Asking<T> {
  /** The newest that came; it stays until there is something newer. */
  readonly data: T | undefined
  readonly error: string | undefined
}

/**
 * Asked for the page's time range, again when `key`, the range or a run asks for it, and while live every so often.
 * What was asked before is given up.
 */
export function useAsked<T>(
  key: string,
  everyMs: number,
  load: (window: Window, signal: AbortSignal) => Promise<T>,
): ReadonlySignal<Asking<T>> {
  const state = useSignal<Asking<T>>({ data: undefined, error: undefined })
  const { from, to } = range.value
  const [live, run] = [isLive.value, runs.value]
  useEffect(() => {
    const abort = new AbortController()
    let [isBusy, last] = [false, Date.now()]
    const ask = async (): Promise<void> => {
      isBusy = true
      try {
        const data = await load(windowOf(range.peek()), abort.signal)
        if (!abort.signal.aborted) state.value = { data, error: undefined }
      } catch (error) {
        if (!abort.signal.aborted && !isAbort(error)) state.value = { ...state.peek(), error: reasonOf(error) }
      } finally {
        isBusy = false
      }
    }
    void ask()
    const leave = live
      ? listen([], () => {
          if (isBusy || Date.now() - last < everyMs - 100) return
          last = Date.now()
          void ask()
        })
      : undefined
    return () => {
      abort.abort()
      leave?.()
    }
  }, [key, from, to, live, run, everyMs])
  return state
}
