import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { axisTimes } from '../../charts/axis-times.ts'
import { colourOf, faded } from '../../charts/palette.ts'
import { formatExactTime, formatNumber } from '../../format/number.ts'
import { darkness } from '../../state/preferences.ts'
import { range, windowOf, zoomTo } from '../../state/time-range.ts'
import type { TraceSummary } from './ask-traces.ts'
import { errorsText, formatMs } from './duration.ts'

interface ScatterProps {
  readonly traces: ReadonlySignal<readonly TraceSummary[]>
  readonly onOpen: (traceId: string) => void
  /** A range of durations was drawn, ms. */
  readonly onDurations: (minMs: number, maxMs: number) => void
}

const HEIGHT = 190
const NEAR_PX = 14
const LEAST_DRAG_PX = 6

/** Each trace by when it began and how long it took; a cross is one that failed. The scale of durations is that of a logarithm. */
export function Scatter({ traces, onOpen, onDurations }: ScatterProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const shown = useRef<readonly TraceSummary[]>([])
  const near = useSignal<TraceSummary | undefined>(undefined)
  const dataOf = (): uPlot.AlignedData => [
    shown.current.map(({ startMs }) => startMs / 1000),
    shown.current.map(({ durationMs }) => secondsOf(durationMs)),
  ]
  useSignalEffect(() => {
    shown.current = [...traces.value].sort((a, b) => a.startMs - b.startMs)
    plot.current?.setData(dataOf())
  })
  useSignalEffect(() => {
    void darkness.value
    const element = host.current
    if (element === null) return undefined
    const made = new uPlot(
      optionsOf(element.clientWidth, {
        read: () => shown.current,
        onNear: (found) => {
          near.value = found
        },
        onOpen: () => {
          const found = near.peek()
          if (found !== undefined) onOpen(found.traceId)
        },
        onDurations,
      }),
      dataOf(),
      element,
    )
    plot.current = made
    return () => {
      plot.current = undefined
      made.destroy()
    }
  })
  useEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth
      if (width > 0 && plot.current !== undefined && plot.current.width !== width)
        plot.current.setSize({ width, height: HEIGHT })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const failed = traces.value.filter(({ errors }) => errors > 0).length
  const label = `${traces.value.length} traces by start and duration, ${failed} with errors. The list below has them all.`
  const at = near.value
  return (
    <>
      <div
        class={at === undefined ? 'plot' : 'plot scatter-near'}
        ref={host}
        role="img"
        aria-label={label}
        style={{ height: `${HEIGHT}px` }}
      />
      <p class="note scatter-note">
        {at === undefined ? (
          <>
            <span class="dot-key" aria-hidden="true" /> without <span class="cross-key">×</span> with errors. Draw a
            range of time and duration to look closer; a click opens a trace.
          </>
        ) : (
          `${formatExactTime(at.startMs)} · ${at.root.service} ${at.root.name} · ${formatMs(at.durationMs)}${at.errors > 0 ? ` · ${errorsText(at.errors)}` : ''}`
        )}
      </p>
    </>
  )
}

interface Wiring {
  readonly read: () => readonly TraceSummary[]
  readonly onNear: (trace: TraceSummary | undefined) => void
  readonly onOpen: () => void
  readonly onDurations: (minMs: number, maxMs: number) => void
}

function optionsOf(width: number, { read, onNear, onOpen, onDurations }: Wiring): uPlot.Options {
  const axis = {
    stroke: () => colourOf('--muted'),
    grid: { stroke: () => colourOf('--grid'), width: 1 },
    ticks: { stroke: () => colourOf('--grid'), width: 1, size: 4 },
    font: '11px system-ui, sans-serif',
  }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: true, y: true, setScale: false }, points: { show: false } },
    scales: {
      x: {
        time: true,
        range: (): [number, number] => {
          const { from, to } = windowOf(range.peek())
          return [from / 1000, to / 1000]
        },
      },
      y: { distr: 3, range: (_, least, most): [number, number] => decades(least, most) },
    },
    axes: [
      { ...axis, values: (_, splits, __, ___, apart) => [...axisTimes(splits, apart)], space: 60, size: 34 },
      {
        ...axis,
        size: 62,
        filter: wholeDecades,
        grid: { ...axis.grid, filter: wholeDecades },
        ticks: { ...axis.ticks, filter: wholeDecades },
        values: (_, splits) => splits.map((split) => (split === null ? '' : formatNumber(split, 'seconds'))),
      },
    ],
    series: [{}, { paths: () => null, points: { show: false } }],
    hooks: {
      draw: [(made) => drawPoints(made, read())],
      ready: [
        (made) => {
          made.over.addEventListener('click', () => {
            if (made.select.width < LEAST_DRAG_PX && made.select.height < LEAST_DRAG_PX) onOpen()
          })
        },
      ],
      setCursor: [(made) => onNear(nearest(made, read()))],
      setSelect: [
        (made) => {
          const { left, top, width: wide, height: high } = made.select
          if (wide < LEAST_DRAG_PX && high < LEAST_DRAG_PX) return
          const ends = [made.posToVal(top + high, 'y') * 1000, made.posToVal(top, 'y') * 1000] as const
          const window = { from: made.posToVal(left, 'x') * 1000, to: made.posToVal(left + wide, 'x') * 1000 }
          made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          if (high >= LEAST_DRAG_PX) onDurations(...ends)
          if (wide >= LEAST_DRAG_PX) zoomTo(window)
        },
      ],
    },
  }
}

const wholeDecades: uPlot.Axis.Filter = (_, splits) =>
  splits.map((split) => (Math.abs(Math.log10(split) - Math.round(Math.log10(split))) < 1e-6 ? split : null))

/** A trace of no time at all has its place on the scale too. */
function secondsOf(ms: number): number {
  return Math.max(1e-6, ms / 1000)
}

/** Whole powers of ten about the values. */
function decades(least: number | null, most: number | null): [number, number] {
  const [low, high] = [least ?? 0.001, most ?? 1]
  const bottom = 10 ** Math.floor(Math.log10(low) + 1e-9)
  const top = 10 ** Math.ceil(Math.log10(high) - 1e-9)
  return [bottom, Math.max(top, bottom * 10)]
}

function drawPoints(plot: uPlot, traces: readonly TraceSummary[]): void {
  const { ctx } = plot
  const ratio = window.devicePixelRatio
  const [dot, cross] = [3 * ratio, 4 * ratio]
  ctx.save()
  ctx.fillStyle = faded(colourOf('--series-1'), 0.65)
  for (const { startMs, durationMs, errors } of traces) {
    if (errors > 0) continue
    ctx.beginPath()
    ctx.arc(plot.valToPos(startMs / 1000, 'x', true), plot.valToPos(secondsOf(durationMs), 'y', true), dot, 0, 7)
    ctx.fill()
  }
  ctx.strokeStyle = colourOf('--critical')
  ctx.lineWidth = 2 * ratio
  for (const { startMs, durationMs, errors } of traces) {
    if (errors === 0) continue
    const [x, y] = [plot.valToPos(startMs / 1000, 'x', true), plot.valToPos(secondsOf(durationMs), 'y', true)]
    ctx.beginPath()
    ctx.moveTo(x - cross, y - cross)
    ctx.lineTo(x + cross, y + cross)
    ctx.moveTo(x - cross, y + cross)
    ctx.lineTo(x + cross, y - cross)
    ctx.stroke()
  }
  ctx.restore()
}

/** The one under the pointer. */
function nearest(plot: uPlot, traces: readonly TraceSummary[]): TraceSummary | undefined {
  const { left = -1, top = -1 } = plot.cursor
  if (left < 0 || top < 0) return undefined
  let best: TraceSummary | undefined
  let bestPx = NEAR_PX
  for (const trace of traces) {
    const x = plot.valToPos(trace.startMs / 1000, 'x') - left
    const px = Math.hypot(x, plot.valToPos(secondsOf(trace.durationMs), 'y') - top)
    if (px < bestPx) [best, bestPx] = [trace, px]
  }
  return best
}
