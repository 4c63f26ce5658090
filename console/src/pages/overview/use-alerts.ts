import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import { askJson, isAbort, reasonOf } from '../../data/ask.ts'
import { listen } from '../../data/live.ts'
import type { Labels } from '../../data/series.ts'

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

const SEVERITIES = ['critical', 'warning']

/** Lower is worse. */
export function rankOf({ state, labels }: ActiveAlert): number {
  const severity = SEVERITIES.indexOf(labels['severity'] ?? '')
  return (state === 'firing' ? 0 : 10) + (severity < 0 ? SEVERITIES.length : severity)
}

/** The alerts that are active, asked again whenever one changes. */
export function useAlerts(isVisible: ReadonlySignal<boolean>): ReadonlySignal<AlertsState> {
  const state = useSignal<AlertsState>({ alerts: [], error: undefined, isFirst: true })
  useSignalEffect(() => {
    if (!isVisible.value) return undefined
    const abort = new AbortController()
    const load = (): void => {
      interface Answer {
        readonly data: { readonly alerts: readonly ActiveAlert[] }
      }
      askJson<Answer>('api/v1/alerts', { signal: abort.signal }).then(
        ({ data }) => {
          const alerts = data.alerts.toSorted((a, b) => rankOf(a) - rankOf(b))
          state.value = { alerts, error: undefined, isFirst: false }
        },
        (error: unknown) => {
          if (!isAbort(error)) state.value = { ...state.peek(), error: reasonOf(error), isFirst: false }
        },
      )
    }
    load()
    let version: number | string | undefined
    const leave = listen([], ({ changed }) => {
      if (version !== undefined && version !== changed['alerts']) load()
      version = changed['alerts']
    })
    return () => {
      abort.abort()
      leave()
    }
  })
  return state
}
