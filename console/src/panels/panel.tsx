import type { Panel } from 'boxman/packs'
import type { JSX } from 'preact'
import { BarsView } from './bars-view.tsx'
import { late } from '../parts/late.tsx'
import { HeatmapView } from './heatmap-view.tsx'
import { StatView } from './stat-view.tsx'
import { TableView } from './table-view.tsx'
import { TimeSeriesView } from './time-series-view.tsx'

const ListView = late(async () => (await import('./list-view.tsx')).ListView)

/** A panel of a definition, drawn as its kind is. */
export function PanelView({ panel }: { readonly panel: Panel }): JSX.Element {
  switch (panel.kind) {
    case 'time-series':
      return <TimeSeriesView panel={panel} />
    case 'stat':
      return <StatView panel={panel} />
    case 'bars':
      return <BarsView panel={panel} />
    case 'table':
      return <TableView panel={panel} />
    case 'heatmap':
      return <HeatmapView panel={panel} />
    case 'list':
      return <ListView panel={panel} />
  }
}
