import type { ReadonlySignal, Signal } from '@preact/signals'
import type { JSX } from 'preact'
import { countedUnit } from 'boxman/charts'
import type { Unit } from 'boxman/packs'
import type { Labels } from '../data/series.ts'
import { formatMoment, formatNumber } from '../format/number.ts'
import { type Link, Links } from '../parts/links.tsx'
import { strokeOf } from './palette.ts'
import { figuresOf, type ShownLine } from './shown.ts'

interface LegendProps {
  readonly times: ReadonlySignal<readonly number[]>
  readonly lines: ReadonlySignal<readonly ShownLine[]>
  /** Keys of the lines that are shown alone; none: all. */
  readonly chosen: Signal<ReadonlySet<string>>
  readonly cursor: ReadonlySignal<number | null>
  readonly unit: Unit
  readonly decimals: number | undefined
  readonly linksOf?: ((labels: Labels) => readonly Link[]) | undefined
}

/** What each line is, its value under the pointer or the last one, and mean and maximum of the range; of a rate its total too. */
export function Legend({ times, lines, chosen, cursor, unit, decimals, linksOf }: LegendProps): JSX.Element | null {
  if (lines.value.length === 0) return null
  const at = cursor.value
  const moment = at === null ? undefined : times.value[at]
  const counted = countedUnit(unit)
  const hasTotal = counted !== undefined
  const shown = counted ?? unit
  const links = linksOf === undefined ? [] : lines.value.map(({ labels }) => linksOf(labels))
  const hasLinks = links.some(({ length }) => length > 0)
  const toggle = (key: string): void => {
    const next = new Set(chosen.value)
    if (!next.delete(key)) next.add(key)
    chosen.value = next
  }
  return (
    <div class="legend-frame">
      <table class="legend">
        <thead>
          <tr>
            <th scope="col">{moment === undefined ? 'series' : formatMoment(moment * 1000, false)}</th>
            <th scope="col">{moment === undefined ? 'last' : 'here'}</th>
            <th scope="col">mean</th>
            <th scope="col">max</th>
            {hasTotal && <th scope="col">total</th>}
            {hasLinks && <th scope="col" aria-label="Links" />}
          </tr>
        </thead>
        <tbody>
          {lines.value.map(({ key, name, index, values, isHidden }, i) => {
            const { last, mean, max, total } = figuresOf(times.value, values)
            return (
              <tr key={key} class={isHidden ? 'off' : undefined}>
                <th scope="row">
                  <button type="button" aria-pressed={chosen.value.has(key)} onClick={() => toggle(key)} title={name}>
                    <Swatch index={index} />
                    <span>{name}</span>
                  </button>
                </th>
                <td>{formatNumber(at === null ? last : values[at], shown, decimals)}</td>
                <td>{formatNumber(mean, shown, decimals)}</td>
                <td>{formatNumber(max, shown, decimals)}</td>
                {hasTotal && <td>{formatNumber(total, counted, decimals)}</td>}
                {hasLinks && (
                  <td>
                    <Links links={links[i] ?? []} />
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function Swatch({ index }: { readonly index: number }): JSX.Element {
  const { variable, dash } = strokeOf(index)
  return (
    <svg class="swatch" width="18" height="6" aria-hidden="true">
      <line
        x1="0"
        y1="3"
        x2="18"
        y2="3"
        stroke-width="2.500"
        stroke-dasharray={dash.join(' ')}
        style={{ stroke: `var(${variable})` }}
      />
    </svg>
  )
}
