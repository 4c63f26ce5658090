import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { found } from './history.ts'
import { history, insertWhole } from './session.ts'

/** The queries that were asked in this browser; one that is chosen is asked again. */
export function HistoryDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const words = useSignal('')
  useEffect(() => dialog.current?.showModal(), [])
  const shown = found(history.value, words.value)
  return (
    <dialog class="palette history" ref={dialog} aria-label="Queries asked before" onClose={onClose}>
      <input
        type="search"
        aria-label="Find a query"
        placeholder="Find a query that was asked before"
        autofocus
        value={words.value}
        onInput={({ currentTarget }) => {
          words.value = currentTarget.value
        }}
      />
      {shown.length === 0 && (
        <p class="none">
          {history.value.length === 0 ? 'Nothing was asked in this browser yet.' : 'None has these words.'}
        </p>
      )}
      <ul>
        {shown.map((expr) => (
          <li key={expr}>
            <button
              type="button"
              class="mono"
              onClick={() => {
                dialog.current?.close()
                insertWhole(expr)
              }}
            >
              {expr}
            </button>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  )
}
