import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { ask, askJson, reasonOf } from '../../data/ask.ts'
import { canOperate } from '../../data/facts.ts'
import { Badge, Empty, Failure, type Tone } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import type { Silence } from './api.ts'
import { useNow } from './now.ts'
import { matcherText, writeMatchers } from './silence-draft.ts'
import { SilenceForm } from './silence-form.tsx'
import { lengthOf, momentOf } from './words.tsx'

const STATES = ['active', 'pending', 'expired'] as const
const TONES: Readonly<Record<string, Tone>> = { active: 'warning', pending: 'info', expired: 'neutral' }
const HOUR_MS = 3_600_000

/** What is not told of, until when, and why. */
export function Silences({
  silences,
  onChanged,
}: {
  readonly silences: readonly Silence[]
  readonly onChanged: () => void
}): JSX.Element {
  const wanted = param('state')
  const shown = silences.filter(({ status }) => (wanted === '' ? status.state !== 'expired' : status.state === wanted))
  const expired = silences.filter(({ status }) => status.state === 'expired').length
  return (
    <>
      <div class="alert-bar">
        <select
          aria-label="State"
          value={wanted}
          onChange={({ currentTarget }) => setParams({ state: currentTarget.value })}
        >
          <option value="">In force and to come</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {state}
            </option>
          ))}
        </select>
        {canOperate.value && (
          <>
            <button type="button" class="primary" onClick={() => setParams({ form: 'silence', m: undefined }, 'push')}>
              New silence
            </button>
            <button type="button" onClick={() => setParams({ form: 'maintenance', m: undefined }, 'push')}>
              Begin maintenance
            </button>
          </>
        )}
      </div>
      {shown.length === 0 ? (
        <Empty title={silences.length === expired ? 'Nothing is silenced' : 'None in this state'}>
          A silence keeps alerts from being told of, for a time. {expired > 0 && `${expired} have expired.`}
        </Empty>
      ) : (
        <ul class="alert-list">
          {shown.map((silence) => (
            <SilenceRow key={silence.id} silence={silence} onChanged={onChanged} />
          ))}
        </ul>
      )}
      {param('form') !== '' && canOperate.value && <SilenceForm onDone={onChanged} />}
    </>
  )
}

function SilenceRow({
  silence,
  onChanged,
}: {
  readonly silence: Silence
  readonly onChanged: () => void
}): JSX.Element {
  const { id, status, matchers, createdBy, comment, startsAt, endsAt, boxman } = silence
  const error = useSignal('')
  const now = useNow().value
  const act = async (what: () => Promise<unknown>): Promise<void> => {
    try {
      error.value = ''
      await what()
      onChanged()
    } catch (failure) {
      error.value = reasonOf(failure)
    }
  }
  const extend = (): Promise<unknown> =>
    askJson('api/v2/silences', {
      method: 'POST',
      body: {
        id,
        matchers,
        startsAt,
        createdBy,
        comment,
        endsAt: new Date(Date.parse(endsAt) + HOUR_MS).toISOString(),
      },
    })
  const name = matchers.map(matcherText).join(', ')
  return (
    <li class={`alert-row edge-${TONES[status.state] ?? 'neutral'}`}>
      <div class="alert-head">
        <span class="labels">
          {matchers.map((matcher) => (
            <code key={matcherText(matcher)} class="label">
              {matcherText(matcher)}
            </code>
          ))}
        </span>
        <Badge tone={TONES[status.state] ?? 'neutral'}>{status.state}</Badge>
        {boxman !== undefined && (
          <Badge tone="info">
            {boxman.maintenance.window === null ? 'maintenance' : `window ${boxman.maintenance.window}`}
          </Badge>
        )}
        <span class="alert-age muted">
          {status.state === 'active'
            ? `ends in ${lengthOf(Date.parse(endsAt) - now)}`
            : status.state === 'pending'
              ? `begins in ${lengthOf(Date.parse(startsAt) - now)}`
              : `ended ${momentOf(endsAt)}`}
        </span>
      </div>
      <p>
        {comment}{' '}
        <span class="muted">
          by {createdBy}, {momentOf(startsAt)} to {momentOf(endsAt)}
        </span>
      </p>
      {canOperate.value && (
        <div class="buttons">
          {status.state !== 'expired' && boxman === undefined && (
            <button type="button" aria-label={`An hour longer: ${name}`} onClick={() => void act(extend)}>
              An hour longer
            </button>
          )}
          {status.state !== 'expired' && (
            <button
              type="button"
              class="danger"
              aria-label={`Expire ${name}`}
              onClick={() => void act(() => ask(`api/v2/silence/${id}`, { method: 'DELETE' }))}
            >
              Expire
            </button>
          )}
          {status.state === 'expired' && (
            <button
              type="button"
              aria-label={`Again: ${name}`}
              onClick={() => setParams({ form: 'silence', m: writeMatchers(matchers) }, 'push')}
            >
              Again…
            </button>
          )}
        </div>
      )}
      {error.value !== '' && <Failure>{error.value}</Failure>}
    </li>
  )
}
