import type { JSX } from 'preact'
import { dashboards, dashboardsError } from '../../data/dashboards.ts'
import { DashboardView } from '../../panels/dashboard-view.tsx'
import { Empty, Failure } from '../../parts/states.tsx'
import { place } from '../../state/place.ts'

/** The page of a pack that the address names. */
export default function Dashboards(): JSX.Element {
  const [id] = place.value.rest
  const found = dashboards.value.find((each) => each.id === id)
  if (dashboardsError.value !== undefined) return <Failure>{dashboardsError.value}</Failure>
  if (found === undefined) {
    return (
      <Empty title={`There is no dashboard “${id ?? ''}”`}>Packs bring them: the service uses none of that name.</Empty>
    )
  }
  return (
    <>
      <h1>{found.title}</h1>
      {found.description !== undefined && <p class="lead">{found.description}</p>}
      <DashboardView dashboard={found} />
    </>
  )
}
