import { type ReadonlySignal, useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Unit } from 'boxman/packs'
import { Chart } from '../../charts/chart.tsx'
import { Spark } from '../../charts/spark.tsx'
import { figuresOf } from '../../charts/shown.ts'
import type { FrameState } from '../../data/frames.ts'
import type { Frame } from '../../data/series.ts'
import { formatNumber } from '../../format/number.ts'
import { useFrames } from '../../panels/use-frames.ts'
import { Loading } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useVisible } from '../../parts/visible.ts'
import { askedOf, type Metric } from './asked.ts'

interface BreakDownProps {
  readonly metric: Metric
  readonly by: string
  readonly view: 'charts' | 'table'
}

/** More charts than these are a table's work. */
const MOST_CHARTS = 24
const CHART_HEIGHT = 130

/** The same metric for each value of a label. */
export function BreakDown({ metric, by, view }: BreakDownProps): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const asked = askedOf(metric, by)
  const state = useFrames(asked.queries, isVisible)
  const { frame, errors, isFirst } = state.value
  const values = valuesOf(frame, by)
  const shown = values.slice(0, MOST_CHARTS).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return (
    <div ref={host} class="break-down">
      {isFirst && <Loading height={CHART_HEIGHT} />}
      {!isFirst && values.length === 0 && errors.length === 0 && <p class="none">No values in this range.</p>}
      {errors.map((error) => (
        <p key={error} class="failure">
          {error}
        </p>
      ))}
      {view === 'table' ? (
        values.length > 0 && <ValueTable frame={frame} by={by} unit={asked.unit} />
      ) : (
        <div class="small-charts">
          {shown.map((value) => (
            <SmallChart key={value} state={state} metric={metric} by={by} value={value} unit={asked.unit} />
          ))}
        </div>
      )}
      {view === 'charts' && values.length > MOST_CHARTS && (
        <p class="note">
          The {MOST_CHARTS} greatest of {values.length}. The table has them all.
        </p>
      )}
    </div>
  )
}

interface SmallChartProps extends Pick<BreakDownProps, 'metric' | 'by'> {
  readonly state: ReadonlySignal<FrameState>
  readonly value: string
  readonly unit: Unit
}

function SmallChart({ state, metric, by, value, unit }: SmallChartProps): JSX.Element {
  const own = useComputed(() => {
    const { frame, ...rest } = state.value
    const lines = frame.lines
      .filter(({ labels }) => (labels[by] ?? '') === value)
      .map((line) => ({ ...line, name: line.name === value ? metric.name : line.name.replace(`${value} `, '') }))
    return { ...rest, frame: { times: frame.times, lines } }
  })
  const exprs = askedOf(metric, by, value).queries.map(({ expr }) => expr)
  const title = value === '' ? `no ${by}` : value
  return <Chart title={title} state={own} exprs={exprs} unit={unit} height={CHART_HEIGHT} />
}

interface Row {
  readonly key: string
  readonly name: string
  readonly values: Frame['lines'][number]['values']
  readonly figures: ReturnType<typeof figuresOf>
}

function ValueTable({
  frame,
  by,
  unit,
}: {
  readonly frame: Frame
  readonly by: string
  readonly unit: Unit
}): JSX.Element {
  const rows = frame.lines.map(({ key, name, values }) => ({
    key,
    name,
    values,
    figures: figuresOf(frame.times, values),
  }))
  const figure = (name: 'last' | 'mean' | 'max'): Column<Row> => ({
    name,
    cell: ({ figures }) => formatNumber(figures[name], unit),
    by: ({ figures }) => figures[name],
    isNumber: true,
  })
  const columns: readonly Column<Row>[] = [
    { name: by, cell: ({ name }) => name, by: ({ name }) => name },
    figure('last'),
    figure('mean'),
    figure('max'),
    { name: 'course', cell: ({ values }) => <Spark values={values} /> },
  ]
  return (
    <div class="card">
      <Table label={`By ${by}`} columns={columns} rows={rows} keyOf={({ key }) => key} sorted="mean" />
    </div>
  )
}

/** The values of the label, the greatest first. */
function valuesOf({ times, lines }: Frame, by: string): string[] {
  const sizes = new Map<string, number>()
  for (const { labels, values } of lines) {
    const value = labels[by] ?? ''
    sizes.set(value, Math.max(sizes.get(value) ?? -Infinity, figuresOf(times, values).mean ?? 0))
  }
  return [...sizes].sort(([, a], [, b]) => b - a).map(([value]) => value)
}
