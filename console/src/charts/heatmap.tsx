import { type ReadonlySignal, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Unit } from 'boxman/packs'
import { formatNumber } from '../format/number.ts'
import { darkness } from '../state/preferences.ts'
import { range, windowOf, zoomTo } from '../state/time-range.ts'
import { axisTimes, TIME_STEPS } from './axis-times.ts'
import { type Buckets, NO_BUCKETS, shadeOf } from './buckets.ts'
import { colourOf } from './palette.ts'
import { zoomOutHere } from './plot.tsx'

interface HeatmapProps {
  readonly buckets: ReadonlySignal<Buckets>
  readonly unit: Unit
  readonly label: string
  readonly height: number
  /** Where the pointer is; undefined: nowhere. */
  readonly onCell: (text: string | undefined) => void
}

const SHADES = 8
const SYNC = 'boxman'

/** How often each size came over time: the darker, the more often. The steps between shades are those of a logarithm. */
export function Heatmap({ buckets, unit, label, height, onCell }: HeatmapProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const shown = useRef(NO_BUCKETS)

  useSignalEffect(() => {
    shown.current = buckets.value
    const { times, bounds } = shown.current
    plot.current?.setData([[...times], times.map((_, i) => (i === 0 ? bounds.length : 0))])
  })
  useSignalEffect(() => {
    void darkness.value
    const element = host.current
    if (element === null) return undefined
    const { times, bounds } = shown.current
    const data: uPlot.AlignedData = [[...times], times.map((_, i) => (i === 0 ? bounds.length : 0))]
    const made = new uPlot(
      optionsOf(element.clientWidth, height, unit, () => shown.current, onCell),
      data,
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
        plot.current.setSize({ width, height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [height])
  return <div class="plot" ref={host} role="img" aria-label={label} style={{ height: `${height}px` }} />
}

function optionsOf(
  width: number,
  height: number,
  unit: Unit,
  read: () => Buckets,
  onCell: (text: string | undefined) => void,
): uPlot.Options {
  const axis = {
    stroke: () => colourOf('--muted'),
    ticks: { stroke: () => colourOf('--grid'), width: 1, size: 4 },
    grid: { show: false },
    font: '11px system-ui, sans-serif',
  }
  return {
    width,
    height,
    legend: { show: false },
    // Room for half of the uppermost bound.
    padding: [8, null, null, null],
    cursor: {
      sync: { key: SYNC },
      drag: { x: true, y: false, setScale: false },
      points: { show: false },
      bind: { dblclick: () => zoomOutHere },
    },
    scales: {
      x: {
        time: true,
        range: (_, least, most): [number, number] => {
          const { from, to } = windowOf(range.peek())
          return most > least ? [Math.min(least, from / 1000), most] : [from / 1000, to / 1000]
        },
      },
      y: { range: (): [number, number] => [0, Math.max(1, read().bounds.length)] },
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
        size: 62,
        splits: () => read().bounds.map((_, i) => i + 1),
        filter: (_, splits) => splits.map((split, i) => (i % Math.ceil(splits.length / 9) === 0 ? split : null)),
        values: (_, splits) => splits.map((split) => boundAt(read(), split, unit)),
      },
    ],
    series: [{}, { show: false }],
    hooks: {
      drawAxes: [(made) => drawCells(made, read())],
      setSelect: [
        (made) => {
          const { left, width: drawn } = made.select
          if (drawn < 4) return
          zoomTo({ from: made.posToVal(left, 'x') * 1000, to: made.posToVal(left + drawn, 'x') * 1000 })
          made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
      setCursor: [(made) => onCell(cellText(made, read(), unit))],
    },
  }
}

function boundAt({ bounds }: Buckets, split: number | null, unit: Unit): string {
  return split === null ? '' : formatNumber(bounds[split - 1], unit)
}

function drawCells(plot: uPlot, { times, bounds, counts }: Buckets): void {
  const most = Math.max(0, ...counts.map((row) => Math.max(0, ...row)))
  if (most === 0) return
  const { ctx } = plot
  const shades = Array.from({ length: SHADES }, (_, i) => colourOf(`--heat-${i + 1}`))
  ctx.save()
  ctx.beginPath()
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height)
  ctx.clip()
  times.forEach((time, i) => {
    const before = times[i - 1] ?? time - ((times[i + 1] ?? time) - time)
    const left = plot.valToPos(before, 'x', true)
    const width = plot.valToPos(time, 'x', true) - left
    bounds.forEach((_, bucket) => {
      const count = counts[bucket]?.[i] ?? 0
      if (!(count > 0)) return
      const shade = shadeOf(count, most)
      const top = plot.valToPos(bucket + 1, 'y', true)
      ctx.fillStyle = shades[shade] ?? ''
      ctx.fillRect(left, top, Math.ceil(width), Math.ceil(plot.valToPos(bucket, 'y', true) - top))
    })
  })
  ctx.restore()
}

function cellText(plot: uPlot, { times, bounds, counts }: Buckets, unit: Unit): string | undefined {
  const { idx, top } = plot.cursor
  if (idx === null || idx === undefined || top === undefined || top < 0) return undefined
  const bucket = Math.floor(plot.posToVal(top, 'y'))
  const count = counts[bucket]?.[idx]
  if (count === undefined || times[idx] === undefined) return undefined
  const from = bucket === 0 ? '0' : formatNumber(bounds[bucket - 1], unit)
  return `${from} to ${formatNumber(bounds[bucket], unit)}: ${formatNumber(count, 'per-second')}`
}
