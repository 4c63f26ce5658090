import type { PageEntry } from './page.ts'

/** In the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { id: 'overview', title: 'Overview', icon: 'overview', load: () => import('./overview/overview.tsx') },
  { id: 'alerts', title: 'Alerts', icon: 'alerts', load: () => import('./alerts/alerts.tsx') },
]

/** The pages that packs bring: `dashboards/ID`. */
export const DASHBOARD_PAGE: PageEntry = {
  id: 'dashboards',
  title: 'Dashboards',
  icon: 'dashboard',
  load: () => import('./dashboards/dashboards.tsx'),
}
