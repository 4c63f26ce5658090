import { styleText } from 'node:util'
import { safe } from './safe.ts'

export interface Line {
  readonly labels: { toString(): string }
  /** Values as the API spells them; what is no number is not drawn. */
  readonly points: readonly { readonly at: number; readonly value: string }[]
}

const HEIGHT = 14
const AXIS = 10
const COLOURS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red', 'white', 'gray'] as const
/** Bits of a braille character's dots, by row and column of dots. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const
const BLANK = 0x2800

/** Lines over time in braille dots, with an axis of values, one of times, and a legend; lines beyond the colours are counted. */
export function chart(lines: readonly Line[], width: number): string {
  const drawn = lines.slice(0, COLOURS.length).map(({ labels, points }) => ({
    labels,
    points: points.map(({ at, value }) => ({ at, value: Number(value) })).filter(({ value }) => Number.isFinite(value)),
  }))
  const all = drawn.flatMap(({ points }) => points)
  if (all.length === 0) return 'nothing to draw: no value is a finite number\n'
  const [low, high] = spread(all.map(({ value }) => value))
  const times = lines.flatMap(({ points }) => points.map(({ at }) => at))
  const [from, to] = [least(times), most(times)]
  const columns = Math.max(10, width - AXIS - 2)
  const canvas = new Canvas(columns, HEIGHT)
  drawn.forEach(({ points }, colour) => {
    let before: readonly [x: number, y: number] | undefined
    for (const { at, value } of points) {
      const x = to === from ? 0 : Math.round(((at - from) / (to - from)) * (columns * 2 - 1))
      const y = Math.round(((high - value) / (high - low)) * (HEIGHT * 4 - 1))
      canvas.line(before ?? [x, y], [x, y], colour)
      before = [x, y]
    }
  })
  const rows = canvas.rows().map((row, i) => {
    const value = high - ((high - low) * i) / (HEIGHT - 1)
    return `${(i % 3 === 1 || i === 0 || i === HEIGHT - 1 ? compact(value) : '').padStart(AXIS)} ${row}`
  })
  const start = clock(from)
  const end = clock(to)
  const axis = `${' '.repeat(AXIS + 1)}${start}${end.padStart(Math.max(1, columns - start.length))}`
  const legend = drawn.map(({ labels, points }, i) => {
    const values = points.map(({ value }) => value)
    const last = values.at(-1)
    const figures =
      last === undefined ? 'no numbers' : `last ${compact(last)}, ${compact(least(values))} to ${compact(most(values))}`
    return `${styleText(COLOURS[i] ?? 'white', '━━')} ${safe(labels.toString())}  ${figures}`
  })
  const rest = lines.length - drawn.length
  const more = rest > 0 ? [`and ${rest} more series, not drawn; an aggregation such as topk(8, ...) draws fewer`] : []
  return [...rows, axis, '', ...legend, ...more].map((line) => `${line}\n`).join('')
}

/** Characters of two by four dots, each in the colour of the line that came last. */
class Canvas {
  readonly #columns: number
  readonly #dots: Uint8Array
  readonly #colours: Int8Array

  constructor(columns: number, rows: number) {
    this.#columns = columns
    this.#dots = new Uint8Array(columns * rows)
    this.#colours = new Int8Array(columns * rows).fill(-1)
  }

  /** Every dot on the way, one a step along the longer side. */
  line([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number], colour: number): void {
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1)
    for (let i = 0; i <= steps; i++) {
      this.#dot(Math.round(x0 + ((x1 - x0) * i) / steps), Math.round(y0 + ((y1 - y0) * i) / steps), colour)
    }
  }

  rows(): string[] {
    const rows: string[] = []
    for (let at = 0; at < this.#dots.length; at += this.#columns) {
      let row = ''
      for (let i = at; i < at + this.#columns; i++) {
        const char = String.fromCharCode(BLANK + (this.#dots[i] ?? 0))
        const colour = COLOURS[this.#colours[i] ?? -1]
        row += colour === undefined ? char : styleText(colour, char)
      }
      rows.push(row)
    }
    return rows
  }

  #dot(x: number, y: number, colour: number): void {
    const cell = (y >> 2) * this.#columns + (x >> 1)
    const bit = DOTS[y & 3]?.[x & 1] ?? 0
    this.#dots[cell] = (this.#dots[cell] ?? 0) | bit
    this.#colours[cell] = colour
  }
}

/** From the least to the greatest; a flat line gets room on both sides. */
function spread(values: readonly number[]): readonly [number, number] {
  const [low, high] = [least(values), most(values)]
  if (low < high) return [low, high]
  const room = Math.abs(low) / 10 || 1
  return [low - room, high + room]
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity)
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity)
}

const SMALL = new Intl.NumberFormat('en', { maximumSignificantDigits: 4, useGrouping: false })
const LARGE = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 })

function compact(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(2)
  if (Math.abs(value) >= 1e15) return value.toExponential(2)
  return (Math.abs(value) >= 10_000 ? LARGE : SMALL).format(value)
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}
