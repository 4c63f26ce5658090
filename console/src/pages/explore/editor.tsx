import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { darkness } from '../../state/preferences.ts'
import type { PromqlEditor } from './promql-editor.ts'
import { attach, noteFocus, type Row, run, takeFreshness, type } from './session.ts'

interface EditorProps {
  readonly row: Row
  readonly label: string
}

const HINT = 'A query in PromQL, such as rate(http_requests_total[5m])'

/** Where a query is typed: a plain field, until the editor has come; also when it never does. */
export function Editor({ row: { id, draft }, label }: EditorProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const editor = useSignal<PromqlEditor | undefined>(undefined)
  const latest = useRef(draft)
  latest.current = draft

  useEffect(() => {
    let isLeft = false
    if (takeFreshness(id)) field.current?.focus()
    let detach = attach(
      id,
      plainHandle(field.current, (text) => type(id, text)),
    )
    import('./promql-editor.ts').then(
      ({ PromqlEditor }) => {
        const element = host.current
        if (isLeft || element === null) return
        const hadFocus = document.activeElement === field.current
        const made = new PromqlEditor(element, {
          label,
          hint: HINT,
          text: latest.current,
          isDark: darkness.peek(),
          onInput: (text) => type(id, text),
          onRun: run,
          onFocus: () => noteFocus(id),
        })
        detach()
        detach = attach(id, made)
        editor.value = made
        if (hadFocus) made.focus()
      },
      () => {
        // The plain field does what is needed.
      },
    )
    return () => {
      isLeft = true
      detach()
      editor.peek()?.close()
    }
  }, [id])
  useSignalEffect(() => {
    editor.value?.setDark(darkness.value)
  })
  return (
    <div class="query-editor">
      <div ref={host} />
      {editor.value === undefined && (
        <textarea
          ref={field}
          class="mono"
          aria-label={label}
          placeholder={HINT}
          rows={1}
          spellcheck={false}
          value={draft}
          onFocus={() => noteFocus(id)}
          onInput={({ currentTarget }) => type(id, currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.shiftKey || event.ctrlKey || event.metaKey)) return
            event.preventDefault()
            run()
          }}
        />
      )}
    </div>
  )
}

function plainHandle(field: HTMLTextAreaElement | null, onText: (text: string) => void): Parameters<typeof attach>[1] {
  return {
    set: () => undefined,
    insert: (text) => {
      if (field === null) return
      field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
      onText(field.value)
      field.focus()
    },
    focus: () => field?.focus(),
    remark: () => undefined,
  }
}
