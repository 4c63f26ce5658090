import type { JSX } from 'preact'
import type { Unit } from 'boxman/packs'
import type { Frame } from '../data/series.ts'
import { formatMoment, formatNumber } from '../format/number.ts'

interface FrameTableProps {
  readonly title: string
  readonly frame: Frame
  readonly unit: Unit
  readonly decimals: number | undefined
  readonly height: number
}

const MOST_ROWS = 500

/** The newest moment first. */
export function FrameTable({ title, frame: { times, lines }, unit, decimals, height }: FrameTableProps): JSX.Element {
  const rows = times.map((_, i) => times.length - 1 - i).slice(0, MOST_ROWS)
  return (
    <div
      class="table-frame"
      style={{ maxHeight: `${height}px` }}
      tabIndex={0}
      role="region"
      aria-label={`${title} as a table`}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ key, name }) => (
              <th key={key} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((i) => (
            <tr key={times[i]}>
              <th scope="row">{formatMoment((times[i] ?? 0) * 1000)}</th>
              {lines.map(({ key, values }) => (
                <td key={key} class="number">
                  {formatNumber(values[i], unit, decimals)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
