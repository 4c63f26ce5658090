import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { askJson, isAbort, reasonOf } from '../../data/ask.ts'
import { formatMoment } from '../../format/number.ts'
import { Card } from '../../parts/card.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import { range, windowOf } from '../../state/time-range.ts'
import { Field, lengthOf } from './words.tsx'

interface Draft {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly severity: string
}

interface Firing {
  readonly labels: Readonly<Record<string, string>>
  readonly activeAt: string
  readonly from: string
  readonly to: string | null
}

interface Tested {
  readonly told: string
  readonly yaml: string
  readonly from: string
  readonly to: string
  readonly rules: readonly {
    readonly firings: readonly Firing[]
    readonly missing: readonly string[]
    readonly firstFailure: string | null
    readonly failures: number
    readonly evaluations: number
  }[]
}

const NEW: Draft = { alert: 'NewAlert', expr: '', for: '5m', severity: 'warning' }
/** Short ranges are looked at more often. */
const FINE_MS = 3_600_000

/** How often a rule would have fired in the page's time range, before it is saved anywhere. */
export function Backtest(): JSX.Element {
  const draft = draftOf(param('try'))
  const state = useSignal<{ readonly tested?: Tested; readonly error?: string; readonly isBusy?: boolean }>({})
  const abort = useRef<AbortController | undefined>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const change = (changes: Partial<Draft>): void => setParams({ try: JSON.stringify({ ...draft, ...changes }) })
  const run = async (event: Event): Promise<void> => {
    event.preventDefault()
    abort.current?.abort()
    abort.current = new AbortController()
    const { signal } = abort.current
    state.value = { ...state.peek(), isBusy: true }
    const { from, to } = windowOf(range.peek())
    const { severity, ...fields } = draft
    const rule = { ...fields, ...(severity === '' ? {} : { labels: { severity } }) }
    const interval = to - from <= FINE_MS ? '15s' : '1m'
    try {
      const body = { rule, from: from / 1000, to: to / 1000, interval }
      state.value = { tested: await askJson<Tested>('api/alerting/backtest', { method: 'POST', body, signal }) }
    } catch (error) {
      if (!isAbort(error)) state.value = { error: reasonOf(error) }
    }
  }
  const { tested, error, isBusy = false } = state.value
  return (
    <Card title="Try a rule over the past">
      <form class="backtest-form" aria-label="The rule to try" onSubmit={(event) => void run(event)}>
        <Field label="Name">
          <input required value={draft.alert} onInput={({ currentTarget }) => change({ alert: currentTarget.value })} />
        </Field>
        <Field label="For">
          <input value={draft.for} onInput={({ currentTarget }) => change({ for: currentTarget.value })} />
        </Field>
        <Field label="Severity">
          <input value={draft.severity} onInput={({ currentTarget }) => change({ severity: currentTarget.value })} />
        </Field>
        <div class="wide">
          <Field label="Expression">
            <textarea
              required
              rows={2}
              spellcheck={false}
              class="mono"
              value={draft.expr}
              onInput={({ currentTarget }) => change({ expr: currentTarget.value })}
            />
          </Field>
        </div>
        <div class="buttons wide">
          <button type="submit" class="primary" disabled={isBusy}>
            Try
          </button>
          <span class="muted">over the time range of the page</span>
        </div>
      </form>
      <div role="status">
        {isBusy && <Loading height={40} />}
        {error !== undefined && <Failure>{error}</Failure>}
        {tested !== undefined && !isBusy && <Result tested={tested} />}
      </div>
    </Card>
  )
}

function Result({ tested }: { readonly tested: Tested }): JSX.Element {
  const [from, to] = [Date.parse(tested.from), Date.parse(tested.to)]
  const rules = tested.rules
  return (
    <div class="backtest-result">
      <p class="backtest-told">{tested.told}</p>
      {rules
        .flatMap(({ missing }) => missing)
        .map((name) => (
          <p key={name} class="note">
            The history has nothing of <code>{name}</code> in this time.
          </p>
        ))}
      {rules.map(
        ({ failures, evaluations, firstFailure }) =>
          failures > 0 && (
            <p key="failure" class="failure">
              {failures} of {evaluations} evaluations failed, the first with: {firstFailure}
            </p>
          ),
      )}
      <Strip firings={rules.flatMap(({ firings }) => firings)} from={from} to={to} />
      <details>
        <summary>As YAML</summary>
        <pre class="expression">{tested.yaml}</pre>
        <button type="button" onClick={() => void navigator.clipboard.writeText(tested.yaml)}>
          Copy
        </button>
      </details>
    </div>
  )
}

/** When it would have been pending, and firing: a bar each. */
function Strip({
  firings,
  from,
  to,
}: {
  readonly firings: readonly Firing[]
  readonly from: number
  readonly to: number
}): JSX.Element {
  const at = (time: number): number => (Math.min(Math.max(time, from), to) - from) / (to - from)
  const bars = firings.slice(0, 200).map((firing) => {
    const [active, begun] = [Date.parse(firing.activeAt), Date.parse(firing.from)]
    const end = firing.to === null ? to : Date.parse(firing.to)
    return {
      active: at(active),
      begun: at(begun),
      end: at(end),
      text: `${formatMoment(begun)} for ${lengthOf(end - begun)}`,
    }
  })
  return (
    <>
      <svg
        class="course"
        viewBox="0 0 1000 24"
        preserveAspectRatio="none"
        role="img"
        aria-label={`When it would have fired: ${bars.length === 0 ? 'never' : bars.map(({ text }) => text).join('; ')}`}
      >
        <rect class="course-ground" x="0" y="0" width="1000" height="24" />
        {bars.map(({ active, begun, end }, i) => (
          <g key={i}>
            <rect class="course-pending" x={active * 1000} y="8" width={(begun - active) * 1000} height="8" />
            <rect class="course-firing" x={begun * 1000} y="2" width={Math.max(2, (end - begun) * 1000)} height="20" />
          </g>
        ))}
      </svg>
      <p class="course-ends muted">
        <span>{formatMoment(from)}</span>
        <span>{formatMoment(to)}</span>
      </p>
      {bars.length > 0 && (
        <ul class="told">
          {bars.slice(0, 10).map(({ text }, i) => (
            <li key={i}>{text}</li>
          ))}
          {firings.length > 10 && <li>and {firings.length - 10} more</li>}
        </ul>
      )}
    </>
  )
}

function draftOf(text: string): Draft {
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null ? { ...NEW, ...read } : NEW
  } catch {
    return NEW
  }
}
