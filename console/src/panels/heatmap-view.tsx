import { useComputed, useSignal } from '@preact/signals'
import type { HeatmapPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { bucketsOf } from '../charts/buckets.ts'
import { exploreParams, exportItems } from '../charts/chart.tsx'
import { FrameTable } from '../charts/frame-table.tsx'
import { Heatmap } from '../charts/heatmap.tsx'
import { metricIn } from '../charts/metric-in.ts'
import { Card } from '../parts/card.tsx'
import { Icon } from '../parts/icon.tsx'
import { Links } from '../parts/links.tsx'
import { Menu } from '../parts/menu.tsx'
import { Loading } from '../parts/states.tsx'
import { useRef } from 'preact/hooks'
import { go } from '../state/place.ts'
import { useVisible } from '../parts/visible.ts'
import { linksOf } from './links.ts'
import { useFrames } from './use-frames.ts'

const HEIGHT = 200

export function HeatmapView({ panel }: { readonly panel: HeatmapPanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const state = useFrames([{ expr: panel.expr }], isVisible)
  const buckets = useComputed(() => bucketsOf(state.value.frame))
  const cell = useSignal<string | undefined>(undefined)
  const { errors, isFirst } = state.value
  const asTable = useSignal(false)
  const body = useRef<HTMLDivElement>(null)
  const metric = metricIn(panel.expr)
  const items = [
    { name: asTable.value ? 'As chart' : 'As table', act: () => void (asTable.value = !asTable.value) },
    { name: 'As PromQL', act: () => go('explore', exploreParams([panel.expr])) },
    ...(metric === undefined ? [] : [{ name: 'Break down', act: () => go('metrics', { metric }) }]),
    ...exportItems(panel.title, body, () => state.peek().frame),
  ]
  return (
    <div ref={host}>
      <Card
        title={panel.title}
        description={panel.description}
        class="chart"
        actions={
          <>
            <Links links={linksOf(panel.links)} />
            <Menu label={`What to do with ${panel.title}`} items={items}>
              <Icon name="more" />
            </Menu>
          </>
        }
      >
        <div ref={body}>
          {isFirst ? (
            <Loading height={HEIGHT} />
          ) : asTable.value ? (
            <FrameTable
              title={panel.title}
              frame={state.value.frame}
              unit="per-second"
              decimals={undefined}
              height={HEIGHT}
            />
          ) : (
            <Heatmap
              buckets={buckets}
              unit={panel.unit ?? 'seconds'}
              label={`${panel.title}: how often each size came over time`}
              height={HEIGHT}
              onCell={(text) => {
                cell.value = text
              }}
            />
          )}
        </div>
        <p class="note">
          {cell.value ??
            (buckets.value.bounds.length === 0 && !isFirst
              ? 'No values in this range.'
              : 'The stronger the colour, the more often.')}
        </p>
        {errors.map((error) => (
          <p key={error} class="failure">
            {error}
          </p>
        ))}
      </Card>
    </div>
  )
}
