import type { StatPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { Spark } from '../charts/spark.tsx'
import { formatNumber } from '../format/number.ts'
import { figuresOf } from '../charts/shown.ts'
import { Loading } from '../parts/states.tsx'
import { Tile } from '../parts/tile.tsx'
import { useVisible } from '../parts/visible.ts'
import { levelOf } from './level.ts'
import { linkOf } from './links.ts'
import { useFrames } from './use-frames.ts'

/** The last value, large, before its course in the range. */
export function StatView({ panel }: { readonly panel: StatPanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { frame, errors, isFirst } = useFrames(panel.queries, isVisible).value
  const { unit = 'short', decimals, thresholds, links: [link] = [] } = panel
  return (
    <div ref={host}>
      <Tile title={panel.title} description={panel.description} href={link && linkOf(link)}>
        {isFirst && <Loading height={64} />}
        {!isFirst && frame.lines.length === 0 && errors.length === 0 && <p class="stat-value muted">–</p>}
        {frame.lines.map(({ key, name, values }) => {
          const { last } = figuresOf(frame.times, values)
          return (
            <div key={key} class={`stat-line tone-${levelOf(last, thresholds)}`}>
              {frame.lines.length > 1 && <span class="stat-name">{name}</span>}
              <span class="stat-value">{formatNumber(last, unit, decimals)}</span>
              <Spark values={values} />
            </div>
          )
        })}
        {errors.map((error) => (
          <p key={error} class="failure">
            {error}
          </p>
        ))}
      </Tile>
    </div>
  )
}
