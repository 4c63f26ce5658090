import {
  CUSTOM_BOUNDS_SCHEMA,
  type HistogramBuckets,
  type HistogramSpan,
  type HistogramValue,
  isStale,
} from '../../series/index.ts'
import type { ProtobufReader } from '../protobuf/reader.ts'
import { FIXED64, VARINT } from '../protobuf/wire-type.ts'
import { HISTOGRAM, RESETS, SPAN } from './fields.ts'

export interface DecodedHistogram {
  readonly at: number
  readonly start: number
  /** Undefined: the stale marker. */
  readonly value: HistogramValue | undefined
  readonly fault: string | undefined
}

interface Side {
  readonly spans: HistogramSpan[]
  readonly deltas: number[]
  readonly counts: number[]
}

const sum = new Float64Array(1)

/** Reads the message that the reader stands before. */
export function decodeHistogram(reader: ProtobufReader): DecodedHistogram {
  let [count, zeroCount, schema, zeroThreshold, reset, at, start] = [0, 0, 0, 0, 0, 0, 0]
  let whole = true
  const positive: Side = { spans: [], deltas: [], counts: [] }
  const negative: Side = { spans: [], deltas: [], counts: [] }
  const customBounds: number[] = []
  sum[0] = 0
  const end = reader.begin()
  while (reader.next()) {
    switch (reader.field) {
      case HISTOGRAM.count:
        count = reader.uint64()
        break
      case HISTOGRAM.countFloat:
        count = reader.double()
        whole = false
        break
      case HISTOGRAM.sum:
        reader.doubleInto(sum, 0)
        break
      case HISTOGRAM.schema:
        schema = reader.sint32()
        break
      case HISTOGRAM.zeroThreshold:
        zeroThreshold = reader.double()
        break
      case HISTOGRAM.zeroCount:
        zeroCount = reader.uint64()
        break
      case HISTOGRAM.zeroCountFloat:
        zeroCount = reader.double()
        break
      case HISTOGRAM.negative.spans:
      case HISTOGRAM.negative.deltas:
      case HISTOGRAM.negative.counts:
        readSide(reader, negative, HISTOGRAM.negative)
        break
      case HISTOGRAM.positive.spans:
      case HISTOGRAM.positive.deltas:
      case HISTOGRAM.positive.counts:
        readSide(reader, positive, HISTOGRAM.positive)
        break
      case HISTOGRAM.reset:
        reset = reader.uint32()
        break
      case HISTOGRAM.at:
        at = reader.int64()
        break
      case HISTOGRAM.customBounds:
        reader.repeated(FIXED64, () => customBounds.push(reader.double()))
        break
      case HISTOGRAM.start:
        start = reader.int64()
        break
      default:
        reader.skip()
    }
  }
  reader.end(end)
  if (isStale(sum, 0)) return { at, start, value: undefined, fault: undefined }
  const value: HistogramValue = {
    schema,
    count,
    sum: sum[0] ?? 0,
    zeroThreshold,
    zeroCount,
    positive: bucketsOf(positive),
    negative: bucketsOf(negative),
    customBounds,
    counterReset: RESETS[reset] ?? 'unknown',
  }
  return { at, start, value, fault: faultOf(value, whole) }
}

/** @param whole its counts are whole numbers, and must agree. */
function faultOf(value: HistogramValue, whole: boolean): string | undefined {
  const { schema, count, zeroCount, positive, negative, customBounds } = value
  if (schema === CUSTOM_BOUNDS_SCHEMA) {
    if (!customBounds.every((bound, i) => bound > (customBounds[i - 1] ?? -Infinity) && bound < Infinity)) {
      return 'custom bounds must ascend'
    }
    if (negative.spans.length > 0 || zeroCount !== 0)
      return 'custom buckets have neither a zero bucket nor negative ones'
    const reach = positive.spans.reduce((end, { offset, length }) => end + offset + length, 0)
    if (reach > customBounds.length + 1) return `${reach} custom buckets of ${customBounds.length} bounds`
  } else if (!(schema >= -4 && schema <= 8)) {
    return `schema ${schema} is neither -4 to 8 nor ${CUSTOM_BOUNDS_SCHEMA}`
  } else if (customBounds.length > 0) {
    return `custom bounds in a histogram of schema ${schema}`
  }
  let total = zeroCount
  for (const { spans, counts } of [positive, negative]) {
    const buckets = spans.reduce((sum, { length }) => sum + length, 0)
    if (buckets !== counts.length) return `spans of ${buckets} buckets, and ${counts.length} counts`
    if (spans.some(({ offset }, i) => i > 0 && offset < 0)) return 'a span that goes back'
    for (const each of counts) {
      if (!(each >= 0)) return `a bucket that counts ${each}`
      total += each
    }
  }
  if (!(count >= 0 && zeroCount >= 0)) return `a count of ${count}, ${zeroCount} of it zeros`
  // What is not a number is counted in no bucket. Fractions need not add up to the last bit.
  const agree = !whole || total === count || (Number.isNaN(value.sum) && total <= count)
  return agree ? undefined : `a count of ${count}, and ${total} in the buckets`
}

function readSide(
  reader: ProtobufReader,
  side: Side,
  fields: { readonly spans: number; readonly deltas: number },
): void {
  if (reader.field === fields.spans) side.spans.push(readSpan(reader))
  else if (reader.field === fields.deltas) reader.repeated(VARINT, () => side.deltas.push(reader.sint64()))
  else reader.repeated(FIXED64, () => side.counts.push(reader.double()))
}

function readSpan(reader: ProtobufReader): HistogramSpan {
  let [offset, length] = [0, 0]
  const end = reader.begin()
  while (reader.next()) {
    if (reader.field === SPAN.offset) offset = reader.sint32()
    else if (reader.field === SPAN.length) length = reader.uint32()
    else reader.skip()
  }
  reader.end(end)
  return { offset, length }
}

function bucketsOf({ spans, deltas, counts }: Side): HistogramBuckets {
  if (deltas.length === 0) return { spans, counts }
  let count = 0
  return { spans, counts: deltas.map((delta) => (count += delta)) }
}
