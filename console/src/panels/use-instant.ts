import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import type { InstantSeries } from 'boxman/charts'
import { useMemo } from 'preact/hooks'
import { isAbort, reasonOf } from '../data/ask.ts'
import { fillIn, type FrameQuery } from '../data/frames.ts'
import { listen } from '../data/live.ts'
import { instant, numberOf } from '../data/prometheus.ts'
import { stepFor } from '../data/step.ts'
import { wantedBy } from '../parts/visible.ts'
import { isLive, range, windowOf } from '../state/time-range.ts'

export interface InstantState {
  /** By query, in the order in which they were asked. */
  readonly answers: readonly (readonly InstantSeries[])[]
  readonly errors: readonly string[]
  readonly isFirst: boolean
}

/** What the queries come to at the end of the page's time range, each second anew while it is live. */
export function useInstant(
  queries: readonly FrameQuery[],
  isVisible: ReadonlySignal<boolean>,
): ReadonlySignal<InstantState> {
  const state = useSignal<InstantState>({ answers: [], errors: [], isFirst: true })
  const isWanted = useMemo(() => wantedBy(isVisible, () => state.value.isFirst), [isVisible, state])
  useSignalEffect(() => {
    if (!isWanted.value) return undefined
    const [asked, live] = [range.value, isLive.value]
    const exprs = queries.map(({ expr }) => fillIn(expr, stepFor(asked.spanMs)))
    const abort = new AbortController()
    let isTold = false
    void load(exprs, windowOf(asked).to, abort.signal).then((loaded) => {
      // A tick that came before it is the newer one.
      if (!abort.signal.aborted && !isTold) state.value = loaded
    })
    const leave = live
      ? listen(exprs, ({ results }) => {
          const all = exprs.map((expr) => results[expr])
          if (all.some((result) => result === undefined)) return
          isTold = true
          state.value = {
            answers: all.map((result) =>
              result !== undefined && 'series' in result
                ? result.series.map(({ labels, value = null }) => ({ labels, value }))
                : [],
            ),
            errors: all.flatMap((result) => (result !== undefined && 'error' in result ? [result.error] : [])),
            isFirst: false,
          }
        })
      : undefined
    return () => {
      abort.abort()
      leave?.()
    }
  })
  return state
}

async function load(exprs: readonly string[], at: number, abort: AbortSignal): Promise<InstantState> {
  const errors: string[] = []
  const answers = await Promise.all(
    exprs.map(async (expr): Promise<readonly InstantSeries[]> => {
      try {
        const { data } = await instant(expr, at, abort)
        if (data.resultType === 'scalar') return [{ labels: {}, value: numberOf(data.result[1]) }]
        if (data.resultType !== 'vector') return []
        return data.result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value?.[1] ?? 'NaN') }))
      } catch (error) {
        if (!isAbort(error)) errors.push(reasonOf(error))
        return []
      }
    }),
  )
  return { answers, errors, isFirst: false }
}
