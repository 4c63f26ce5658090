import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { askJson, reasonOf } from '../../data/ask.ts'
import { Icon } from '../../parts/icon.tsx'
import { Failure } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import type { SilenceMatcher } from './api.ts'
import { Drawer } from './drawer.tsx'
import { matcherText, NO_MATCHER, readMatchers, writeMatchers } from './silence-draft.ts'
import { SilencePreview } from './silence-preview.tsx'
import { isKnown, keepWho, whoIsIt } from './who.ts'
import { Field } from './words.tsx'

const PRESETS: readonly (readonly [ms: number, name: string])[] = [
  [1_800_000, '30 min'],
  [3_600_000, '1 h'],
  [7_200_000, '2 h'],
  [28_800_000, '8 h'],
  [86_400_000, '1 d'],
  [604_800_000, '1 w'],
]
const DEFAULT_MS = 7_200_000
const OPERATORS = ['=', '!=', '=~', '!~'] as const

/** What is to be silenced, for how long, by whom and why. Its matchers stand in the address. */
export function SilenceForm({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const isMaintenance = param('form') === 'maintenance'
  const rows = readMatchers(param('m'))
  const end = useSignal(localText(Date.now() + DEFAULT_MS))
  const by = useSignal(whoIsIt())
  const reason = useSignal('')
  const error = useSignal('')
  const isBusy = useSignal(false)
  const setRows = (next: readonly SilenceMatcher[]): void => setParams({ m: writeMatchers(next) })
  const changeRow = (i: number, changes: Partial<SilenceMatcher>): void =>
    setRows(rows.map((row, at) => (at === i ? { ...row, ...changes } : row)))
  const close = (): void => setParams({ form: undefined, m: undefined })
  const matchers = rows.filter(({ name }) => name !== '')
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    isBusy.value = true
    error.value = ''
    keepWho(by.value)
    try {
      const endsAt = new Date(end.value).toISOString()
      if (isMaintenance) {
        const body = { matchers: matchers.map(matcherText), until: endsAt, by: by.value, reason: reason.value }
        await askJson('api/alerting/maintenance', { method: 'POST', body })
      } else {
        const startsAt = new Date().toISOString()
        const body = { matchers, startsAt, endsAt, createdBy: by.value, comment: reason.value }
        await askJson('api/v2/silences', { method: 'POST', body })
      }
      onDone()
      close()
    } catch (failure) {
      error.value = reasonOf(failure)
    }
    isBusy.value = false
  }
  return (
    <Drawer title={isMaintenance ? 'Begin maintenance' : 'New silence'} onClose={close}>
      <form class="silence-form" onSubmit={(event) => void onSubmit(event)}>
        <fieldset>
          <legend>Alerts whose labels match all of</legend>
          {rows.map((row, i) => (
            <div key={i} class="matcher">
              <input
                required
                aria-label={`Label ${i + 1}`}
                placeholder="label"
                value={row.name}
                onInput={({ currentTarget }) => changeRow(i, { name: currentTarget.value })}
              />
              <select
                aria-label={`Comparison ${i + 1}`}
                value={operatorOf(row)}
                onChange={({ currentTarget: { value } }) =>
                  changeRow(i, { isEqual: value.startsWith('='), isRegex: value.endsWith('~') })
                }
              >
                {OPERATORS.map((operator) => (
                  <option key={operator}>{operator}</option>
                ))}
              </select>
              <input
                aria-label={`Value ${i + 1}`}
                placeholder={row.isRegex ? 'pattern' : 'value'}
                value={row.value}
                onInput={({ currentTarget }) => changeRow(i, { value: currentTarget.value })}
              />
              <button
                type="button"
                class="icon-button"
                aria-label={`Remove ${row.name === '' ? `row ${i + 1}` : row.name}`}
                disabled={rows.length === 1}
                onClick={() => setRows(rows.filter((_, at) => at !== i))}
              >
                <Icon name="close" />
              </button>
            </div>
          ))}
          <button type="button" onClick={() => setRows([...rows, NO_MATCHER])}>
            Another label
          </button>
        </fieldset>
        <div class="ends">
          <Field label="Until">
            <input
              type="datetime-local"
              required
              value={end.value}
              onInput={({ currentTarget }) => (end.value = currentTarget.value)}
            />
          </Field>
          <div class="buttons" role="group" aria-label="From now">
            {PRESETS.map(([ms, name]) => (
              <button key={name} type="button" onClick={() => (end.value = localText(Date.now() + ms))}>
                {name}
              </button>
            ))}
          </div>
        </div>
        {!isKnown() && (
          <Field label="Your name">
            <input
              required
              autocomplete="name"
              value={by.value}
              onInput={({ currentTarget }) => (by.value = currentTarget.value)}
            />
          </Field>
        )}
        <Field label="Reason">
          <input required value={reason.value} onInput={({ currentTarget }) => (reason.value = currentTarget.value)} />
        </Field>
        <SilencePreview matchers={matchers} />
        {error.value !== '' && <Failure>{error.value}</Failure>}
        <div class="buttons">
          <button type="submit" class="primary" disabled={isBusy.value || matchers.length === 0}>
            {isMaintenance ? 'Begin' : 'Silence'}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </Drawer>
  )
}

function operatorOf({ isEqual, isRegex }: SilenceMatcher): string {
  return isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!='
}

/** As a field for a moment has it: in the visitor's own time. */
function localText(ms: number): string {
  const date = new Date(ms)
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
