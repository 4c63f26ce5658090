import type { PageEntry } from './page.ts'

/** In the order of the navigation. */
export const PAGES: readonly PageEntry[] = [
  { id: 'overview', title: 'Overview', icon: 'overview', load: () => import('./overview/overview.tsx') },
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
]

/** The pages that packs bring: `dashboards/ID`. */
export const DASHBOARD_PAGE: PageEntry = {
  id: 'dashboards',
  title: 'Dashboards',
  icon: 'dashboard',
  load: () => import('./dashboards/dashboards.tsx'),
}
