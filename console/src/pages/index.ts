import type { PageEntry } from './page.ts'

/** In the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { id: 'overview', title: 'Overview', icon: 'overview', load: () => import('./overview/overview.tsx') },
  { id: 'explore', title: 'Explore', icon: 'explore', load: () => import('./explore/explore.tsx') },
  { id: 'traces', title: 'Traces', icon: 'traces', needs: 'traces', load: () => import('./traces/traces.tsx') },
  { id: 'logs', title: 'Logs', icon: 'logs', needs: 'logs', load: () => import('./logs/logs.tsx') },
  { id: 'alerts', title: 'Alerts', icon: 'alerts', load: () => import('./alerts/alerts.tsx') },
]

/** The pages that packs bring: `dashboards/ID`. */
export const DASHBOARD_PAGE: PageEntry = {
  id: 'dashboards',
  title: 'Dashboards',
  icon: 'dashboard',
  load: () => import('./dashboards/dashboards.tsx'),
}
