import type { ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import type uPlot from 'uplot'

/** A single event on a chart, with where it leads. */
export interface Mark {
  readonly key: string
  /** Seconds since the epoch. */
  readonly at: number
  /** On the chart's own axis; undefined: it stands at the bottom. */
  readonly value: number | undefined
  readonly title: string
  readonly href: string
}

interface MarksProps {
  readonly marks: ReadonlySignal<readonly Mark[]>
  readonly plot: ReadonlySignal<uPlot | undefined>
  /** Counts how often the plot has been drawn: whatever moved it moves the marks. */
  readonly draws: ReadonlySignal<number>
}

/** Over a plot, as links: the pointer and the keyboard reach them. What is out of its range is left out, or at the edge. */
export function Marks({ marks, plot, draws }: MarksProps): JSX.Element | null {
  void draws.value
  const made = plot.value
  if (made === undefined || marks.value.length === 0) return null
  const ratio = window.devicePixelRatio
  const [left, top] = [made.bbox.left / ratio, made.bbox.top / ratio]
  const [width, height] = [made.bbox.width / ratio, made.bbox.height / ratio]
  return (
    <ul class="marks" aria-label="Traces of single requests">
      {marks.value.map(({ key, at, value, title, href }) => {
        const x = made.valToPos(at, 'x')
        if (!(x >= 0 && x <= width)) return null
        const y = value === undefined ? height : Math.min(height, Math.max(0, made.valToPos(value, 'y')))
        return (
          <li key={key} style={{ left: `${left + x}px`, top: `${top + y}px` }}>
            <a href={href} title={title} aria-label={title} />
          </li>
        )
      })}
    </ul>
  )
}
