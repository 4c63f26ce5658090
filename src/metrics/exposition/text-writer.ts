import type { Exemplar, MetricReader } from '../reader.ts'
import type { Format } from './negotiate.ts'
import { canonicalFloat, formatNumber, NUMBER_BYTES, writeNumber } from './number.ts'
import { encode, type Scratch } from './scratch.ts'
import type { Revision, SeriesWriter } from './series-writer.ts'
import {
  escapeHelp,
  escapeValue,
  exemplarsOf,
  type FamilyNames,
  familyNames,
  labelStart,
  lineStart,
  quoteName,
  stateLabel,
} from './spelling.ts'

const NEWLINE = 0x0a

/** The parts of a line that all series share. */
interface Line {
  /** Before the labels. */
  readonly open: Uint8Array
  /** After the labels: one of the line's own, such as `le`, or just the end. */
  readonly close: Uint8Array
  readonly ownLabel: boolean
  /** Instead of both, when there are no labels at all. */
  readonly bare: Uint8Array
  readonly exemplar: number | undefined
}

/** Text 0.0.4 and 1.0.0, and OpenMetrics 1.0.0. */
export class TextWriter implements SeriesWriter {
  readonly lines: number
  readonly marks: number
  readonly exemplars: number
  readonly created: boolean
  readonly #metric: MetricReader
  readonly #lines: readonly Line[]
  readonly #created: Line | undefined
  readonly #header: Uint8Array
  readonly #labelStarts: readonly string[]
  readonly #constant: string
  /** Bytes of a series' lines without its own labels and exemplars, at most. */
  readonly #fixedBytes: number
  /** What the lines of a series show, at present and last time. */
  readonly #now: Float64Array
  readonly #then: Float64Array
  /** Where the series at hand has its labels already; -1: nowhere yet. */
  #labelsFrom = -1
  /** Of these, with the last comma. */
  #labelBytes = 0

  constructor(metric: MetricReader, format: Format, constantLabels: Readonly<Record<string, string>>) {
    const names = familyNames(metric, format)
    this.#metric = metric
    this.#lines = linesOf(metric, format, names)
    this.exemplars = names.created === undefined ? 0 : exemplarsOf(metric)
    this.created = names.created !== undefined && format.createdLines
    this.#created = this.created ? plainLine(`${names.created}_created`) : undefined
    this.lines = this.#lines.length + (this.created ? 1 : 0)
    this.marks = 2 * this.#lines.length
    this.#header = encode(header(metric, format, names))
    this.#labelStarts = metric.labelNames.map((name) => labelStart(name, format.utf8Names))
    this.#constant = Object.entries(constantLabels)
      .map(([name, value]) => `${labelStart(name, format.utf8Names)}${escapeValue(value)}",`)
      .join('')
    this.#fixedBytes = [...this.#lines, ...(this.#created ? [this.#created] : [])]
      .map(({ open, close, bare }) => Math.max(open.length + close.length, bare.length) + NUMBER_BYTES + 1)
      .reduce((sum, bytes) => sum + bytes, 0)
    this.#now = new Float64Array(this.#lines.length)
    this.#then = new Float64Array(this.#lines.length)
  }

  header(): Uint8Array {
    return this.#header
  }

  write(scratch: Scratch, slot: number, marks: Uint32Array, mark: number): void {
    const metric = this.#metric
    const now = this.#now
    const labels = this.#labels(slot)
    scratch.reserve(this.#fixedBytes + this.lines * 3 * labels.length)
    const created = this.#created !== undefined && metric.createdAt(slot)
    show(metric, metric.page(slot), metric.offset(slot), now)
    this.#labelsFrom = -1
    for (let i = 0; i < this.#lines.length; i++) {
      const line = this.#lines[i]
      if (line === undefined) break
      this.#putLabels(scratch, line, labels)
      marks[mark++] = scratch.at
      scratch.at = writeNumber(scratch.bytes, scratch.at, now[i] ?? NaN)
      marks[mark++] = scratch.at
      const exemplar =
        this.exemplars === 0 || line.exemplar === undefined ? undefined : metric.exemplar(slot, line.exemplar)
      if (exemplar !== undefined) this.#putExemplar(scratch, exemplar, labels)
      scratch.bytes[scratch.at++] = NEWLINE
    }
    if (this.#created !== undefined && typeof created === 'number' && Number.isFinite(created)) {
      this.#putLabels(scratch, this.#created, labels)
      scratch.at = writeNumber(scratch.bytes, scratch.at, created / 1000)
      scratch.bytes[scratch.at++] = NEWLINE
    }
  }

  rewrite(scratch: Scratch, { metric, slot, values, value, marks, mark, end }: Revision): void {
    const now = this.#now
    const then = this.#then
    show(metric, metric.page(slot), metric.offset(slot), now)
    show(metric, values, value, then)
    for (let i = 0; i < now.length; i++) {
      const number = now[i] ?? NaN
      const start = marks[mark] ?? 0
      const stop = marks[mark + 1] ?? 0
      if (number === then[i]) {
        const shift = scratch.at - scratch.from
        marks[mark] = start + shift
        marks[mark + 1] = stop + shift
      } else {
        scratch.keepTo(start)
        marks[mark] = scratch.at
        scratch.at = writeNumber(scratch.bytes, scratch.at, number)
        scratch.from = stop
        marks[mark + 1] = scratch.at
      }
      mark += 2
    }
    scratch.keepTo(end)
  }

  /** `a="1",b="2",`: of the series, then the constant ones. */
  #labels(slot: number): string {
    let text = ''
    for (let i = 0; i < this.#labelStarts.length; i++) {
      const value = this.#metric.label(slot, i)
      if (value !== undefined) text += `${this.#labelStarts[i]}${escapeValue(value)}",`
    }
    return text + this.#constant
  }

  #putLabels(scratch: Scratch, line: Line, labels: string): void {
    if (labels === '' && !line.ownLabel) {
      scratch.put(line.bare)
      return
    }
    scratch.put(line.open)
    if (labels !== '') {
      const start = scratch.at
      if (this.#labelsFrom === -1) {
        scratch.putText(labels)
        this.#labelsFrom = start
        this.#labelBytes = scratch.at - start
      } else {
        scratch.bytes.copyWithin(start, this.#labelsFrom, this.#labelsFrom + this.#labelBytes)
        scratch.at = start + this.#labelBytes
      }
      if (!line.ownLabel) scratch.at--
    }
    scratch.put(line.close)
  }

  #putExemplar(scratch: Scratch, { labels, value, at }: Exemplar, seriesLabels: string): void {
    const pairs = Object.entries(labels).map(([name, text]) => `${labelStart(name, false)}${escapeValue(text)}"`)
    const time = Number.isFinite(at) ? ` ${formatNumber(at / 1000)}` : ''
    const text = ` # {${pairs.join(',')}} ${formatNumber(value)}${time}`
    scratch.reserve(this.#fixedBytes + this.lines * 3 * seriesLabels.length + 3 * text.length)
    scratch.putText(text)
  }
}

/** What a series' lines show, in their order. */
function show({ kind, bounds, quantiles }: MetricReader, page: Float64Array, at: number, shown: Float64Array): void {
  if (kind === 'histogram') {
    let count = 0
    for (let i = 0; i <= bounds.length; i++) {
      count += page[at + i] ?? 0
      shown[i] = count
    }
    shown[bounds.length + 1] = page[at + bounds.length + 1] ?? 0
    shown[bounds.length + 2] = count
  } else if (kind === 'summary') {
    const { length } = quantiles
    for (let i = 0; i < length; i++) shown[i] = page[at + 2 + i] ?? 0
    shown[length] = page[at + 1] ?? 0
    shown[length + 1] = page[at] ?? 0
  } else {
    for (let i = 0; i < shown.length; i++) shown[i] = page[at + i] ?? 0
  }
}

function header({ help }: MetricReader, { kind }: Format, { family, type, unit }: FamilyNames): string {
  const name = quoteName(family)
  const unitLine = kind === 'openmetrics' && unit !== '' ? `# UNIT ${name} ${unit}\n` : ''
  return `# HELP ${name} ${escapeHelp(help, kind)}\n# TYPE ${name} ${type}\n${unitLine}`
}

function linesOf(metric: MetricReader, { kind: format, utf8Names }: Format, { sample }: FamilyNames): Line[] {
  const number = format === 'openmetrics' ? canonicalFloat : formatNumber
  switch (metric.kind) {
    case 'counter':
      return [plainLine(sample, 0)]
    case 'gauge':
    case 'info':
      return [plainLine(sample)]
    case 'stateset': {
      const label = labelStart(stateLabel(metric, utf8Names), utf8Names)
      return metric.states.map((state) => ownLine(sample, `${label}${escapeValue(state)}"`))
    }
    case 'histogram': {
      const bounds = [...metric.bounds, Infinity]
      const buckets = bounds.map((bound, i) => ownLine(`${sample}_bucket`, `le="${number(bound)}"`, i))
      return [...buckets, plainLine(`${sample}_sum`), plainLine(`${sample}_count`)]
    }
    case 'summary': {
      const quantiles = metric.quantiles.map((quantile) => ownLine(sample, `quantile="${number(quantile)}"`))
      return [...quantiles, plainLine(`${sample}_sum`), plainLine(`${sample}_count`)]
    }
  }
}

function plainLine(name: string, exemplar?: number): Line {
  const { open, bare } = lineStart(name)
  return { open: encode(open), close: encode('} '), ownLabel: false, bare: encode(bare), exemplar }
}

function ownLine(name: string, label: string, exemplar?: number): Line {
  const open = encode(lineStart(name).open)
  return { open, close: encode(`${label}} `), ownLabel: true, bare: encode(''), exemplar }
}
