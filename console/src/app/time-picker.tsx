import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { formatMoment } from '../format/number.ts'
import { range, RANGES, readRange, setRange, type TimeRange, windowOf, zoomOut } from '../state/time-range.ts'

/** The time range of all that is on the page. */
export function TimePicker(): JSX.Element {
  const open = useSignal(false)
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!open.value) return undefined
    const close = (event: Event): void => {
      if (event.target instanceof Node && host.current?.contains(event.target) === true) return
      open.value = false
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [open.value])
  const leave = (): void => {
    open.value = false
    host.current?.querySelector('button')?.focus()
  }
  return (
    <div
      class="time-picker"
      ref={host}
      onKeyDown={(event) => {
        if (event.key === 'Escape') leave()
      }}
    >
      <button
        type="button"
        aria-expanded={open.value}
        aria-haspopup="dialog"
        onClick={() => (open.value = !open.value)}
      >
        {nameOfRange(range.value)}
      </button>
      {open.value && (
        <div class="popover" role="dialog" aria-label="Time range">
          <ul>
            {RANGES.map(([from, name]) => (
              <li key={from}>
                <button
                  type="button"
                  aria-pressed={range.value.from === from}
                  onClick={() => {
                    setRange(from)
                    leave()
                  }}
                >
                  {name}
                </button>
              </li>
            ))}
          </ul>
          <Exact onDone={leave} />
        </div>
      )}
    </div>
  )
}

/** From one moment to another, in the visitor's own time. */
function Exact({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { from, to } = windowOf(range.peek())
  const error = useSignal('')
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const data = new FormData(event.currentTarget)
    const [start, end] = ['from', 'to'].map((name) => momentIn(data.get(name)))
    if (start === undefined || end === undefined || readRange(start, end).follows) {
      error.value = 'The end must come after the beginning.'
      return
    }
    setRange(start, end)
    onDone()
  }
  return (
    <form onSubmit={submit}>
      <label>
        From <input type="datetime-local" name="from" step="1" defaultValue={inputOf(from)} required />
      </label>
      <label>
        To <input type="datetime-local" name="to" step="1" defaultValue={inputOf(to)} required />
      </label>
      {error.value !== '' && (
        <p class="failure" role="alert">
          {error.value}
        </p>
      )}
      <div class="buttons">
        <button type="submit">Apply</button>
        <button
          type="button"
          onClick={() => {
            zoomOut()
            onDone()
          }}
        >
          Zoom out
        </button>
      </div>
    </form>
  )
}

export function nameOfRange(asked: TimeRange): string {
  const known = RANGES.find(([from]) => asked.follows && from === asked.from)
  if (known !== undefined) return known[1]
  if (asked.follows) return `Last ${asked.from.slice('now-'.length)}`
  const { from, to } = windowOf(asked)
  const sameDay = new Date(from).toDateString() === new Date(to).toDateString()
  return `${formatMoment(from)} to ${formatMoment(to, !sameDay)}`
}

function momentIn(value: FormDataEntryValue | null): string {
  return String(new Date(typeof value === 'string' ? value : '').getTime())
}

/** As an input of date and time takes it: local, without a zone. */
function inputOf(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 19)
}
