import { effect, type ReadonlySignal, useSignal } from '@preact/signals'
import { useCallback, useEffect, useRef } from 'preact/hooks'
import { isLive } from '../state/time-range.ts'
import { askJson, isAbort, reasonOf } from './ask.ts'
import { listen } from './live.ts'

export interface Answered<T> {
  /** The last one that came, whatever went wrong since. */
  readonly value: T | undefined
  /** Why the last attempt brought none. */
  readonly error: string | undefined
}

interface Freshness {
  /** Whose changes are a reason to ask again at once. */
  readonly topic?: string
  /** Asked again in any case, while the page is live. */
  readonly everyMs?: number
}

export interface Answer<T> {
  readonly state: ReadonlySignal<Answered<T>>
  readonly reload: () => void
}

const USUALLY_MS = 5000
/** After a failure. */
const AGAIN_MS = 5000

/** What the service answers, kept up to date while the page is live. @param key another one asks anew, keeping what is shown */
export function useAnswer<T>(
  key: string,
  load: (abort: AbortSignal) => Promise<T>,
  { topic, everyMs = USUALLY_MS }: Freshness = {},
): Answer<T> {
  const state = useSignal<Answered<T>>({ value: undefined, error: undefined })
  const asked = useRef(load)
  asked.current = load
  const again = useRef<() => void>(() => undefined)
  useEffect(() => {
    const abort = new AbortController()
    let latest = 0
    let isBusy = false
    let hasFailed = false
    let lastAt: number | undefined
    let version: number | string | undefined
    const run = async (): Promise<void> => {
      const own = ++latest
      // Of two under way the one that was asked later is the newer, whichever comes first.
      const isLatest = (): boolean => own === latest && !abort.signal.aborted
      isBusy = true
      try {
        const value = await asked.current(abort.signal)
        if (!isLatest()) return
        hasFailed = false
        state.value = { value, error: undefined }
      } catch (error) {
        if (!isLatest() || isAbort(error)) return
        hasFailed = true
        state.value = { ...state.peek(), error: reasonOf(error) }
      } finally {
        if (own === latest) isBusy = false
      }
    }
    again.current = () => void run()
    void run()
    const stop = effect(() => {
      if (!isLive.value) return undefined
      return listen([], ({ at, changed }) => {
        if (isBusy) return
        const now = topic === undefined ? undefined : changed[topic]
        const isNew = version !== undefined && now !== version
        version = now
        lastAt ??= at
        if (!isNew && at - lastAt < (hasFailed ? Math.min(everyMs, AGAIN_MS) : everyMs)) return
        lastAt = at
        void run()
      })
    })
    return () => {
      stop()
      abort.abort()
    }
  }, [key, topic, everyMs])
  return { state, reload: useCallback(() => again.current(), []) }
}

export function useJson<T>(path: string, freshness: Freshness = {}): Answer<T> {
  return useAnswer(path, (signal) => askJson<T>(path, { signal }), freshness)
}
