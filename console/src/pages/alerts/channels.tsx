import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { askJson, reasonOf } from '../../data/ask.ts'
import { canOperate } from '../../data/facts.ts'
import { formatNumber } from '../../format/number.ts'
import { Card } from '../../parts/card.tsx'
import { Badge, Failure, type Tone } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import type { Channel, ToldReceiver } from './api.ts'
import { momentOf } from './words.tsx'

interface TestAnswer {
  readonly tested: readonly { readonly integration: string; readonly kind: string; readonly told: string }[]
}

/** The ways out: whether they work, and who would be told of what. */
export function Channels({
  receivers,
  onChanged,
}: {
  readonly receivers: readonly ToldReceiver[]
  readonly onChanged: () => void
}): JSX.Element {
  return (
    <>
      <RouteTrial />
      <div class="receivers">
        {receivers.map((receiver) => (
          <Card
            key={receiver.name}
            title={receiver.name}
            actions={receiver.schedule !== null && <span class="muted">schedule {receiver.schedule}</span>}
          >
            {receiver.integrations.length === 0 && <p class="none">It has no channels: nobody is told.</p>}
            {receiver.integrations.map((channel) => (
              <ChannelRow key={channel.integration} receiver={receiver.name} channel={channel} onChanged={onChanged} />
            ))}
          </Card>
        ))}
      </div>
    </>
  )
}

function standingOf({ gone, throttledUntil, failingSince, last }: Channel): {
  readonly tone: Tone
  readonly text: string
} {
  if (gone !== null) return { tone: 'critical', text: 'switched off' }
  if (failingSince !== null) return { tone: 'critical', text: 'fails' }
  if (throttledUntil !== null) return { tone: 'warning', text: 'throttled' }
  return last === null ? { tone: 'neutral', text: 'not used yet' } : { tone: 'good', text: 'works' }
}

interface ChannelRowProps {
  readonly receiver: string
  readonly channel: Channel
  readonly onChanged: () => void
}

function ChannelRow({ receiver, channel, onChanged }: ChannelRowProps): JSX.Element {
  const { integration, kind, gone, goneAt, throttledUntil, failingSince, last, delivered, failed, waiting } = channel
  const answer = useSignal<{ readonly isGood: boolean; readonly text: string } | undefined>(undefined)
  const isBusy = useSignal(false)
  const standing = standingOf(channel)
  const test = async (): Promise<void> => {
    isBusy.value = true
    answer.value = undefined
    try {
      const body = { receiver, integration }
      const { tested } = await askJson<TestAnswer>('api/alerting/test-channel', { method: 'POST', body })
      const [one] = tested
      answer.value = {
        isGood: one?.kind === 'delivered',
        text: one === undefined ? 'nothing was sent' : one.told.replace('the beginning', 'the test'),
      }
    } catch (error) {
      answer.value = { isGood: false, text: reasonOf(error) }
    }
    isBusy.value = false
    onChanged()
  }
  return (
    <div class="channel">
      <div class="alert-head">
        <strong>{kind}</strong>
        <Badge tone={standing.tone}>{standing.text}</Badge>
        <span class="muted channel-counts">
          {formatNumber(delivered)} delivered, {formatNumber(failed)} failed
          {waiting > 0 ? `, ${waiting} waiting` : ''}
        </span>
        {canOperate.value && (
          <button type="button" disabled={isBusy.value} aria-label={`Test ${integration}`} onClick={() => void test()}>
            {isBusy.value ? 'Testing…' : 'Test'}
          </button>
        )}
      </div>
      {gone !== null && (
        <p class="failure">
          Switched off{goneAt === null ? '' : ` since ${momentOf(goneAt)}`}: {gone}
        </p>
      )}
      {throttledUntil !== null && <p class="note">Nothing is sent before {momentOf(throttledUntil)}.</p>}
      {failingSince !== null && <p class="note">Without a success since {momentOf(failingSince)}.</p>}
      {last !== null && (
        <p class="note">
          Last {momentOf(last.at)}: {last.told}
        </p>
      )}
      <div role="status">
        {answer.value !== undefined && <p class={answer.value.isGood ? 'success' : 'failure'}>{answer.value.text}</p>}
      </div>
    </div>
  )
}

interface RouteAnswer {
  readonly taken: readonly {
    readonly receiver: string
    readonly place: string
    readonly groupKey: string
    readonly escalation: string | null
  }[]
  readonly routes: readonly {
    readonly place: string
    readonly receiver: string
    readonly matchers: string
    readonly verdict: string
    readonly reason: string
  }[]
}

const PAIR = /([^\s=,]+)=("(?:[^"\\]|\\.)*"|[^\s,]*)/g

/** Who would be told of an alert with these labels. */
function RouteTrial(): JSX.Element {
  const state = useSignal<{ readonly answer?: RouteAnswer; readonly error?: string }>({})
  const onSubmit = async (event: Event): Promise<void> => {
    event.preventDefault()
    const pairs = Array.from(param('labels').matchAll(PAIR), ([, name = '', value = '']) => [
      name,
      value.replace(/^"|"$/g, ''),
    ])
    try {
      const body = { labels: Object.fromEntries(pairs) }
      state.value = { answer: await askJson<RouteAnswer>('api/alerting/route', { method: 'POST', body }) }
    } catch (error) {
      state.value = { error: reasonOf(error) }
    }
  }
  const { answer, error } = state.value
  return (
    <Card title="Who would be told">
      <form class="alert-bar" onSubmit={(event) => void onSubmit(event)}>
        <input
          class="grow"
          aria-label="Labels of an alert"
          placeholder="severity=page team=db"
          value={param('labels')}
          onInput={({ currentTarget }) => setParams({ labels: currentTarget.value })}
        />
        <button type="submit">Ask</button>
      </form>
      <div role="status">
        {error !== undefined && <Failure>{error}</Failure>}
        {answer !== undefined && (
          <>
            <p>
              <strong>{answer.taken.map(({ receiver }) => receiver).join(', ')}</strong>
              {answer.taken
                .flatMap(({ escalation }) => (escalation === null ? [] : [`, escalated by ${escalation}`]))
                .join('')}
            </p>
            <ul class="told">
              {answer.routes.map(({ place, matchers, receiver, verdict, reason }) => (
                <li key={`${place} ${matchers} ${receiver}`} class={verdict === 'taken' ? undefined : 'muted'}>
                  <code>{matchers}</code> {receiver}: {reason}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Card>
  )
}
