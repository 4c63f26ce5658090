import type { BarsPanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { nameOf } from '../data/series.ts'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { Links, LinkTo } from '../parts/links.tsx'
import { Loading } from '../parts/states.tsx'
import { useVisible } from '../parts/visible.ts'
import { levelOf } from './level.ts'
import { linksOf, linksOfLabels } from './links.ts'
import { useInstant } from './use-instant.ts'

const MOST_BARS = 30

export function BarsView({ panel }: { readonly panel: BarsPanel }): JSX.Element {
  const { reference, unit, decimals, order = 'value' } = panel
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const asked = reference === undefined ? panel.queries : [...panel.queries, reference]
  const { answers, errors, isFirst } = useInstant(asked, isVisible).value
  const all = answers.map((series, i) =>
    series.map(({ labels, value }) => ({ labels, name: nameOf(labels, asked[i]?.legend), value: value ?? 0 })),
  )
  const marks = new Map((all[panel.queries.length] ?? []).map(({ name, value }) => [name, value]))
  const bars = all
    .slice(0, panel.queries.length)
    .flat()
    .sort((a, b) => (order === 'value' ? b.value - a.value : a.name.localeCompare(b.name, 'en', { numeric: true })))
    .slice(0, MOST_BARS)
  const longest = panel.max ?? Math.max(0, ...bars.map(({ value }) => value), ...marks.values())
  const partOf = (value: number): string => `${longest > 0 ? Math.min(100, (value / longest) * 100) : 0}%`
  return (
    <div ref={host}>
      <Card title={panel.title} description={panel.description} actions={<Links links={linksOf(panel.links)} />}>
        {isFirst && <Loading />}
        {!isFirst && bars.length === 0 && errors.length === 0 && <p class="none">No values.</p>}
        <ul class={marks.size > 0 ? 'bars compared' : 'bars'}>
          {bars.map(({ name, labels, value }) => {
            const mark = marks.get(name)
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
