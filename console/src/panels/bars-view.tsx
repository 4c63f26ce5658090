import type { BarsPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { nameOf } from '../data/series.ts'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { Loading } from '../parts/states.tsx'
import { useVisible } from '../parts/visible.ts'
import { levelOf } from './level.ts'
import { useInstant } from './use-instant.ts'

const MOST_BARS = 30

export function BarsView({ panel }: { readonly panel: BarsPanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { answers, errors, isFirst } = useInstant(panel.queries, isVisible).value
  const bars = answers
    .flatMap((series, i) =>
      series.map(({ labels, value }) => ({ name: nameOf(labels, panel.queries[i]?.legend), value: value ?? 0 })),
    )
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_BARS)
  const longest = panel.max ?? Math.max(0, ...bars.map(({ value }) => value))
  return (
    <div ref={host}>
      <Card title={panel.title} description={panel.description}>
        {isFirst && <Loading />}
        {!isFirst && bars.length === 0 && errors.length === 0 && <p class="none">No values.</p>}
        <ul class="bars">
          {bars.map(({ name, value }) => (
            <li key={name} class={`tone-${levelOf(value, panel.thresholds)}`}>
              <span class="bar-name" title={name}>
                {name}
              </span>
              <span class="bar">
                <span style={{ width: `${longest > 0 ? Math.min(100, (value / longest) * 100) : 0}%` }} />
              </span>
              <span class="bar-value">{formatNumber(value, panel.unit, panel.decimals)}</span>
            </li>
          ))}
        </ul>
        {errors.map((error) => (
          <p key={error} class="failure">
            {error}
          </p>
        ))}
      </Card>
    </div>
  )
}
