import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { askJson, isAbort, reasonOf } from '../../data/ask.ts'
import { listen } from '../../data/live.ts'
import type { Labels } from '../../data/series.ts'
import { wantedBy } from '../../parts/visible.ts'

export interface ActiveAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly state: 'pending' | 'firing'
  /** ISO 8601. */
  readonly activeAt: string
}

export interface AlertsState {
  /** The firing ones first, the worst of them before the others. */
  readonly alerts: readonly ActiveAlert[]
  readonly error: string | undefined
  readonly isFirst: boolean
}

/** After a failure. */
const AGAIN_MS = 5000
const SEVERITIES = ['critical', 'warning']

/** Lower is worse. */
export function rankOf({ state, labels }: ActiveAlert): number {
  const severity = SEVERITIES.indexOf(labels['severity'] ?? '')
  return (state === 'firing' ? 0 : 10) + (severity < 0 ? SEVERITIES.length : severity)
}

/** The alerts that are active, asked again whenever one changes. */
export function useAlerts(isVisible: ReadonlySignal<boolean>): ReadonlySignal<AlertsState> {
  const state = useSignal<AlertsState>({ alerts: [], error: undefined, isFirst: true })
  const isWanted = useMemo(() => wantedBy(isVisible, () => state.value.isFirst), [isVisible, state])
  useSignalEffect(() => {
    if (!isWanted.value) return undefined
    let abort = new AbortController()
    let version: number | string | undefined
    let [lastAt, retryAt] = [0, Infinity]
    const load = (): void => {
      abort.abort()
      abort = new AbortController()
      retryAt = Infinity
      interface Answer {
        readonly data: { readonly alerts: readonly ActiveAlert[] }
      }
      askJson<Answer>('api/v1/alerts', { signal: abort.signal }).then(
        ({ data }) => {
          const alerts = data.alerts.toSorted((a, b) => rankOf(a) - rankOf(b))
          state.value = { alerts, error: undefined, isFirst: false }
        },
        (error: unknown) => {
          if (isAbort(error)) return
          retryAt = lastAt + AGAIN_MS
          state.value = { ...state.peek(), error: reasonOf(error), isFirst: false }
        },
      )
    }
    load()
    const leave = listen([], ({ at, changed }) => {
      const now = changed['alerts']
      lastAt = at
      // What changed before the first tick may be newer than the first answer.
      if (now !== version || at >= retryAt) load()
      version = now
    })
    return () => {
      abort.abort()
      leave()
    }
  })
  return state
}
