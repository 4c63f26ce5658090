import type { JSX } from 'preact'
import { parse } from 'boxman/promql'
import type { Unit } from 'boxman/packs'
import { fillIn } from '../../data/frames.ts'
import { type HistogramSample, instant, numberOf, type QueryData } from '../../data/prometheus.ts'
import { keyOf, type Labels } from '../../data/series.ts'
import { formatMoment, formatNumber } from '../../format/number.ts'
import { Card } from '../../parts/card.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { type Column, type Order, Table } from '../../parts/table.tsx'
import { param, setParams } from '../../state/place.ts'
import { range } from '../../state/time-range.ts'
import type { Metadata } from './metadata.ts'
import { plain } from './rate-interval.ts'
import { letterOf, type Row } from './session.ts'
import { stepOf } from './steps.ts'
import { unitOf } from './unit-guess.ts'
import { useAsked } from './use-asked.ts'

interface InstantRow {
  readonly key: string
  readonly labels: Labels
  readonly value: number | null
  /** As it is shown. */
  readonly text: string
}

const EVERY_MS = 1000
const MOST_ROWS = 1000

/** What each query comes to at the end of the range, a row a series. */
export function InstantView({
  rows,
  metadata,
}: {
  readonly rows: readonly Row[]
  readonly metadata: Metadata
}): JSX.Element {
  return (
    <>
      {rows.map((row, i) => (
        <InstantCard key={row.id} title={titleOf(row, i, rows.length)} expr={row.asked.expr} metadata={metadata} />
      ))}
    </>
  )
}

export function titleOf({ asked }: Row, index: number, count: number): string {
  return count < 2 ? asked.expr : `${letterOf(index)}: ${asked.expr}`
}

function InstantCard({
  title,
  expr,
  metadata,
}: {
  readonly title: string
  readonly expr: string
  readonly metadata: Metadata
}): JSX.Element {
  const step = stepOf(param('step'), range.value.spanMs)
  const { data, error } = useAsked(`${expr} ${step}`, EVERY_MS, ({ to }, signal) =>
    instant(fillIn(expr, step), to, signal),
  ).value
  if (data === undefined) {
    return (
      <Card title={title} class="result">
        {error === undefined ? <Loading /> : <Failure>{error}</Failure>}
      </Card>
    )
  }
  const parsed = parse(plain(expr))
  const all = rowsOf(data.data, parsed.ok ? unitOf(parsed.expr, metadata) : 'short')
  const labels = [...new Set(all.flatMap((row) => Object.keys(row.labels)))].sort(byName)
  const columns: readonly Column<InstantRow>[] = [
    ...labels.map((name) => ({
      name: name === '__name__' ? 'metric' : name,
      cell: (row: InstantRow) => row.labels[name],
      by: (row: InstantRow) => row.labels[name] ?? '',
    })),
    {
      name: 'Value',
      cell: ({ text, value }) => <span title={String(value)}>{text}</span>,
      by: ({ value }) => value,
      isNumber: true,
    },
  ]
  return (
    <Card title={title} class="result" actions={<span class="muted">{countText(all.length)}</span>}>
      <Table
        label={`Result of ${title}`}
        columns={columns}
        rows={all.slice(0, MOST_ROWS)}
        keyOf={({ key }) => key}
        order={orderIn(param('sort'))}
        onOrder={({ name, down }) => setParams({ sort: `${down ? '-' : ''}${name ?? ''}` })}
        empty="No series has a value at this moment."
      />
      {all.length > MOST_ROWS && (
        <p class="note">
          {MOST_ROWS} of {all.length} series. Narrow the query, or take topk() of it.
        </p>
      )}
      {error !== undefined && <Failure>{error}</Failure>}
    </Card>
  )
}

/** `path` rises, `-path` falls. */
function orderIn(sort: string): Order {
  if (sort === '') return { name: 'Value', down: true }
  return sort.startsWith('-') ? { name: sort.slice(1), down: true } : { name: sort, down: false }
}

export function countText(count: number): string {
  return count === 1 ? '1 series' : `${count.toLocaleString('en')} series`
}

function rowsOf(data: QueryData, unit: Unit): readonly InstantRow[] {
  switch (data.resultType) {
    case 'scalar': {
      const value = numberOf(data.result[1])
      return [{ key: 'scalar', labels: {}, value, text: shown(data.result[1], unit) }]
    }
    case 'string':
      return [{ key: 'string', labels: {}, value: null, text: data.result[1] }]
    case 'vector':
      return data.result.map(({ metric, value, histogram }) => ({
        key: keyOf(metric),
        labels: metric,
        value: value === undefined ? Number(histogram?.[1].count ?? NaN) : numberOf(value[1]),
        text: value === undefined ? histogramText(histogram?.[1]) : shown(value[1], unit),
      }))
    case 'matrix':
      return data.result.map(({ metric, values = [], histograms = [] }) => ({
        key: keyOf(metric),
        labels: metric,
        value: values.length + histograms.length,
        text: `${values.length + histograms.length} samples, the last ${lastText(values.at(-1), histograms.at(-1)?.[1], unit)}`,
      }))
  }
}

function lastText(
  value: readonly [at: number, value: string] | undefined,
  histogram: HistogramSample | undefined,
  unit: Unit,
): string {
  if (value === undefined) return histogramText(histogram)
  return `${shown(value[1], unit)} at ${formatMoment(value[0] * 1000, false)}`
}

function shown(text: string, unit: Unit): string {
  return formatNumber(text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text), unit)
}

function histogramText(histogram: HistogramSample | undefined): string {
  if (histogram === undefined) return '–'
  const [count, sum] = [Number(histogram.count), Number(histogram.sum)]
  return `count ${formatNumber(count)}, sum ${formatNumber(sum)}, mean ${formatNumber(sum / count)}`
}

/** The metric's name first. */
function byName(a: string, b: string): number {
  if (a === '__name__' || b === '__name__') return a === '__name__' ? -1 : 1
  return a < b ? -1 : 1
}
