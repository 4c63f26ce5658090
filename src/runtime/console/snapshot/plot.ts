import {
  type Buckets,
  countedUnit,
  type LinesOptions,
  figuresOf,
  formatNumber,
  type Frame,
  levelOf,
  type Line,
  MOST_LINES,
  shadeOf,
  strokeOf,
  valueRange,
} from '../../../charts/index.ts'
import type { Unit } from '../../../packs/index.ts'
import { timeTicks, valueTicks } from './axis.ts'
import { leftOut, table } from './parts.ts'
import { type Html, NOTHING, type Sheet } from './sheet.ts'
import { PLOT_PX } from './style.ts'

export interface PlotOptions extends LinesOptions {
  readonly title: string
}

/** The field on which lines lie: stretched to whatever room there is. */
const WIDE = 1000
const HIGH = 600
const TOP_PX = 6

/** A line over time and its place among the colours. */
interface Drawn {
  readonly line: Line
  readonly index: number
}

/** Lines over time, and beneath them what they come to. */
export async function drawLines(sheet: Sheet, frame: Frame, options: PlotOptions): Promise<Html> {
  const { html } = sheet
  const drawn = chosen(frame.lines)
  if (drawn.length === 0) return html`<p class="none">No values in this range.</p>`
  const sums = options.isStacked === true ? cumulative(drawn.map(({ line }) => line)) : undefined
  const [least, most] = extent(sums === undefined ? drawn.map(({ line }) => line.values) : sums.flat())
  const range = valueRange(least, most, options)
  const field = fieldOf(sheet, frame.times, range)
  const shapes: Html[] = []
  for (const [i, { line, index }] of drawn.entries()) {
    const { colour, dash } = look(sheet, index)
    const [below, upper] = [sums?.[i]?.[0], sums?.[i]?.[1]]
    if (below !== undefined && upper !== undefined) {
      shapes.push(html`<path class="a f${colour}" d="${sheet.drawing(field.band(below, upper))}" />`)
    }
    shapes.push(html`<path class="l s${colour}" ${dash} d="${sheet.drawing(field.path(upper ?? line.values))}" />`)
    await sheet.breathe()
  }
  const { title, unit, decimals, thresholds = [] } = options
  const label = `${title}: ${drawn.length === 1 ? 'a line' : `${drawn.length} lines`} over time. The table beneath it has their figures.`
  const ticks = valueTicks(range, unit).map((value) => ({
    y: field.px(value),
    text: formatNumber(value, unit, decimals, sheet.zone),
  }))
  const limits = thresholds.flatMap(({ from, level }) => {
    if (from === undefined || from < range[0] || from > range[1] || level === 'good' || level === 'neutral') return []
    const y = field.px(from)
    return [html`<line class="t ${level}" x1="0" x2="100%" y1="${y}" y2="${y}" />`]
  })
  return html`${plot(sheet, label, ticks, html`${shapes}`, limits)}${legend(sheet, frame.times, drawn, options)}${leftOut(
    sheet,
    drawn.length,
    frame.lines.length,
    'lines: those that rose highest',
  )}`
}

/** How often each size came over time: the darker, the more often. */
export function drawHeat(sheet: Sheet, { times, bounds, counts }: Buckets, title: string, unit: Unit): Html {
  const { html } = sheet
  const most = Math.max(0, ...counts.map((row) => Math.max(0, ...row)))
  if (most === 0) return html`<p class="none">No values in this range.</p>`
  const high = HIGH / bounds.length
  const wide = (WIDE * ((times[1] ?? 0) - (times[0] ?? 0)) * 1000) / (sheet.window.to - sheet.window.from)
  const shades: string[] = []
  const x = (i: number): number => round(toX(sheet, times[i] ?? 0) - wide)
  counts.forEach((row, bucket) => {
    const [top, bottom] = [round(HIGH - (bucket + 1) * high), round(HIGH - bucket * high)]
    for (let i = 0; i < row.length;) {
      const count = row[i] ?? 0
      const shade = count > 0 ? shadeOf(count, most) : -1
      const begin = i
      // Cells of one shade beside each other are one.
      do i++
      while (i < row.length && ((row[i] ?? 0) > 0 ? shadeOf(row[i] ?? 0, most) : -1) === shade)
      if (shade < 0) continue
      const width = Math.max(1, round(toX(sheet, times[i - 1] ?? 0)) - x(begin))
      shades[shade] = `${shades[shade] ?? ''}M${x(begin)} ${top}h${width}V${bottom}h${-width}z`
    }
  })
  const shapes = Array.from(shades, (d, i) =>
    d === undefined ? NOTHING : html`<path class="h${i + 1}" d="${sheet.drawing(d)}" />`,
  )
  const every = Math.ceil(bounds.length / 6)
  const ticks = bounds.flatMap((_, i) => {
    if (i === 0 || i % every !== 0) return []
    return [{ y: round(TOP_PX + PLOT_PX - (i / bounds.length) * PLOT_PX), text: formatNumber(bounds[i - 1], unit) }]
  })
  const label = `${title}: how often each size came over time, from ${formatNumber(bounds[0], unit)} to ${formatNumber(bounds.at(-1), unit)}`
  return plot(sheet, label, ticks, html`${shapes}`, [])
}

/** The course of a value, small. */
export function drawSpark(sheet: Sheet, frame: Frame, values: Line['values'], index: number): Html {
  const [least, most] = extent([values])
  const low = Math.min(least ?? 0, 0)
  const field = fieldOf(sheet, frame.times, [low, most !== null && most > low ? most : low + 1])
  const { html } = sheet
  return html`<svg class="spark" viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" aria-hidden="true">
    <path class="l s${look(sheet, index).colour}" d="${sheet.drawing(field.path(values))}" />
  </svg>`
}

function plot(
  sheet: Sheet,
  label: string,
  ticks: readonly { readonly y: number; readonly text: string }[],
  shapes: Html,
  over: readonly Html[],
): Html {
  const { html } = sheet
  const values = ticks.map(
    ({ y, text }) =>
      html`<line class="g" x1="0" x2="100%" y1="${y}" y2="${y}" /><text class="y" x="-8" y="${y + 4}">${text}</text>`,
  )
  const bottom = TOP_PX + PLOT_PX
  const times = timeTicks(sheet.window, sheet.zone).map(({ share, text }) => {
    const at = `${(share * 100).toFixed(2)}%`
    const end = share < 0.05 ? ' first' : share > 0.95 ? ' last' : ''
    return html`<line class="g" x1="${at}" x2="${at}" y1="${TOP_PX}" y2="${bottom + 4}" /><text
        class="x${end}"
        x="${at}"
        y="${bottom + 18}"
        >${text}</text
      >`
  })
  return html`<svg class="plot" role="img" aria-label="${label}" height="${bottom + 24}">
    ${values}${times}<svg
      y="${TOP_PX}"
      width="100%"
      height="${PLOT_PX}"
      viewBox="0 0 ${WIDE} ${HIGH}"
      preserveAspectRatio="none"
    >
      ${shapes}</svg
    >${over}
  </svg>`
}

function legend(sheet: Sheet, times: Frame['times'], drawn: readonly Drawn[], options: PlotOptions): Html {
  const { html } = sheet
  const counted = countedUnit(options.unit)
  const unit = counted ?? options.unit
  const text = (value: number | null): string => formatNumber(value, unit, options.decimals, sheet.zone)
  const rows = drawn.map(({ line, index }) => {
    const { last, mean, max, total } = figuresOf(times, line.values)
    const { colour, dash } = look(sheet, index)
    const swatch = html`<svg width="18" height="6" aria-hidden="true">
      <path class="l s${colour}" ${dash} d="M0 3h18" />
    </svg>`
    const level = levelOf(max, options.thresholds)
    const most = level === 'warning' || level === 'critical' ? html`<b class="${level}">${text(max)}</b>` : text(max)
    return [
      html`${swatch}&NoBreak;${line.name}`,
      text(last),
      text(mean),
      most,
      ...(counted === undefined ? [] : [text(total)]),
    ]
  })
  const numbers = ['last', 'mean', 'max', ...(counted === undefined ? [] : ['total'])]
  const columns = [{ name: 'series' }, ...numbers.map((name) => ({ name, isNumber: true }))]
  return html`<div class="legend">${table(sheet, `${options.title}: figures`, columns, rows)}</div>`
}

/** Those that rise highest where there are too many, in an order that the colours follow. */
function chosen(lines: readonly Line[]): readonly Drawn[] {
  const most = ({ values }: Line): number =>
    values.reduce<number>((max, value) => Math.max(max, value ?? -Infinity), -Infinity)
  const kept =
    lines.length <= MOST_LINES
      ? [...lines]
      : lines
          .map((line) => ({ line, most: most(line) }))
          .sort((a, b) => b.most - a.most)
          .slice(0, MOST_LINES)
          .map(({ line }) => line)
  return kept.sort((a, b) => (a.key < b.key ? -1 : 1)).map((line, index) => ({ line, index }))
}

/** Of each line, where it begins and where it ends when it is put on those before it; a hole counts as nothing. */
function cumulative(lines: readonly Line[]): readonly (readonly [below: number[], upper: number[]])[] {
  let below: number[] = (lines[0]?.values ?? []).map(() => 0)
  return lines.map(({ values }) => {
    const from = below
    below = from.map((sum, i) => sum + (values[i] ?? 0))
    return [from, below] as const
  })
}

function extent(all: readonly (readonly (number | null)[])[]): readonly [least: number | null, most: number | null] {
  let [least, most] = [Infinity, -Infinity]
  for (const values of all) {
    for (const value of values) {
      if (value === null) continue
      if (value < least) least = value
      if (value > most) most = value
    }
  }
  return least > most ? [null, null] : [least, most]
}

interface Field {
  readonly path: (values: readonly (number | null)[]) => string
  readonly band: (below: readonly number[], upper: readonly number[]) => string
  /** How far from the top of the drawing. */
  readonly px: (value: number) => number
}

function fieldOf(sheet: Sheet, times: Frame['times'], [low, high]: readonly [number, number]): Field {
  const x = times.map((time) => round(toX(sheet, time)))
  const part = (value: number): number => 1 - Math.min(1, Math.max(0, (value - low) / (high - low)))
  const y = (value: number): number => round(part(value) * HIGH)
  return {
    path: (values) => {
      let [d, isDrawing] = ['', false]
      values.forEach((value, i) => {
        // A point alone is a dot.
        if (value !== null) d += isDrawing ? `L${x[i]} ${y(value)}` : `M${x[i]} ${y(value)}h0`
        isDrawing = value !== null
      })
      return d
    },
    band: (below, upper) => {
      const there = upper.map((value, i) => `${x[i]} ${y(value)}`)
      const back = below.map((value, i) => `${x[i]} ${y(value)}`).toReversed()
      return there.length === 0 ? '' : `M${there.join('L')}L${back.join('L')}z`
    },
    px: (value) => round(TOP_PX + part(value) * PLOT_PX),
  }
}

function toX({ window }: Sheet, seconds: number): number {
  return ((seconds * 1000 - window.from) / (window.to - window.from)) * WIDE
}

function round(value: number): number {
  return Math.round(value)
}

/** Of the nth line: the number of its colour, and its dashes as an attribute. */
function look({ html }: Sheet, index: number): { readonly colour: string; readonly dash: Html } {
  const { variable, dash } = strokeOf(index)
  return {
    colour: variable.replace(/^\D+/, ''),
    dash: dash.length === 0 ? NOTHING : html` stroke-dasharray="${dash.join(' ')}"`,
  }
}
