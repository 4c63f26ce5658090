import type { JSX } from 'preact'
import { formatAge } from '../../format/number.ts'
import { linkOf } from '../../panels/links.ts'
import { Badge, type Tone } from '../../parts/states.tsx'
import { type ActiveAlert, type AlertsState, rankOf } from './use-alerts.ts'

const MOST = 8

/** What is amiss, the worst first. */
export function ActiveAlerts({ state: { alerts, error, isFirst } }: { readonly state: AlertsState }): JSX.Element {
  const href = linkOf({ to: 'alerts' })
  return (
    <section class="row" aria-label="Active alerts">
      <h2>Active alerts</h2>
      <div class="card">
        {error !== undefined && <p class="failure">{error}</p>}
        {!isFirst && alerts.length === 0 && error === undefined && (
          <p class="none">None. When a rule finds something, it is here first.</p>
        )}
        <ul class="overview-alerts">
          {alerts.slice(0, MOST).map((alert) => (
            <li key={JSON.stringify(alert.labels)}>
              <Badge tone={toneOf(alert)}>
                {alert.state === 'firing' ? (alert.labels['severity'] ?? 'firing') : 'pending'}
              </Badge>
              <strong>{alert.labels['alertname']}</strong>
              <span class="alert-summary">{alert.annotations['summary']}</span>
              <span class="muted overview-alert-age">for {formatAge(Date.parse(alert.activeAt))}</span>
            </li>
          ))}
        </ul>
        {alerts.length > MOST && (
          <p class="note">
            {MOST} of {alerts.length}. {href !== undefined && <a href={href}>All alerts</a>}
          </p>
        )}
      </div>
    </section>
  )
}

function toneOf(alert: ActiveAlert): Tone {
  const rank = rankOf(alert)
  return rank === 0 ? 'critical' : rank < 10 ? 'warning' : 'neutral'
}
