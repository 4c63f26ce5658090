import { useComputed, useSignalEffect, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { parse } from 'boxman/promql'
import type { Unit } from 'boxman/packs'
import { Chart } from '../../charts/chart.tsx'
import type { Mark } from '../../charts/marks.tsx'
import type { FrameState } from '../../data/frames.ts'
import { useFrames } from '../../panels/use-frames.ts'
import { useVisible } from '../../parts/visible.ts'
import { param } from '../../state/place.ts'
import { range } from '../../state/time-range.ts'
import { formatNumber } from '../../format/number.ts'
import { loadExemplars, marksOf } from './exemplars.ts'
import type { Metadata } from './metadata.ts'
import { letterOf, type Row, runs } from './session.ts'
import { stepOf } from './steps.ts'
import { boundUnitOf, unitOf } from './unit-guess.ts'
import { useAsked } from './use-asked.ts'
import { plain } from './rate-interval.ts'

interface ViewProps {
  readonly rows: readonly Row[]
  readonly metadata: Metadata
}

const HEIGHT = 320
const EXEMPLARS_EVERY_MS = 15_000

/** The queries over the page's time range, in one chart. */
export function GraphView({ rows, metadata }: ViewProps): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const step = stepOf(param('step'), range.value.spanMs)
  const exprs = rows.map(({ asked }) => asked.expr)
  // A run that changes nothing asks again all the same: to the chart it is another set of queries.
  const queries = rows.map(({ asked: { expr, legend } }) => ({ expr, legend, run: runs.value }))
  const state = useFrames(queries, isVisible, step)
  const letters = useSignal<readonly string[]>([])
  letters.value = rows.length < 2 ? [] : rows.map((_, i) => letterOf(i))
  const named = useComputed((): FrameState => {
    const { frame, ...rest } = state.value
    const lines = frame.lines.map((line) => {
      const letter = letters.value[Number(line.key.split(' ', 1)[0])]
      return letter === undefined ? line : { ...line, name: `${letter} ${line.name}` }
    })
    return { ...rest, frame: { ...frame, lines } }
  })
  const unit = commonUnit(exprs, metadata)
  const marks = useSignal<readonly Mark[]>([])
  const found = useAsked(JSON.stringify(exprs), EXEMPLARS_EVERY_MS, (window, signal) =>
    loadExemplars(exprs.map(plain), window, signal),
  )
  useSignalEffect(() => {
    marks.value = marksOf(found.value.data ?? [], isInBoundsUnit(exprs, metadata) ? unit : undefined)
  })
  return (
    <div ref={host}>
      <Chart
        key={JSON.stringify(queries) + step}
        title={`Every ${formatNumber(step / 1000, 'seconds')}`}
        state={named}
        exprs={exprs}
        unit={unit}
        isStacked={param('stacked') !== ''}
        height={HEIGHT}
        marks={marks}
      />
      {marks.value.length > 0 && <p class="note">The diamonds are single requests; each leads to its trace.</p>}
    </div>
  )
}

/** Of all of them; when they differ, none. */
function commonUnit(exprs: readonly string[], metadata: Metadata): Unit {
  const units = new Set(
    exprs.flatMap((expr) => {
      const parsed = parse(plain(expr))
      return parsed.ok ? [unitOf(parsed.expr, metadata)] : []
    }),
  )
  const [unit = 'short'] = units
  return units.size === 1 ? unit : 'short'
}

/** Whether the values are told as those of the exemplars are. */
function isInBoundsUnit(exprs: readonly string[], metadata: Metadata): boolean {
  return exprs.every((expr) => {
    const parsed = parse(plain(expr))
    return parsed.ok && unitOf(parsed.expr, metadata) === boundUnitOf(parsed.expr, metadata)
  })
}
