import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { formatExactTime } from '../../format/number.ts'
import { addressOf, go, param } from '../../state/place.ts'
import { searchTraces, traceIdIn, type TraceSummary } from './ask-traces.ts'
import { errorsText, formatMs } from './duration.ts'
import type { Trace } from './trace.ts'

const SHOWN = 6

/** Others of the same operation to lay beside this one, or any by its id. */
export function CompareWith({ trace }: { readonly trace: Trace }): JSX.Element {
  const others = useSignal<readonly TraceSummary[] | undefined>(undefined)
  const root = trace.roots[0]?.span
  const load = async (): Promise<void> => {
    if (root === undefined || others.peek() !== undefined) return
    const query = new URLSearchParams({ service: root.service, operation: root.name, limit: String(SHOWN + 1) })
    const { traces } = await searchTraces(query)
    others.value = traces.filter(({ traceId }) => traceId !== trace.id).slice(0, SHOWN)
  }
  const back = param('back')
  return (
    <details class="compare-with" onToggle={() => void load().catch(() => undefined)}>
      <summary class="button">Compare with…</summary>
      <div class="compare-choice">
        {others.value?.length === 0 && <p class="none">There is no other of the same operation.</p>}
        <ul>
          {others.value?.map(({ traceId, startMs, durationMs, errors }) => (
            <li key={traceId}>
              <a href={addressOf(`traces/${trace.id}`, { with: traceId, back })}>
                {formatExactTime(startMs)} · {formatMs(durationMs)}
                {errors > 0 && ` · ${errorsText(errors)}`}
              </a>
            </li>
          ))}
        </ul>
        <label>
          Trace id
          <input
            type="text"
            autocomplete="off"
            placeholder="32 digits"
            onInput={({ currentTarget }) => {
              const id = traceIdIn(currentTarget.value)
              if (id !== undefined) go(`traces/${trace.id}`, { with: id, back })
            }}
          />
        </label>
      </div>
    </details>
  )
}
