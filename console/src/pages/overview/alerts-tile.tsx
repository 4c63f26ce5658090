import type { JSX } from 'preact'
import { linkOf } from '../../panels/links.ts'
import { Tile } from '../../parts/tile.tsx'
import type { AlertsState } from './use-alerts.ts'

/** How many fire, and how bad the worst is. */
export function AlertsTile({ state: { alerts, isFirst } }: { readonly state: AlertsState }): JSX.Element {
  const firing = alerts.filter(({ state }) => state === 'firing')
  const pending = alerts.length - firing.length
  const worst = firing[0]?.labels['severity'] ?? 'none'
  const tone = isFirst ? 'neutral' : firing.length === 0 ? 'good' : worst === 'critical' ? 'critical' : 'warning'
  const said = [firing.length > 0 ? `worst: ${worst}` : 'none fires', ...(pending > 0 ? [`${pending} pending`] : [])]
  return (
    <Tile title="Alerts" description="That fire now; the worst is named." href={linkOf({ to: 'alerts' })}>
      <div class={`stat-line tone-${tone}`}>
        <span class="stat-value">{isFirst ? '–' : firing.length}</span>
        <span class="stat-name">{isFirst ? '' : said.join(', ')}</span>
      </div>
    </Tile>
  )
}
