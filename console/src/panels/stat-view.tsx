import type { StatPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { Spark } from '../charts/spark.tsx'
import { formatNumber } from '../format/number.ts'
import { figuresOf } from '../charts/shown.ts'
import { Links } from '../parts/links.tsx'
import { Loading } from '../parts/states.tsx'
import { Tile } from '../parts/tile.tsx'
import { useVisible } from '../parts/visible.ts'
import { levelOf } from './level.ts'
import { linksOf, linksOfLabels } from './links.ts'
import { useFrames } from './use-frames.ts'

/** The last value, large, before its course in the range. */
export function StatView({ panel }: { readonly panel: StatPanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { frame, errors, isFirst } = useFrames(panel.queries, isVisible).value
  const { unit = 'short', decimals, thresholds } = panel
  const [link, ...more] = linksOf(panel.links)
  return (
    <div ref={host}>
      <Tile title={panel.title} description={panel.description} href={link?.href}>
        {isFirst && <Loading height={64} />}
        {!isFirst && frame.lines.length === 0 && errors.length === 0 && <p class="stat-value muted">–</p>}
        {frame.lines.map(({ key, name, labels, values }) => {
          const { last } = figuresOf(frame.times, values)
          return (
            <div key={key} class={`stat-line tone-${levelOf(last, thresholds)}`}>
              {frame.lines.length > 1 && <span class="stat-name">{name}</span>}
              <span class="stat-value">{formatNumber(last, unit, decimals)}</span>
              <Links links={linksOfLabels(panel.links, labels)} />
              <Spark values={values} />
            </div>
          )
        })}
        <Links links={more} />
        {errors.map((error) => (
          <p key={error} class="failure">
            {error}
          </p>
        ))}
      </Tile>
    </div>
  )
}
