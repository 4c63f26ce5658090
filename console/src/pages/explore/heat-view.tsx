import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { parse, print } from 'boxman/promql'
import { NO_BUCKETS } from '../../charts/buckets.ts'
import { Heatmap } from '../../charts/heatmap.tsx'
import { fillIn } from '../../data/frames.ts'
import { stepFor } from '../../data/step.ts'
import { overTime } from '../../data/prometheus.ts'
import { Card } from '../../parts/card.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { range } from '../../state/time-range.ts'
import { heatOf, histogramIn } from './heat.ts'
import { titleOf } from './instant-view.tsx'
import type { Metadata } from './metadata.ts'
import { plain } from './rate-interval.ts'
import type { Row } from './session.ts'
import { boundUnitOf } from './unit-guess.ts'
import { useAsked } from './use-asked.ts'

const HEIGHT = 320
const POINTS = 120
const LEAST_EVERY_MS = 5000

/** How often each size came, by time: of queries that give buckets or native histograms. */
export function HeatView({
  rows,
  metadata,
}: {
  readonly rows: readonly Row[]
  readonly metadata: Metadata
}): JSX.Element {
  return (
    <>
      {rows.map((row, i) => (
        <HeatCard key={row.id} title={titleOf(row, i, rows.length)} expr={row.asked.expr} metadata={metadata} />
      ))}
    </>
  )
}

function HeatCard({
  title,
  expr,
  metadata,
}: {
  readonly title: string
  readonly expr: string
  readonly metadata: Metadata
}): JSX.Element {
  const step = stepFor(range.value.spanMs, POINTS)
  const asked = fillIn(expr, step)
  const parsed = parse(asked)
  const histogram = parsed.ok ? histogramIn(parsed.expr) : undefined
  const isWithin = parsed.ok && histogram !== parsed.expr
  const query = isWithin && histogram !== undefined ? print(histogram) : asked
  const cell = useSignal<string | undefined>(undefined)
  const state = useAsked(`${query} ${step}`, Math.max(LEAST_EVERY_MS, step), async ({ from, to }, signal) => {
    const window = { from: Math.ceil(from / step) * step, to: Math.floor(to / step) * step, step }
    return heatOf((await overTime(query, window, signal)).data, window)
  })
  const buckets = useComputed(() => state.value.data ?? NO_BUCKETS)
  const { data, error } = state.value
  const known = parse(plain(expr))
  return (
    <Card title={title} class="chart result">
      {isWithin && <p class="note">The histogram that the quantile is taken from: {query}</p>}
      {data === undefined && error === undefined && <Loading height={HEIGHT} />}
      {data !== undefined && data.bounds.length === 0 && (
        <p class="none">
          No buckets in this range. A heat map needs series by “le”, such as sum by (le) (rate(NAME_bucket[5m])), or a
          native histogram: rate(NAME[5m]).
        </p>
      )}
      {data !== undefined && data.bounds.length > 0 && (
        <>
          <Heatmap
            buckets={buckets}
            unit={known.ok ? boundUnitOf(known.expr, metadata) : 'short'}
            label={`${title}: how often each size came over time. The tab “Table” has it as figures.`}
            height={HEIGHT}
            onCell={(text) => {
              cell.value = text
            }}
          />
          <p class="note">
            {cell.value ?? 'The stronger the colour, the more often; point at a cell for its figures.'}
          </p>
        </>
      )}
      {error !== undefined && <Failure>{error}</Failure>}
    </Card>
  )
}
