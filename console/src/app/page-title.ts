import { dashboards } from '../data/dashboards.ts'
import { DASHBOARD_PAGE, PAGES } from '../pages/index.ts'
import type { Place } from '../state/place.ts'

export function pageTitle({ page, rest: [id] }: Place): string | undefined {
  if (page === DASHBOARD_PAGE.id) return dashboards.value.find((each) => each.id === id)?.title
  return PAGES.find((each) => each.id === page)?.title
}
