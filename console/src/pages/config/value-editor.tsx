import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { ask, reasonOf } from '../../data/ask.ts'
import { setParams } from '../../state/place.ts'
import { type ConfigRow, patchOf, textOf, valueOf } from './config-rows.ts'

interface ValueEditorProps {
  readonly row: ConfigRow
  readonly reload: () => void
}

/** Changes one value while the service runs; what the server has against it stands below the field. */
export function ValueEditor({ row, reload }: ValueEditorProps): JSX.Element {
  const { path, value, isChanged } = row
  const text = useSignal(textOf(value))
  const problem = useSignal('')
  const isBusy = useSignal(false)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, select')?.focus(), [])
  const leave = (): void => setParams({ edit: undefined })
  const send = async (wanted: unknown): Promise<void> => {
    isBusy.value = true
    try {
      await ask('config', { method: 'PATCH', body: patchOf(path, wanted) })
      leave()
      reload()
    } catch (error) {
      problem.value = reasonOf(error)
    } finally {
      isBusy.value = false
    }
  }
  const field = {
    id: `value-of-${path}`,
    'aria-label': `New value of ${path}`,
    'aria-invalid': problem.value !== '',
    'aria-describedby': `problem-of-${path}`,
  } as const
  return (
    <form
      class="config-editor"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault()
        void send(valueOf(text.value, value))
      }}
      onKeyDown={({ key }) => {
        if (key === 'Escape') leave()
      }}
    >
      {typeof value === 'boolean' ? (
        <select {...field} value={text.value} onChange={({ currentTarget }) => (text.value = currentTarget.value)}>
          <option value="true">true</option>
          <option value="false">false</option>
        </select>
      ) : (
        <input
          {...field}
          type="text"
          value={text.value}
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => (text.value = currentTarget.value)}
        />
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={isBusy.value}>
          Apply
        </button>
        {isChanged && (
          <button type="button" disabled={isBusy.value} onClick={() => void send(null)}>
            Take back
          </button>
        )}
        <button type="button" onClick={leave}>
          Cancel
        </button>
      </div>
      <p class={problem.value === '' ? 'note' : 'failure'} role="alert" id={`problem-of-${path}`}>
        {problem.value === '' ? 'Until it is taken back, or the process ends.' : problem.value}
      </p>
    </form>
  )
}
