import { useComputed, useSignal } from '@preact/signals'
import type { HeatmapPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { bucketsOf } from '../charts/buckets.ts'
import { Heatmap } from '../charts/heatmap.tsx'
import { Card } from '../parts/card.tsx'
import { Loading } from '../parts/states.tsx'
import { useVisible } from '../parts/visible.ts'
import { useFrames } from './use-frames.ts'

const HEIGHT = 200

export function HeatmapView({ panel }: { readonly panel: HeatmapPanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const state = useFrames([{ expr: panel.expr }], isVisible)
  const buckets = useComputed(() => bucketsOf(state.value.frame))
  const cell = useSignal<string | undefined>(undefined)
  const { errors, isFirst } = state.value
  return (
    <div ref={host}>
      <Card title={panel.title} description={panel.description} class="chart">
        {isFirst ? (
          <Loading height={HEIGHT} />
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
        <p class="note">
          {cell.value ?? (buckets.value.bounds.length === 0 && !isFirst ? 'No values in this range.' : ' ')}
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
