import type { JSX } from 'preact'
import { formatAge } from '../../format/number.ts'
import { Badge, Empty } from '../../parts/states.tsx'
import { param, place, setParams } from '../../state/place.ts'
import { useNow } from './now.ts'
import { severityOf, type ShownAlert, tellingOf, toneOf } from './shown-alert.ts'
import { LabelList } from './words.tsx'

/** What is amiss now, the worst first. */
export function Firing({
  alerts,
  tells,
}: {
  readonly alerts: readonly ShownAlert[]
  readonly tells: boolean
}): JSX.Element {
  const now = useNow().value
  const words = param('find').toLowerCase().split(/\s+/)
  const textOf = ({ name, labels, annotations }: ShownAlert): string =>
    [name, ...Object.entries(labels).map((pair) => pair.join('=')), ...Object.values(annotations)]
      .join('\n')
      .toLowerCase()
  const shown = alerts.filter((alert) => words.every((word) => textOf(alert).includes(word)))
  if (alerts.length === 0) {
    return <Empty title="Nothing fires">Alerts of the rules stand here as soon as they are pending or firing.</Empty>
  }
  return (
    <>
      <div class="alert-bar">
        <input
          type="search"
          aria-label="Find alerts"
          placeholder="Find by name, label or text"
          value={place.value.params.get('find') ?? ''}
          onInput={({ currentTarget }) => setParams({ find: currentTarget.value })}
        />
        <span class="muted" role="status">
          {shown.filter(({ state }) => state === 'firing').length} firing,{' '}
          {shown.filter(({ state }) => state === 'pending').length} pending
        </span>
      </div>
      <ul class="alert-list">
        {shown.map((alert) => {
          const telling = tells ? tellingOf(alert) : undefined
          return (
            <li
              key={alert.fingerprint}
              class={`alert-row edge-${alert.state === 'firing' ? toneOf(alert.labels) : 'neutral'}`}
            >
              <div class="alert-head">
                <button
                  type="button"
                  class="link alert-name"
                  onClick={() => setParams({ alert: alert.fingerprint }, 'push')}
                >
                  {alert.name}
                </button>
                <Badge tone={alert.state === 'firing' ? toneOf(alert.labels) : 'neutral'}>
                  {alert.state === 'firing' ? severityOf(alert.labels) : `pending, ${severityOf(alert.labels)}`}
                </Badge>
                {telling !== undefined && <Badge tone={telling.tone}>{telling.text}</Badge>}
                <span class="alert-age muted">{formatAge(alert.since, now)}</span>
              </div>
              {alert.annotations['summary'] !== undefined && <p>{alert.annotations['summary']}</p>}
              <LabelList labels={alert.labels} without={['alertname', 'severity']} />
            </li>
          )
        })}
      </ul>
    </>
  )
}
