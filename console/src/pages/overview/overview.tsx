import type { JSX } from 'preact'
import { dashboards, dashboardsError, OVERVIEW } from '../../data/dashboards.ts'
import { DashboardView } from '../../panels/dashboard-view.tsx'
import { Failure, Loading } from '../../parts/states.tsx'

/** How the service is, at a glance. */
export default function Overview(): JSX.Element {
  const found = dashboards.value.find(({ id }) => id === OVERVIEW)
  return (
    <>
      <h1>Overview</h1>
      {dashboardsError.value !== undefined && <Failure>{dashboardsError.value}</Failure>}
      {found === undefined ? <Loading height={300} /> : <DashboardView dashboard={found} />}
    </>
  )
}
