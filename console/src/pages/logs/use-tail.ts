import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from '@preact/signals'
import { isAbort, reasonOf } from '../../data/ask.ts'
import { listen } from '../../data/live.ts'
import { isLive, range, windowOf } from '../../state/time-range.ts'
import { firstLines, type LogFilter, nextLines } from './ask-logs.ts'
import { begun, continued, MOST_LINES, NO_LINES, type TailLines } from './tail-lines.ts'

export interface TailState {
  readonly tail: TailLines
  readonly error: string | undefined
  readonly isFirst: boolean
}

/** The lines of the page's range, and each that comes while it is live. A reader who has scrolled away loses none of what is read. */
export function useTail(filter: ReadonlySignal<LogFilter>, isAtEnd: ReadonlySignal<boolean>): Signal<TailState> {
  const state = useSignal<TailState>({ tail: NO_LINES, error: undefined, isFirst: true })
  useSignalEffect(() => {
    const [asked, wanted, live] = [range.value, filter.value, isLive.value]
    const abort = new AbortController()
    let version: number | string | undefined
    let isBusy = true
    let cursor = ''
    const load = async (): Promise<void> => {
      try {
        const tail = begun(await firstLines(wanted, windowOf(asked), abort.signal))
        cursor = tail.cursor
        state.value = { tail, error: undefined, isFirst: false }
      } catch (error) {
        if (!isAbort(error)) state.value = { ...state.peek(), error: reasonOf(error), isFirst: false }
      } finally {
        isBusy = false
      }
    }
    const goOn = async (): Promise<void> => {
      isBusy = true
      try {
        for (let isMore = true; isMore;) {
          const answer = await nextLines(wanted, cursor, abort.signal)
          isMore = answer.more === true
          cursor = answer.cursor
          state.value = { tail: continued(state.peek().tail, answer), error: undefined, isFirst: false }
        }
      } catch (error) {
        version = undefined
        if (!isAbort(error)) state.value = { ...state.peek(), error: reasonOf(error) }
      } finally {
        isBusy = false
      }
    }
    void load()
    const leave = live
      ? listen([], ({ changed }) => {
          const now = changed['logs']
          const isFull = state.peek().tail.lines.length >= MOST_LINES && !isAtEnd.peek()
          if (isBusy || now === version || isFull) return
          version = now
          void (cursor === '' ? load() : goOn())
        })
      : undefined
    return () => {
      abort.abort()
      leave?.()
    }
  })
  return state
}
