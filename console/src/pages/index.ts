import type { PageEntry } from './page.ts'

/** In the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { id: 'overview', title: 'Overview', icon: 'overview', load: () => import('./overview/overview.tsx') },
  { id: 'explore', title: 'Explore', icon: 'explore', load: () => import('./explore/explore.tsx') },
  { id: 'traces', title: 'Traces', icon: 'traces', needs: 'traces', load: () => import('./traces/traces.tsx') },
  { id: 'logs', title: 'Logs', icon: 'logs', needs: 'logs', load: () => import('./logs/logs.tsx') },
  { id: 'alerts', title: 'Alerts', icon: 'alerts', load: () => import('./alerts/alerts.tsx') },
  { id: 'errors', title: 'Errors', icon: 'errors', needs: 'diagnostics', load: () => import('./errors/errors.tsx') },
  { id: 'health', title: 'Health', icon: 'health', needs: 'diagnostics', load: () => import('./health/health.tsx') },
  { id: 'system', title: 'System', icon: 'system', needs: 'diagnostics', load: () => import('./system/system.tsx') },
  { id: 'cost', title: 'Cost of Boxman', icon: 'cost', needs: 'store', load: () => import('./cost/cost.tsx') },
  {
    id: 'config',
    title: 'Configuration',
    icon: 'config',
    needs: 'diagnostics',
    load: () => import('./config/config.tsx'),
  },
  { id: 'metrics', title: 'Metrics', icon: 'metrics', needs: 'store', load: () => import('./metrics/metrics.tsx') },
]

/** The pages that packs bring: `dashboards/ID`. */
export const DASHBOARD_PAGE: PageEntry = {
  id: 'dashboards',
  title: 'Dashboards',
  icon: 'dashboard',
  load: () => import('./dashboards/dashboards.tsx'),
}
