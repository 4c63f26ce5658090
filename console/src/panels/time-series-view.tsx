import type { TimeSeriesPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { Chart } from '../charts/chart.tsx'
import { useVisible } from '../parts/visible.ts'
import { linksOf, linksOfLabels } from './links.ts'
import { useFrames } from './use-frames.ts'

export function TimeSeriesView({ panel }: { readonly panel: TimeSeriesPanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const state = useFrames(panel.queries, isVisible)
  return (
    <div ref={host}>
      <Chart
        title={panel.title}
        description={panel.description}
        state={state}
        exprs={panel.queries.map(({ expr }) => expr)}
        unit={panel.unit ?? 'short'}
        decimals={panel.decimals}
        isStacked={panel.stacked}
        min={panel.min}
        max={panel.max}
        thresholds={panel.thresholds}
        links={linksOf(panel.links)}
        linksOf={(labels) => linksOfLabels(panel.links, labels)}
      />
    </div>
  )
}
