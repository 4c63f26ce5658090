import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { askJson, reasonOf } from '../../data/ask.ts'
import { Failure } from '../../parts/states.tsx'
import type { ShownAlert } from './shown-alert.ts'
import { isKnown, keepWho, whoIsIt } from './who.ts'
import { Field, momentOf } from './words.tsx'

const LENGTHS: readonly (readonly [value: string, name: string])[] = [
  ['30m', '30 minutes'],
  ['1h', 'an hour'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['24h', 'a day'],
  ['', 'until it is over'],
]

/** Says that somebody is at it, or no more. */
export function Acknowledge({
  alert,
  onDone,
}: {
  readonly alert: ShownAlert
  readonly onDone: () => void
}): JSX.Element {
  const by = useSignal(whoIsIt())
  const lasts = useSignal('1h')
  const error = useSignal('')
  const isBusy = useSignal(false)
  const known = alert.groups.find(({ acknowledged }) => acknowledged !== null)?.acknowledged ?? undefined
  const send = async (body: object): Promise<void> => {
    isBusy.value = true
    error.value = ''
    try {
      await askJson('api/alerting/acknowledge', { method: 'POST', body: { fingerprint: alert.fingerprint, ...body } })
      onDone()
    } catch (failure) {
      error.value = reasonOf(failure)
    }
    isBusy.value = false
  }
  const onSubmit = (event: Event): void => {
    event.preventDefault()
    keepWho(by.value)
    void send({ by: by.value, ...(lasts.value === '' ? {} : { for: lasts.value }) })
  }
  if (known !== undefined) {
    return (
      <div class="acknowledged" role="status">
        <span>
          Acknowledged by <strong>{known.by}</strong>
          {known.until === null ? '' : ` until ${momentOf(known.until)}`}
        </span>
        <button type="button" disabled={isBusy.value} onClick={() => void send({ acknowledged: false })}>
          Take back
        </button>
        {error.value !== '' && <Failure>{error.value}</Failure>}
      </div>
    )
  }
  return (
    <form class="inline-form" aria-label="Acknowledge" onSubmit={onSubmit}>
      {!isKnown() && (
        <Field label="Your name">
          <input
            required
            maxLength={200}
            autocomplete="name"
            value={by.value}
            onInput={({ currentTarget }) => (by.value = currentTarget.value)}
          />
        </Field>
      )}
      <Field label="For how long">
        <select value={lasts.value} onChange={({ currentTarget }) => (lasts.value = currentTarget.value)}>
          {LENGTHS.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <button type="submit" class="primary" disabled={isBusy.value}>
        Acknowledge
      </button>
      {error.value !== '' && <Failure>{error.value}</Failure>}
    </form>
  )
}
