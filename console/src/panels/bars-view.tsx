import { barsOf } from 'boxman/charts'
import type { BarsPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { Links, LinkTo } from '../parts/links.tsx'
import { Loading } from '../parts/states.tsx'
import { useVisible } from '../parts/visible.ts'
import { levelOf } from './level.ts'
import { linksOf, linksOfLabels } from './links.ts'
import { useInstant } from './use-instant.ts'

export function BarsView({ panel }: { readonly panel: BarsPanel }): JSX.Element {
  const { reference, unit, decimals } = panel
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const asked = reference === undefined ? panel.queries : [...panel.queries, reference]
  const { answers, errors, isFirst } = useInstant(asked, isVisible).value
  const { bars, longest } = barsOf(panel, answers)
  const hasMarks = bars.some(({ mark }) => mark !== undefined)
  const partOf = (value: number): string => `${longest > 0 ? Math.min(100, (value / longest) * 100) : 0}%`
  return (
    <div ref={host}>
      <Card title={panel.title} description={panel.description} actions={<Links links={linksOf(panel.links)} />}>
        {isFirst && <Loading />}
        {!isFirst && bars.length === 0 && errors.length === 0 && <p class="none">No values.</p>}
        <ul class={hasMarks ? 'bars compared' : 'bars'}>
          {bars.map(({ name, labels, value, mark }) => {
            const [link] = linksOfLabels(panel.links, labels)
            return (
              <li key={name} class={`tone-${levelOf(value, panel.thresholds)}`}>
                <span class="bar-name" title={name}>
                  {link === undefined ? name : <LinkTo href={link.href} title={name} />}
                </span>
                <span class="bar">
                  <span style={{ width: partOf(value) }} />
                  {mark !== undefined && <i style={{ left: partOf(mark) }} />}
                </span>
                <span class="bar-value">{formatNumber(value, unit, decimals)}</span>
                {mark !== undefined && <span class="bar-mark muted">{formatNumber(mark, unit, decimals)}</span>}
              </li>
            )
          })}
        </ul>
        {reference !== undefined && bars.length > 0 && (
          <p class="note">The mark, and the last column: {reference.title}.</p>
        )}
        {errors.map((error) => (
          <p key={error} class="failure">
            {error}
          </p>
        ))}
      </Card>
    </div>
  )
}
