import { LabelSet, type MetricMetadata } from '../../series/index.ts'
import type { Batch } from '../batch.ts'
import type { ByteReader } from '../chunk/byte-reader.ts'
import type { ByteWriter } from '../chunk/byte-writer.ts'
import { decodeHistograms, encodeHistograms } from '../chunk/histograms.ts'
import { CorruptError } from '../chunk/byte-reader.ts'
import { ByteWriter as Writer } from '../chunk/byte-writer.ts'
import { readPacked, writePacked } from './packed.ts'

/** Types of the log's frames. docs/format/wal.md */
export const RECORD = { series: 1, layout: 2, plainScrape: 3, plainBatch: 4, scrape: 5, batch: 6, metadata: 7 } as const

/** How the numbers of a record stand: `plain` is what was written once. */
export type Form = 'plain' | 'packed'

const FRESH_STARTS = 1
const SAME_STARTS = 2

export function writeLabels(out: ByteWriter, labels: LabelSet): void {
  out.unsigned(labels.size)
  for (const [name, value] of labels) {
    out.text(name)
    out.text(value)
  }
}

export function readLabels(reader: ByteReader): LabelSet {
  const pairs = Array.from({ length: reader.count(2) }, () => [reader.text(), reader.text()] as const)
  try {
    return LabelSet.of(pairs)
  } catch (cause) {
    throw new CorruptError('labels that cannot be', { cause })
  }
}

export function writeSeries(out: ByteWriter, series: readonly (readonly [ref: number, labels: LabelSet])[]): void {
  out.unsigned(series.length)
  for (const [ref, labels] of series) {
    out.unsigned(ref)
    writeLabels(out, labels)
  }
}

export function readSeries(reader: ByteReader): (readonly [ref: number, labels: LabelSet])[] {
  return Array.from({ length: reader.count(2) }, () => [reader.unsigned(), readLabels(reader)] as const)
}

export type MetadataEntry = readonly [name: string, metadata: MetricMetadata]

/** By their number in a record. */
const TYPES = ['unknown', 'counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'] as const

export function writeMetadata(out: ByteWriter, entries: readonly MetadataEntry[]): void {
  out.unsigned(entries.length)
  for (const [name, { type, help, unit }] of entries) {
    out.text(name)
    out.byte(TYPES.indexOf(type))
    out.text(help)
    out.text(unit)
  }
}

export function readMetadata(reader: ByteReader): MetadataEntry[] {
  return Array.from({ length: reader.count(4) }, () => {
    const name = reader.text()
    const type = TYPES[reader.byte()]
    if (type === undefined) throw new CorruptError('metadata of an unknown type')
    return [name, { type, help: reader.text(), unit: reader.text() }] as const
  })
}

export function writeLayout(out: ByteWriter, layout: number, refs: Uint32Array): void {
  out.unsigned(layout)
  writeRefs(out, refs)
}

export function readLayout(reader: ByteReader): { layout: number; refs: Uint32Array } {
  return { layout: reader.unsigned(), refs: readRefs(reader) }
}

function writeRefs(out: ByteWriter, refs: Iterable<number> & { readonly length: number }): void {
  out.unsigned(refs.length)
  let before = 0
  for (const ref of refs) {
    out.signed(ref - before)
    before = ref
  }
}

function readRefs(reader: ByteReader): Uint32Array {
  let before = 0
  return Uint32Array.from({ length: reader.count(1) }, () => (before += reader.signed()))
}

function readSteps(reader: ByteReader, count: number): Float64Array {
  let before = 0
  return Float64Array.from({ length: count }, () => (before += reader.signed()))
}

export interface ScrapeRecord {
  readonly layout: number
  readonly group: number
  readonly at: number
  readonly values: Float64Array
  readonly starts: Float64Array | 'same' | undefined
}

export function writeScrape(out: ByteWriter, { layout, group, at, values, starts }: ScrapeRecord): void {
  out.unsigned(layout)
  out.unsigned(group)
  out.signed(at)
  out.byte(starts === undefined ? 0 : starts === 'same' ? SAME_STARTS : FRESH_STARTS)
  out.unsigned(values.length)
  writePacked(out, values)
  if (starts instanceof Float64Array) writePacked(out, starts)
}

/** `widthOf` tells how many series a layout has, or undefined when its definition is lost. */
export function readScrape(
  reader: ByteReader,
  form: Form,
  widthOf: (layout: number) => number | undefined,
): ScrapeRecord {
  const layout = reader.unsigned()
  const group = reader.unsigned()
  const at = reader.signed()
  const flags = reader.byte()
  const count = reader.unsigned()
  if (count !== widthOf(layout)) throw new CorruptError('a scrape whose series are not known')
  const values = readDoubles(reader, form, count)
  const starts = flags === FRESH_STARTS ? readDoubles(reader, form, count) : flags === SAME_STARTS ? 'same' : undefined
  return { layout, group, at, values, starts }
}

function readDoubles(reader: ByteReader, form: Form, count: number): Float64Array {
  return form === 'plain' ? reader.doubles(count) : readPacked(reader, count)
}

const chunk = new Writer()

export function writeBatch(out: ByteWriter, batch: Batch): void {
  writeRefs(out, batch.refs)
  writePacked(out, Float64Array.from(batch.times))
  writePacked(out, batch.values)
  const known = batch.starts.some((start) => start !== 0)
  out.byte(known ? FRESH_STARTS : 0)
  if (known) writePacked(out, Float64Array.from(batch.starts))
  out.unsigned(batch.histograms.size)
  for (const [place, value] of batch.histograms) {
    chunk.truncate()
    encodeHistograms(chunk, { times: Float64Array.of(0), values: [value], startTimes: undefined })
    out.unsigned(place)
    out.unsigned(chunk.length)
    out.raw(chunk.view())
  }
  out.unsigned(batch.exemplars.length)
  for (const { ref, exemplar } of batch.exemplars) {
    out.unsigned(ref)
    out.signed(exemplar.at)
    out.float64(exemplar.value)
    writeLabels(out, exemplar.labels)
  }
}

/** Adds to `batch` what the record holds, by the references that the record's mean now. */
export function readBatch(reader: ByteReader, form: Form, batch: Batch, refOf: (ref: number) => number): void {
  const refs = readRefs(reader)
  const times = form === 'plain' ? readSteps(reader, refs.length) : readPacked(reader, refs.length)
  const values = readDoubles(reader, form, refs.length)
  const starts = reader.byte() === FRESH_STARTS ? readDoubles(reader, form, refs.length) : undefined
  const histograms = new Map(
    Array.from({ length: reader.count(2) }, () => {
      const place = reader.unsigned()
      const [value] = decodeHistograms(reader.raw(reader.count(1))).values
      return [place, value] as const
    }),
  )
  refs.forEach((ref, i) => {
    const histogram = histograms.get(i)
    const at = times[i] ?? Number.NaN
    const start = starts?.[i] ?? 0
    if (histogram === undefined) batch.addFrom(refOf(ref), at, values, i, start)
    else batch.addHistogram(refOf(ref), at, histogram, start)
  })
  const exemplars = reader.count(3)
  for (let i = 0; i < exemplars; i++) {
    const ref = refOf(reader.unsigned())
    const at = reader.signed()
    const value = reader.float64()
    batch.addExemplar(ref, { at, value, labels: readLabels(reader) })
  }
}
