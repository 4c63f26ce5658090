import type { JSX } from 'preact'
import { canOperate } from '../../data/facts.ts'
import { formatMoment, formatNumber } from '../../format/number.ts'
import { Linked } from '../../parts/links.tsx'
import { Badge } from '../../parts/states.tsx'
import { setParams } from '../../state/place.ts'
import { Acknowledge } from './acknowledge.tsx'
import { AlertChart, Expression } from './alert-chart.tsx'
import type { DecisionsAnswer, Silence } from './api.ts'
import { DecisionList } from './decision-list.tsx'
import { Drawer } from './drawer.tsx'
import { useNow } from './now.ts'
import { useResource } from './resource.ts'
import { runbookOf, severityOf, type ShownAlert, toneOf } from './shown-alert.ts'
import { silenceParams } from './silence-draft.ts'
import { LabelList, lengthOf, momentOf } from './words.tsx'

interface AlertDetailProps {
  readonly alert: ShownAlert
  readonly silences: readonly Silence[]
  readonly tells: boolean
  readonly onChanged: () => void
}

/** Why an alert fires, who knows of it, and what can be done. */
export function AlertDetail({ alert, silences, tells, onChanged }: AlertDetailProps): JSX.Element {
  const { fingerprint, name, state, labels, annotations, rule } = alert
  const decisions = useResource<DecisionsAnswer>(
    tells ? `api/alerting/decisions?fingerprint=${fingerprint}&limit=100` : undefined,
  )
  const now = useNow().value
  const told = decisions.state.value.data?.decisions ?? []
  const summary = annotations['summary']
  const description = annotations['description']
  const done = (): void => {
    onChanged()
    decisions.refresh()
  }
  return (
    <Drawer title={name} onClose={() => setParams({ alert: undefined })}>
      <p class="badges">
        <Badge tone={state === 'firing' ? toneOf(labels) : 'neutral'}>{state}</Badge>
        <Badge tone={toneOf(labels)}>{severityOf(labels)}</Badge>
        <span class="muted">
          for {lengthOf(now - alert.since)}, since {formatMoment(alert.since)}
        </span>
      </p>
      {summary !== undefined && (
        <p class="drawer-lead">
          <Linked text={summary} />
        </p>
      )}
      {description !== undefined && (
        <p>
          <Linked text={description} />
        </p>
      )}
      {tells && canOperate.value && state === 'firing' && (
        <section class="drawer-actions" aria-label="What to do">
          <Acknowledge alert={alert} onDone={done} />
          <button type="button" onClick={() => setParams(silenceParams(labels), 'push')}>
            Silence…
          </button>
        </section>
      )}
      <section>
        <h3>Why</h3>
        {rule === undefined ? (
          <p class="muted">No rule of this service gives it: somebody posts it.</p>
        ) : (
          <>
            <Expression query={rule.query} />
            <p class="muted">
              {alert.value !== undefined && `It is ${formatNumber(Number(alert.value))} now. `}
              {(rule.duration ?? 0) > 0
                ? `It fires when that has held for ${formatNumber(rule.duration, 'seconds')}.`
                : 'It fires at once when that holds.'}
            </p>
            <AlertChart
              rule={rule}
              level={toneOf(labels) === 'critical' ? 'critical' : 'warning'}
              moments={[
                ...(alert.firingSince === alert.since ? [] : [{ at: alert.since / 1000, text: 'pending' }]),
                ...(alert.firingSince === undefined ? [] : [{ at: alert.firingSince / 1000, text: 'firing' }]),
              ]}
            />
          </>
        )}
      </section>
      <section>
        <h3>Labels</h3>
        <LabelList labels={labels} />
      </section>
      <Annotations alert={alert} />
      {tells && (
        <section>
          <h3>Who knows</h3>
          <Telling alert={alert} silences={silences} />
          <Climbing alert={alert} now={now} />
        </section>
      )}
      {tells && (
        <section aria-label="What was decided">
          <h3>What was decided</h3>
          {told.length === 0 ? <p class="none">Nothing yet.</p> : <DecisionList decisions={told} />}
        </section>
      )}
    </Drawer>
  )
}

function Annotations({ alert }: { readonly alert: ShownAlert }): JSX.Element | null {
  const { summary: _, description: __, ...rest } = alert.annotations
  const runbook = runbookOf(alert)
  const shown = Object.entries(rest).filter(([, value]) => value !== runbook)
  if (shown.length === 0 && runbook === undefined) return null
  return (
    <section>
      <h3>Annotations</h3>
      <dl class="pairs">
        {runbook !== undefined && (
          <>
            <dt>Runbook</dt>
            <dd>
              <code>
                <Linked text={runbook} />
              </code>
            </dd>
          </>
        )}
        {shown.map(([name, value]) => (
          <>
            <dt key={name}>{name}</dt>
            <dd key={`${name} value`}>
              <Linked text={value} />
            </dd>
          </>
        ))}
      </dl>
    </section>
  )
}

function Telling({
  alert,
  silences,
}: {
  readonly alert: ShownAlert
  readonly silences: readonly Silence[]
}): JSX.Element {
  const { told } = alert
  if (told === undefined) {
    return <p class="muted">{alert.state === 'pending' ? 'Nobody is told before it fires.' : 'Nobody is told.'}</p>
  }
  const { silencedBy, inhibitedBy, mutedBy = [] } = told.status
  return (
    <ul class="told">
      <li>
        Goes to <strong>{told.receivers.map(({ name }) => name).join(', ')}</strong>
      </li>
      {silencedBy.map((id) => {
        const silence = silences.find((each) => each.id === id)
        const kind = silence?.boxman === undefined ? 'Silenced' : 'In maintenance'
        return (
          <li key={id}>
            {kind}
            {silence !== undefined && ` by ${silence.createdBy} until ${momentOf(silence.endsAt)}: `}
            {silence !== undefined && <Linked text={silence.comment} />}
          </li>
        )
      })}
      {inhibitedBy.map((id) => (
        <li key={id}>
          Inhibited by{' '}
          <button type="button" class="link" onClick={() => setParams({ alert: id }, 'push')}>
            {id}
          </button>
        </li>
      ))}
      {mutedBy.length > 0 && <li>Muted at this time: {mutedBy.join(', ')}</li>}
    </ul>
  )
}

function Climbing({ alert, now }: { readonly alert: ShownAlert; readonly now: number }): JSX.Element {
  const climbing = alert.groups.filter(({ escalation }) => escalation !== null)
  return (
    <ul class="told">
      {climbing.map(({ groupKey, receiver, escalation, acknowledged }) => (
        <li key={`${groupKey} ${receiver}`}>
          Escalation {escalation?.policy}, {escalation?.taken} of {escalation?.steps} steps taken.{' '}
          {typeof escalation?.nextAt === 'string'
            ? `${escalation.nextReceiver ?? ''} is told in ${lengthOf(Math.max(0, Date.parse(escalation.nextAt) - now))}.`
            : acknowledged !== null
              ? 'Nobody else is called: it is acknowledged.'
              : 'Nobody else is called.'}
        </li>
      ))}
    </ul>
  )
}
