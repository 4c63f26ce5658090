import type { JSX } from 'preact'
import type { Panel } from 'boxman/packs'
import { dashboards, dashboardsError, OVERVIEW } from '../../data/dashboards.ts'
import { facts } from '../../data/facts.ts'
import { DashboardView } from '../../panels/dashboard-view.tsx'
import { PanelView } from '../../panels/panel.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { useVisible } from '../../parts/visible.ts'
import { ActiveAlerts } from './active-alerts.tsx'
import { AlertsTile } from './alerts-tile.tsx'
import { HealthTile } from './health-tile.tsx'
import './overview.css'
import { useAlerts } from './use-alerts.ts'

const REQUESTS = 'Requests'

/** How the service is, at a glance. */
export default function Overview(): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const alerts = useAlerts(isVisible)
  const found = dashboards.value.find(({ id }) => id === OVERVIEW)
  const [first, ...rows] = found?.rows ?? []
  const tiles: readonly Panel[] = first?.panels ?? []
  const requests = rows.filter(({ title }) => title === REQUESTS)
  const others = rows.filter(({ title }) => title !== REQUESTS)
  const hasAlerting = facts.value?.parts.store ?? true
  return (
    <div ref={host}>
      <h1>Overview</h1>
      {dashboardsError.value !== undefined && <Failure>{dashboardsError.value}</Failure>}
      {found === undefined ? (
        <Loading height={300} />
      ) : (
        <>
          <div class="glance">
            <HealthTile />
            {hasAlerting && <AlertsTile state={alerts.value} />}
            {tiles.map((panel) => (
              <PanelView key={panel.title} panel={panel} />
            ))}
          </div>
          <DashboardView dashboard={{ ...found, rows: requests }} />
          {requests.length === 0 && <NoRequests />}
          {hasAlerting && <ActiveAlerts state={alerts.value} />}
          <DashboardView dashboard={{ ...found, rows: others }} />
        </>
      )}
    </div>
  )
}

function NoRequests(): JSX.Element {
  return (
    <section class="row" aria-label={REQUESTS}>
      <h2>{REQUESTS}</h2>
      <p class="card none">
        No request has been measured yet. With <code>boxman.instrument.http(server)</code>, or the call of your
        framework, rate, errors and latency by route are drawn here from the first request on.
      </p>
    </section>
  )
}
