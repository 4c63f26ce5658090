import { type ReadonlySignal, useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { FrameState } from '../data/frames.ts'
import type { Frame, Labels } from '../data/series.ts'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { Icon } from '../parts/icon.tsx'
import { type Link, Links } from '../parts/links.tsx'
import { Menu, type MenuItem } from '../parts/menu.tsx'
import { Loading } from '../parts/states.tsx'
import { addressOf, go } from '../state/place.ts'
import { zoomTo } from '../state/time-range.ts'
import { FrameTable } from './frame-table.tsx'
import { Legend } from './legend.tsx'
import { Plot, type PlotOptions } from './plot.tsx'
import { metricIn } from './metric-in.ts'
import { MOST_LINES, shownLines } from './shown.ts'
import { useRef } from 'preact/hooks'

export interface ChartProps extends Omit<PlotOptions, 'onZoom' | 'onCursor'> {
  readonly title: string
  readonly description?: string | undefined
  readonly state: ReadonlySignal<FrameState>
  /** As they are asked, for who wants to go on from there. */
  readonly exprs: readonly string[]
  /** Where there is more of it all. */
  readonly links?: readonly Link[]
  /** Where there is more of one line. */
  readonly linksOf?: (labels: Labels) => readonly Link[]
  readonly height?: number
}

/** Lines over time, with what they come to in the range; as a picture, a table, a file or a query. */
export function Chart({
  title,
  description,
  state,
  exprs,
  links = [],
  linksOf,
  height = 200,
  ...options
}: ChartProps): JSX.Element {
  const asTable = useSignal(false)
  const chosen = useSignal<ReadonlySet<string>>(new Set())
  const cursor = useSignal<number | null>(null)
  const body = useRef<HTMLDivElement>(null)
  const times = useComputed(() => state.value.frame.times)
  const lines = useComputed(() => shownLines(state.value.frame.lines, chosen.value))
  const { frame, errors, isFirst } = state.value
  const hidden = frame.lines.length - lines.value.length

  const metric = exprs.map(metricIn).find((name) => name !== undefined)
  const items = [
    { name: asTable.value ? 'As chart' : 'As table', act: () => void (asTable.value = !asTable.value) },
    { name: 'As PromQL', act: () => go('explore', exploreParams(exprs)) },
    ...(metric === undefined ? [] : [{ name: 'Break down', act: () => go('metrics', { metric }) }]),
    ...exportItems(title, body, () => state.peek().frame),
  ]
  return (
    <Card
      title={title}
      description={description}
      class="chart"
      actions={
        <>
          <Links links={links} />
          <Menu label={`What to do with ${title}`} items={items}>
            <Icon name="more" />
          </Menu>
        </>
      }
    >
      <div ref={body}>
        {isFirst ? (
          <Loading height={height} />
        ) : asTable.value ? (
          <FrameTable title={title} frame={frame} unit={options.unit} decimals={options.decimals} height={height} />
        ) : (
          <Plot
            {...options}
            times={times}
            lines={lines}
            height={height}
            label={summaryOf(title, frame.lines.length, options, frame.lines[0]?.values.at(-1))}
            onZoom={zoomTo}
            onCursor={(index) => {
              cursor.value = index
            }}
          />
        )}
        {!isFirst && frame.lines.length === 0 && errors.length === 0 && <p class="none">No values in this range.</p>}
      </div>
      {!asTable.value && (
        <Legend
          times={times}
          lines={lines}
          chosen={chosen}
          cursor={cursor}
          unit={options.unit}
          decimals={options.decimals}
          linksOf={linksOf}
        />
      )}
      {hidden > 0 && (
        <p class="note">
          {MOST_LINES} of {frame.lines.length} lines.{' '}
          <a href={addressOf('explore', exploreParams(exprs))}>Choose some</a>
        </p>
      )}
      {errors.map((error) => (
        <p key={error} class="failure">
          {error}
        </p>
      ))}
    </Card>
  )
}

/** What saves a chart; how that is done is loaded when it is asked for. */
export function exportItems(
  title: string,
  body: { readonly current: Element | null },
  read: () => Frame,
): readonly MenuItem[] {
  return [
    { name: 'Save as PNG', act: () => void import('./export.ts').then((how) => how.savePicture(title, body.current)) },
    { name: 'Save as CSV', act: () => void import('./export.ts').then((how) => how.saveFrame(title, read())) },
  ]
}

export function exploreParams(exprs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(exprs.map((expr, i) => [i === 0 ? 'q' : `q${i + 1}`, expr]))
}

function summaryOf(
  title: string,
  lines: number,
  { unit, decimals }: Pick<PlotOptions, 'unit' | 'decimals'>,
  last: number | null | undefined,
): string {
  const now = lines === 1 ? `, now ${formatNumber(last, unit, decimals)}` : ''
  return `${title}: ${lines} ${lines === 1 ? 'line' : 'lines'} over time${now}. The menu shows it as a table.`
}
