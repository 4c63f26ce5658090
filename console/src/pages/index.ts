import type { PageEntry } from './page.ts'

/** In the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { id: 'overview', title: 'Overview', icon: 'overview', load: () => import('./overview/overview.tsx') },
  { id: 'metrics', title: 'Metrics', icon: 'metrics', needs: 'store', load: () => import('./metrics/metrics.tsx') },
]

/** The pages that packs bring: `dashboards/ID`. */
export const DASHBOARD_PAGE: PageEntry = {
  id: 'dashboards',
  title: 'Dashboards',
  icon: 'dashboard',
  load: () => import('./dashboards/dashboards.tsx'),
}
