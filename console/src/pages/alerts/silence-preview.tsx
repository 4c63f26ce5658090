import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { askJson, isAbort, reasonOf } from '../../data/ask.ts'
import type { Labels } from '../../data/series.ts'
import { Badge } from '../../parts/states.tsx'
import type { SilenceMatcher } from './api.ts'
import { LabelList } from './words.tsx'

interface Preview {
  readonly total: number
  readonly alerts: readonly {
    readonly fingerprint: string
    readonly labels: Labels
    readonly state: string
    readonly isMutedAlready: boolean
  }[]
  readonly rulesTotal: number
  readonly rules: readonly { readonly group: string; readonly rule: string; readonly mutes: 'all' | 'some' }[]
}

/** Typing is not to ask at each key. */
const WAIT_MS = 250
const MOST_SHOWN = 8

/** What it would mute, now and later. */
export function SilencePreview({ matchers }: { readonly matchers: readonly SilenceMatcher[] }): JSX.Element {
  const state = useSignal<{ readonly preview?: Preview; readonly error?: string }>({})
  const key = JSON.stringify(matchers)
  useEffect(() => {
    if (matchers.length === 0) {
      state.value = {}
      return undefined
    }
    const abort = new AbortController()
    const timer = setTimeout(() => {
      const asked = { method: 'POST', body: { matchers }, signal: abort.signal } as const
      askJson<Preview>('api/alerting/silence-preview', asked).then(
        (preview) => {
          state.value = { preview }
        },
        (error: unknown) => {
          if (!isAbort(error)) state.value = { error: reasonOf(error) }
        },
      )
    }, WAIT_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [key])
  const { preview, error } = state.value
  return (
    <section class="preview" aria-label="What it mutes" aria-live="polite">
      <h3>What it mutes</h3>
      {error !== undefined && <p class="failure">{error}</p>}
      {preview === undefined ? (
        error === undefined && <p class="muted">Say which labels.</p>
      ) : (
        <>
          <p>
            {preview.total === 0
              ? 'No alert that is there now'
              : `${preview.total} ${preview.total === 1 ? 'alert' : 'alerts'} now`}
            {rulesText(preview)}.
          </p>
          <ul class="told">
            {preview.alerts.slice(0, MOST_SHOWN).map(({ fingerprint, labels, state: is, isMutedAlready }) => (
              <li key={fingerprint}>
                <Badge tone="neutral">{isMutedAlready ? `${is}, muted already` : is}</Badge>{' '}
                <LabelList labels={labels} />
              </li>
            ))}
            {preview.total > MOST_SHOWN && <li>and {preview.total - MOST_SHOWN} more</li>}
          </ul>
        </>
      )}
    </section>
  )
}

/** Rules that are muted for certain by name; of others it depends on what their series say. */
function rulesText({ rules }: Preview): string {
  const certain = rules.filter(({ mutes }) => mutes === 'all').map(({ rule }) => rule)
  const others = rules.length - certain.length
  const more = certain.length > MOST_SHOWN ? ` and ${certain.length - MOST_SHOWN} more` : ''
  const all = certain.length === 0 ? '' : `; all that ${certain.slice(0, MOST_SHOWN).join(', ')}${more} can give`
  const some = others === 0 ? '' : `; of ${others} other ${others === 1 ? 'rule' : 'rules'} what has these labels`
  return `${all}${some}`
}
