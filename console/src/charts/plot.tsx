import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type LinesOptions, valueRange } from 'boxman/charts'
import type { ThresholdStep } from 'boxman/packs'
import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Frame } from '../data/series.ts'
import { formatNumber } from '../format/number.ts'
import { darkness } from '../state/preferences.ts'
import { windowOf, type Window, range, zoomOut } from '../state/time-range.ts'
import { axisTimes, TIME_STEPS } from './axis-times.ts'
import { type Mark, Marks } from './marks.tsx'
import { colourOf, faded, strokeOf } from './palette.ts'
import { type ShownLine, stacked } from './shown.ts'

/** A moment with a name, in seconds since the epoch. */
export interface PlotMoment {
  readonly at: number
  readonly text: string
}

export interface PlotOptions extends LinesOptions {
  /** Single events among the lines. */
  readonly marks?: ReadonlySignal<readonly Mark[]> | undefined
  /** Thresholds are always to be seen, however far off. */
  readonly keepsThresholds?: boolean | undefined
  /** Moments that are pointed out. */
  readonly moments?: readonly PlotMoment[] | undefined
  /** Drawn with the pointer. */
  readonly onZoom: (window: Window) => void
  /** Where the pointer is: an index of the frame's times. */
  readonly onCursor: (index: number | null) => void
}

interface PlotProps extends PlotOptions {
  readonly times: ReadonlySignal<Frame['times']>
  readonly lines: ReadonlySignal<readonly ShownLine[]>
  readonly label: string
  readonly height: number
}

/** All charts of a page have one crosshair. */
const SYNC = 'boxman'
const Y_AXIS_PX = 62
/** Where an axis of bytes may be divided, so that its numbers are round. */
const BINARY_STEPS = Array.from({ length: 50 }, (_, i) => 2 ** i)

/** The drawing area of a chart. A new set of lines makes a new plot; new values, only new data. */
export function Plot({ times, lines, label, height, ...options }: PlotProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const drawn = useSignal<uPlot | undefined>(undefined)
  const draws = useSignal(0)
  const shape = useComputed(() =>
    lines.value.map(({ key, index, isHidden }) => `${key} ${index} ${isHidden}`).join('\n'),
  )
  const dataOf = (): uPlot.AlignedData => {
    const values = lines.peek().map((line) => line.values)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it does not write to them
    return [times.peek(), ...(options.isStacked === true ? stacked(values) : values)] as unknown as uPlot.AlignedData
  }

  useSignalEffect(() => {
    void shape.value
    void darkness.value
    const element = host.current
    if (element === null) return undefined
    const made = new uPlot(optionsOf(lines.peek(), element.clientWidth, height, options), dataOf(), element)
    plot.current = made
    if (options.marks !== undefined) {
      made.hooks.draw?.push(() => void draws.value++)
      drawn.value = made
    }
    return () => {
      plot.current = undefined
      drawn.value = undefined
      made.destroy()
    }
  })
  useSignalEffect(() => {
    void times.value
    void lines.value
    plot.current?.setData(dataOf())
  })
  useEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const observer = new ResizeObserver(() => {
      const width = element.clientWidth
      if (width > 0 && plot.current !== undefined && plot.current.width !== width)
        plot.current.setSize({ width, height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [height])
  return (
    <div class="plot-frame">
      <div class="plot" ref={host} role="img" aria-label={label} style={{ height: `${height}px` }} />
      {options.marks !== undefined && <Marks marks={options.marks} plot={drawn} draws={draws} />}
    </div>
  )
}

function optionsOf(lines: readonly ShownLine[], width: number, height: number, options: PlotOptions): uPlot.Options {
  const { unit, decimals, isStacked = false } = options
  const grid = { stroke: () => colourOf('--grid'), width: 1 }
  const axis = {
    stroke: () => colourOf('--muted'),
    grid,
    ticks: { ...grid, size: 4 },
    font: '11px system-ui, sans-serif',
  }
  return {
    width,
    height,
    legend: { show: false },
    cursor: {
      sync: { key: SYNC },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: { dblclick: () => zoomOutHere },
      focus: { prox: 24 },
    },
    scales: {
      x: { time: true, range: (_, least, most) => xRange(least, most) },
      y: { range: (_, least, most) => valueRange(least, most, options) },
    },
    axes: [
      {
        ...axis,
        values: (_, splits, __, ___, apart) => [...axisTimes(splits, apart)],
        incrs: TIME_STEPS,
        space: 52,
        size: 34,
      },
      {
        ...axis,
        values: (_, splits) => splits.map((split) => formatNumber(split, unit, decimals)),
        size: Y_AXIS_PX,
        ...(unit === 'bytes' || unit === 'bytes-per-second' ? { incrs: BINARY_STEPS } : {}),
      },
    ],
    series: [
      {},
      ...lines.map(({ index, name, isHidden, isFaded }): uPlot.Series => {
        const { variable, dash } = strokeOf(index)
        return {
          label: name,
          show: !isHidden,
          stroke: () => colourOf(variable),
          dash: [...dash],
          width: 1.5,
          alpha: isFaded ? 0.35 : 1,
          points: { show: false },
          ...(isStacked ? { fill: () => faded(colourOf(variable), 0.35) } : {}),
        }
      }),
    ],
    ...(isStacked ? { bands: lines.slice(1).map((_, i) => ({ series: [i + 2, i + 1] as [number, number] })) } : {}),
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width: drawn } = plot.select
          if (drawn < 4) return
          options.onZoom({ from: plot.posToVal(left, 'x') * 1000, to: plot.posToVal(left + drawn, 'x') * 1000 })
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
      setCursor: [(plot) => options.onCursor(plot.cursor.idx ?? null)],
      draw: [
        (plot) => drawThresholds(plot, options.thresholds ?? []),
        (plot) => drawMoments(plot, options.moments ?? []),
      ],
    },
  }
}

/** In place of what the library does: more of the time, of all charts. */
export function zoomOutHere(): null {
  zoomOut()
  return null
}

/** The whole of what was asked for, also where there is nothing yet. */
function xRange(least: number, most: number): [number, number] {
  const { from, to } = windowOf(range.peek())
  const isEmpty = !(most > least)
  return isEmpty ? [from / 1000, to / 1000] : [Math.min(least, from / 1000), Math.max(most, least + 1)]
}

/** A line at each value from which on something is amiss. */
function drawThresholds(plot: uPlot, thresholds: readonly ThresholdStep[]): void {
  const { ctx, bbox } = plot
  for (const { from, level } of thresholds) {
    if (from === undefined || level === 'good' || level === 'neutral') continue
    const y = plot.valToPos(from, 'y', true)
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) continue
    ctx.save()
    ctx.strokeStyle = colourOf(`--${level}`)
    ctx.setLineDash([5, 4])
    ctx.lineWidth = window.devicePixelRatio
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    ctx.restore()
  }
}

/** An upright line at each moment, with its name at the top. */
function drawMoments(plot: uPlot, moments: readonly PlotMoment[]): void {
  const { ctx, bbox } = plot
  const ratio = window.devicePixelRatio
  moments.forEach(({ at, text }, i) => {
    const x = plot.valToPos(at, 'x', true)
    if (!(x >= bbox.left && x <= bbox.left + bbox.width)) return
    ctx.save()
    ctx.strokeStyle = colourOf('--muted')
    ctx.fillStyle = colourOf('--text')
    ctx.font = `${11 * ratio}px system-ui, sans-serif`
    ctx.lineWidth = ratio
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const isLate = x > bbox.left + bbox.width * 0.8
    ctx.textAlign = isLate ? 'right' : 'left'
    ctx.fillText(text, x + (isLate ? -4 : 4) * ratio, bbox.top + (12 + 14 * i) * ratio)
    ctx.restore()
  })
}
