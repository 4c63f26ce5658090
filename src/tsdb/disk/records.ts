import { LabelSet } from '../../series/index.ts'
import type { Batch } from '../batch.ts'
import type { ByteReader } from '../chunk/byte-reader.ts'
import type { ByteWriter } from '../chunk/byte-writer.ts'
import { decodeHistograms, encodeHistograms } from '../chunk/histograms.ts'
import { CorruptError } from '../chunk/byte-reader.ts'
import { ByteWriter as Writer } from '../chunk/byte-writer.ts'

/** Types of the log's frames. docs/format/wal.md */
export const RECORD = { series: 1, layout: 2, scrape: 3, batch: 4 } as const

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
  out.doubles(values)
  if (starts instanceof Float64Array) out.doubles(starts)
}

export function readScrape(reader: ByteReader): ScrapeRecord {
  const layout = reader.unsigned()
  const group = reader.unsigned()
  const at = reader.signed()
  const flags = reader.byte()
  const count = reader.unsigned()
  const values = reader.doubles(count)
  const starts = flags === FRESH_STARTS ? reader.doubles(count) : flags === SAME_STARTS ? 'same' : undefined
  return { layout, group, at, values, starts }
}

const chunk = new Writer()

export function writeBatch(out: ByteWriter, batch: Batch): void {
  writeRefs(out, batch.refs)
  let before = 0
  for (const at of batch.times) {
    out.signed(at - before)
    before = at
  }
  out.doubles(batch.values)
  const known = batch.starts.some((start) => start !== 0)
  out.byte(known ? FRESH_STARTS : 0)
  if (known) out.doubles(Float64Array.from(batch.starts))
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
export function readBatch(reader: ByteReader, batch: Batch, refOf: (ref: number) => number): void {
  const refs = readRefs(reader)
  let before = 0
  const times = Array.from(refs, () => (before += reader.signed()))
  const values = reader.doubles(refs.length)
  const starts = reader.byte() === FRESH_STARTS ? reader.doubles(refs.length) : undefined
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
