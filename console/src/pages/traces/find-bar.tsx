import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { go, param, setParams } from '../../state/place.ts'
import { traceIdIn } from './ask-traces.ts'
import type { SpanNode, Trace } from './trace.ts'

interface FindBarProps {
  readonly trace: Trace
  readonly found: readonly SpanNode[]
  readonly showsPath: boolean
  /** It is to be seen. */
  readonly onSpan: (node: SpanNode | undefined) => void
  readonly onClosed: (closed: ReadonlySet<string>) => void
}

/** What looks through the spans, and how they are shown. */
export function FindBar({ trace, found, showsPath, onSpan, onClosed }: FindBarProps): JSX.Element {
  const at = useSignal(-1)
  const text = param('find')
  const step = (by: number): void => {
    if (found.length === 0) return
    at.value = (at.value + by + found.length) % found.length
    onSpan(found[at.value])
  }
  const isClosed = param('closed') !== ''
  return (
    <div class="find-bar">
      <input
        type="search"
        aria-label="Find spans"
        placeholder="Find: text or key=value"
        autocomplete="off"
        value={text}
        onInput={({ currentTarget }) => {
          const id = traceIdIn(currentTarget.value)
          at.value = -1
          if (id === undefined) setParams({ find: currentTarget.value })
          else go(`traces/${id}`, { back: param('back') })
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return
          event.preventDefault()
          step(event.shiftKey ? -1 : 1)
        }}
      />
      {text !== '' && (
        <>
          <span class="found-count" role="status">
            {found.length === 0 ? 'no span' : `${at.value < 0 ? '' : `${at.value + 1} of `}${found.length} found`}
          </span>
          <button type="button" aria-label="Previous" disabled={found.length === 0} onClick={() => step(-1)}>
            ↑
          </button>
          <button type="button" aria-label="Next" disabled={found.length === 0} onClick={() => step(1)}>
            ↓
          </button>
        </>
      )}
      <span class="find-gap" />
      <label class="check">
        <input
          type="checkbox"
          checked={showsPath}
          onChange={({ currentTarget }) => setParams({ path: currentTarget.checked ? undefined : 'off' })}
        />
        <span class="path-key" aria-hidden="true" /> Critical path
      </label>
      <button
        type="button"
        onClick={() =>
          onClosed(
            new Set(
              isClosed
                ? []
                : trace.nodes
                    .filter(({ depth, children }) => depth === 1 && children.length > 0)
                    .map(({ span }) => span.id),
            ),
          )
        }
      >
        {isClosed ? 'Open all' : 'Fold'}
      </button>
    </div>
  )
}
