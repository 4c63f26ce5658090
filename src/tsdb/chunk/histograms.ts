import type { HistogramBuckets, HistogramSpan, HistogramValue } from '../../series/index.ts'
import { ByteReader, CorruptError } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { createColumn } from './column.ts'
import { decodeFloats, encodeFloats, MAX_COUNT } from './floats.ts'
import { decodeStarts, encodeStarts } from './samples.ts'

const RESETS = ['unknown', 'reset', 'not-reset', 'gauge'] as const
/** Columns before those of the buckets: count, zero count, sum. */
const OWN_COLUMNS = 3
const HAS_STARTS = 1

export interface HistogramSamples {
  readonly times: Float64Array
  readonly values: readonly HistogramValue[]
  readonly startTimes: Float64Array | undefined
}

const scratch = createColumn(MAX_COUNT)

/** Whether both have the same buckets, and so may stand in one chunk. */
export function sameLayout(a: HistogramValue, b: HistogramValue): boolean {
  return (
    a.schema === b.schema &&
    Object.is(a.zeroThreshold, b.zeroThreshold) &&
    sameSpans(a.positive.spans, b.positive.spans) &&
    sameSpans(a.negative.spans, b.negative.spans) &&
    a.customBounds.length === b.customBounds.length &&
    a.customBounds.every((bound, i) => Object.is(bound, b.customBounds[i]))
  )
}

/** Bit by bit, as far as bits matter. */
export function sameHistogram(a: HistogramValue, b: HistogramValue): boolean {
  const sameCounts = (x: readonly number[], y: readonly number[]): boolean =>
    x.every((each, i) => Object.is(each, y[i]))
  return (
    sameLayout(a, b) &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    Object.is(a.zeroCount, b.zeroCount) &&
    a.counterReset === b.counterReset &&
    sameCounts(a.positive.counts, b.positive.counts) &&
    sameCounts(a.negative.counts, b.negative.counts)
  )
}

function sameSpans(a: readonly HistogramSpan[], b: readonly HistogramSpan[]): boolean {
  return a.length === b.length && a.every((span, i) => span.offset === b[i]?.offset && span.length === b[i].length)
}

/** A chunk of histograms that all have the layout of the first: a column a bucket. docs/format/chunk.md, "histograms". */
export function encodeHistograms(out: ByteWriter, { times, values, startTimes }: HistogramSamples): void {
  const [first] = values
  if (first === undefined) throw new RangeError('a chunk of no histograms')
  const count = values.length
  out.unsigned(count)
  out.byte(startTimes === undefined ? 0 : HAS_STARTS)
  writeLayout(out, first)
  writeResets(out, values)
  scratch.values.set(times)
  encodeFloats(out, scratch, count)
  if (startTimes !== undefined) encodeStarts(out, times, startTimes, count)
  const column = (pick: (value: HistogramValue) => number): void => {
    for (let i = 0; i < count; i++) scratch.values[i] = pick(values[i] ?? first)
    encodeFloats(out, scratch, count)
  }
  column((value) => value.count)
  column((value) => value.zeroCount)
  column((value) => value.sum)
  first.positive.counts.forEach((_, bucket) => column((value) => value.positive.counts[bucket] ?? 0))
  first.negative.counts.forEach((_, bucket) => column((value) => value.negative.counts[bucket] ?? 0))
}

export function decodeHistograms(bytes: Uint8Array): HistogramSamples {
  const reader = new ByteReader(bytes)
  const count = reader.unsigned()
  if (!(count <= MAX_COUNT)) throw new CorruptError(`a chunk of ${count} histograms`)
  const hasStarts = (reader.byte() & HAS_STARTS) !== 0
  const layout = readLayout(reader)
  const resets = readResets(reader, count)
  const buckets = layout.positiveBuckets + layout.negativeBuckets
  // A column is two bytes at least.
  if ((buckets + OWN_COLUMNS) * 2 > reader.left) throw new CorruptError(`${buckets} buckets in ${reader.left} bytes`)
  const times = createColumn(count)
  let at = decodeFloats(bytes, reader.at, count, times, 0)
  const starts = hasStarts ? createColumn(count) : undefined
  if (starts !== undefined) at = decodeStarts(bytes, at, count, times.values, starts, 0)
  const columns = Array.from({ length: OWN_COLUMNS + buckets }, () => {
    const column = createColumn(count)
    at = decodeFloats(bytes, at, count, column, 0)
    return column.values
  })
  const row = (i: number): HistogramValue => {
    const numbers = columns.map((column) => column[i] ?? 0)
    const [total = 0, zeroCount = 0, sum = 0] = numbers
    return {
      schema: layout.schema,
      count: total,
      sum,
      zeroThreshold: layout.zeroThreshold,
      zeroCount,
      positive: side(layout.positive, numbers.slice(OWN_COLUMNS, OWN_COLUMNS + layout.positiveBuckets)),
      negative: side(layout.negative, numbers.slice(OWN_COLUMNS + layout.positiveBuckets)),
      customBounds: layout.customBounds,
      counterReset: resets[i] ?? 'unknown',
    }
  }
  return { times: times.values, values: Array.from({ length: count }, (_, i) => row(i)), startTimes: starts?.values }
}

function side(spans: readonly HistogramSpan[], counts: readonly number[]): HistogramBuckets {
  return { spans, counts }
}

function writeLayout(
  out: ByteWriter,
  { schema, zeroThreshold, positive, negative, customBounds }: HistogramValue,
): void {
  out.signed(schema)
  out.float64(zeroThreshold)
  for (const { spans } of [positive, negative]) {
    out.unsigned(spans.length)
    for (const { offset, length } of spans) {
      out.signed(offset)
      out.unsigned(length)
    }
  }
  out.unsigned(customBounds.length)
  for (const bound of customBounds) out.float64(bound)
}

interface Layout {
  readonly schema: number
  readonly zeroThreshold: number
  readonly positive: readonly HistogramSpan[]
  readonly positiveBuckets: number
  readonly negative: readonly HistogramSpan[]
  readonly negativeBuckets: number
  readonly customBounds: readonly number[]
}

function readLayout(reader: ByteReader): Layout {
  const schema = reader.signed()
  const zeroThreshold = reader.float64()
  const positive = readSpans(reader)
  const negative = readSpans(reader)
  const customBounds = Array.from({ length: reader.count(8) }, () => reader.float64())
  return {
    schema,
    zeroThreshold,
    positive,
    positiveBuckets: bucketsOf(positive),
    negative,
    negativeBuckets: bucketsOf(negative),
    customBounds,
  }
}

function readSpans(reader: ByteReader): HistogramSpan[] {
  return Array.from({ length: reader.count(2) }, () => ({ offset: reader.signed(), length: reader.unsigned() }))
}

export function bucketsOf(spans: readonly HistogramSpan[]): number {
  return spans.reduce((sum, { length }) => sum + length, 0)
}

/** Runs: how many, then what and how often. */
function writeResets(out: ByteWriter, values: readonly HistogramValue[]): void {
  const starts = values.flatMap((value, i) => (value.counterReset === values[i - 1]?.counterReset ? [] : [i]))
  out.unsigned(starts.length)
  starts.forEach((from, run) => {
    out.byte(RESETS.indexOf(values[from]?.counterReset ?? 'unknown'))
    out.unsigned((starts[run + 1] ?? values.length) - from)
  })
}

function readResets(reader: ByteReader, count: number): HistogramValue['counterReset'][] {
  const resets: HistogramValue['counterReset'][] = []
  const runs = reader.count(2)
  for (let run = 0; run < runs; run++) {
    const reset = RESETS[reader.byte()]
    const length = reader.unsigned()
    if (reset === undefined || !(resets.length + length <= count)) throw new CorruptError('resets of no histogram')
    for (let i = 0; i < length; i++) resets.push(reset)
  }
  return resets
}
