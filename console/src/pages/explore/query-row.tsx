import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { JSX } from 'preact'
import { askJson, BASE, reasonOf } from '../../data/ask.ts'
import { fillIn } from '../../data/frames.ts'
import { type Answer, instant, type QueryData } from '../../data/prometheus.ts'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { go, param } from '../../state/place.ts'
import { range, windowOf } from '../../state/time-range.ts'
import { copyText } from './copy-text.ts'
import { Editor } from './editor.tsx'
import { hintsOf } from './hints.ts'
import { type ApiQuery, apiAddress, curlOf } from './links.ts'
import type { Metadata } from './metadata.ts'
import { type Remark, remarkOf } from './place-in-text.ts'
import { change, handleOf, letterOf, remove, replace, type Row, run } from './session.ts'
import { stepOf } from './steps.ts'
import { useAsked } from './use-asked.ts'

interface QueryRowProps {
  readonly row: Row
  readonly index: number
  readonly isOnly: boolean
  readonly metadata: Metadata
}

const CHECK_EVERY_MS = 10_000

/** One query: its text, what is to be said of it, and what can be done with it. */
export function QueryRow({ row, index, isOnly, metadata }: QueryRowProps): JSX.Element {
  const letter = letterOf(index)
  const { id, asked } = row
  const note = useSignal('')
  return (
    <section class={asked.isHidden ? 'query is-hidden' : 'query'} aria-label={`Query ${letter}`}>
      <span class="query-letter" aria-hidden="true">
        {letter}
      </span>
      <Editor row={row} label={`Query ${letter}`} />
      <div class="query-actions">
        <input
          type="text"
          class="query-legend"
          aria-label={`Legend of query ${letter}`}
          placeholder="Legend {{label}}"
          value={asked.legend}
          onInput={({ currentTarget }) => change(id, { legend: currentTarget.value })}
        />
        <button type="button" class="quiet" onClick={() => void format(row, note)}>
          Format
        </button>
        <button
          type="button"
          class="quiet"
          aria-pressed={asked.isHidden}
          onClick={() => change(id, { isHidden: !asked.isHidden })}
        >
          {asked.isHidden ? 'Show' : 'Hide'}
        </button>
        <Menu label={`What to do with query ${letter}`} items={itemsOf(row, note)}>
          <Icon name="more" />
        </Menu>
        {!isOnly && (
          <button type="button" class="icon-button" aria-label={`Remove query ${letter}`} onClick={() => remove(id)}>
            <Icon name="close" size={16} />
          </button>
        )}
      </div>
      {note.value !== '' && (
        <p class="query-note muted" role="status">
          {note.value}
        </p>
      )}
      {asked.expr !== '' && !asked.isHidden && <Remarks row={row} metadata={metadata} />}
    </section>
  )
}

/** What the server says of the query as it was asked, at its place in the text, and what would make it better. */
function Remarks({ row: { id, asked, draft }, metadata }: Pick<QueryRowProps, 'row' | 'metadata'>): JSX.Element | null {
  const { expr } = asked
  const answer = useAsked(expr, CHECK_EVERY_MS, ({ to }, signal) => checked(expr, to, signal)).value
  const { data, error } = answer
  const all = [
    ...(error === undefined ? [] : [{ severity: 'error' as const, message: error }]),
    ...(data?.warnings ?? []).map((message) => ({ severity: 'warning' as const, message })),
    ...(data?.infos ?? []).map((message) => ({ severity: 'info' as const, message })),
  ]
  const key = JSON.stringify(all)
  useEffect(() => {
    if (draft.trim() !== expr) return
    const placed = all.map(({ message, severity }) => remarkOf(expr, message, severity))
    handleOf(id)?.remark(placed.filter((remark): remark is Remark => remark !== undefined))
  }, [key, expr])
  const hints = error === undefined ? hintsOf(expr, metadata) : []
  if (all.length === 0 && hints.length === 0) return null
  return (
    <div class="query-remarks">
      {all.map(({ severity, message }) => (
        <p key={message} class={`remark remark-${severity}`} role={severity === 'error' ? 'alert' : undefined}>
          {message}
        </p>
      ))}
      {hints.map(({ text, action, expr: better }) => (
        <p key={text} class="remark remark-info">
          {text}{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              replace(id, better)
              run()
            }}
          >
            {action}
          </button>
        </p>
      ))}
    </div>
  )
}

function checked(expr: string, at: number, signal: AbortSignal): Promise<Answer<QueryData>> {
  return instant(filled(expr), at, signal)
}

function filled(expr: string): string {
  return fillIn(expr, stepOf(param('step'), range.peek().spanMs))
}

async function format({ id, draft }: Row, note: { value: string }): Promise<void> {
  note.value = ''
  try {
    // What the page fills in is no PromQL, a duration that nobody writes is.
    const form = { query: draft.replaceAll('$__rate_interval', '98765s') }
    const { data } = await askJson<{ readonly data: string }>('api/v1/format_query', { form })
    replace(id, data.replaceAll(/1d3h26m5s|98765s/g, '$__rate_interval'))
  } catch (error) {
    note.value = reasonOf(error)
  }
}

function itemsOf(
  { draft, asked }: Row,
  note: { value: string },
): readonly { readonly name: string; readonly act: () => void }[] {
  const expr = asked.expr === '' ? draft : asked.expr
  const query = (): ApiQuery => {
    const { from, to } = windowOf(range.peek())
    const isInstant = param('tab') === 'table' || param('tab') === 'explain'
    const step = stepOf(param('step'), to - from)
    return { expr: filled(expr), from, to, step: isInstant ? undefined : step }
  }
  const copy = (what: string, text: string): void => {
    void copyText(text).then((isCopied) => {
      note.value = isCopied ? `${what} is copied.` : `The browser does not let it be copied: ${text}`
    })
  }
  return [
    { name: 'Copy the query', act: () => copy('The query', filled(expr)) },
    { name: 'Copy as curl', act: () => copy('The command', curlOf(BASE, query())) },
    { name: 'Open in the API', act: () => void window.open(apiAddress(BASE, query()), '_blank', 'noopener') },
    { name: 'Share: copy a link', act: () => copy('The link', window.location.href) },
    { name: 'As an alert rule', act: () => go('alerts/rules', { expr: filled(expr) }) },
  ]
}
