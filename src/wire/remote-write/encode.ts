import {
  CUSTOM_BOUNDS_SCHEMA,
  type HistogramBuckets,
  type HistogramValue,
  type LabelSet,
  type MetricMetadata,
} from '../../series/index.ts'
import { ProtobufWriter } from '../protobuf/writer.ts'
import {
  EXEMPLAR,
  HISTOGRAM,
  LABEL_1,
  METADATA_1,
  METADATA_2,
  type RemoteWriteVersion,
  REQUEST_1,
  REQUEST_2,
  RESETS,
  SAMPLE,
  SERIES_1,
  SERIES_2,
  SPAN,
  TYPES,
} from './fields.ts'

/** A series to write, its samples in order of time. */
export interface SeriesToWrite {
  readonly labels: LabelSet
  /** ms since the epoch. */
  readonly times: Float64Array
  /** As many; stale markers as `setStale` makes them. */
  readonly values: Float64Array
  /** ms, 0 unknown; 2.0 only. */
  readonly starts?: Float64Array | undefined
  readonly histograms?: readonly { readonly at: number; readonly value: HistogramValue; readonly start: number }[]
  readonly exemplars?: readonly { readonly labels: LabelSet; readonly value: number; readonly at: number }[]
  /** 2.0 only: 1.0 has it beside the series. */
  readonly metadata?: MetricMetadata | undefined
}

/**
 * A request's message.
 * @param metadata by name; 1.0 only.
 * @throws RangeError for a histogram of custom bounds in 1.0, which has no place for them.
 */
export function encodeWriteRequest(
  series: Iterable<SeriesToWrite>,
  version: RemoteWriteVersion,
  metadata: Iterable<readonly [name: string, metadata: MetricMetadata]> = [],
): Uint8Array {
  return version === '1.0' ? encode1(series, metadata) : encode2(series)
}

function encode1(
  series: Iterable<SeriesToWrite>,
  metadata: Iterable<readonly [name: string, metadata: MetricMetadata]>,
): Uint8Array {
  const out = new ProtobufWriter(2 ** 16)
  for (const { labels, times, values, histograms = [], exemplars = [] } of series) {
    const start = out.begin(REQUEST_1.series)
    putLabels1(out, SERIES_1.label, labels)
    putSamples(out, SERIES_1.sample, times, values, undefined)
    for (const { labels: own, value, at } of exemplars) {
      const begun = out.begin(SERIES_1.exemplar)
      putLabels1(out, EXEMPLAR.labels, own)
      out.double(EXEMPLAR.value, value)
      out.int(EXEMPLAR.at, at)
      out.end(begun)
    }
    for (const { at, value } of histograms) {
      if (value.schema === CUSTOM_BOUNDS_SCHEMA) {
        throw new RangeError(`remote write 1.0 has no place for the custom buckets of ${String(labels)}`)
      }
      putHistogram(out, SERIES_1.histogram, at, value, 0)
    }
    out.end(start)
  }
  for (const [name, { type, help, unit }] of metadata) {
    const start = out.begin(REQUEST_1.metadata)
    out.uint(METADATA_1.type, TYPES.indexOf(type))
    out.text(METADATA_1.name, name)
    out.text(METADATA_1.help, help)
    if (unit !== '') out.text(METADATA_1.unit, unit)
    out.end(start)
  }
  return out.finish()
}

function encode2(series: Iterable<SeriesToWrite>): Uint8Array {
  const body = new ProtobufWriter(2 ** 16)
  const symbols = new Map<string, number>([['', 0]])
  const symbol = (text: string): number => {
    const known = symbols.get(text)
    if (known !== undefined) return known
    symbols.set(text, symbols.size)
    return symbols.size - 1
  }
  const refsOf = (labels: LabelSet): number[] => {
    const refs: number[] = []
    for (const [name, value] of labels) refs.push(symbol(name), symbol(value))
    return refs
  }
  for (const { labels, times, values, starts, histograms = [], exemplars = [], metadata } of series) {
    const start = body.begin(REQUEST_2.series)
    body.packedUints(SERIES_2.labels, refsOf(labels))
    putSamples(body, SERIES_2.sample, times, values, starts)
    for (const { at, value, start: since } of histograms) putHistogram(body, SERIES_2.histogram, at, value, since)
    for (const { labels: own, value, at } of exemplars) {
      const begun = body.begin(SERIES_2.exemplar)
      body.packedUints(EXEMPLAR.labels, refsOf(own))
      body.double(EXEMPLAR.value, value)
      body.int(EXEMPLAR.at, at)
      body.end(begun)
    }
    if (metadata !== undefined) {
      const begun = body.begin(SERIES_2.metadata)
      body.uint(METADATA_2.type, TYPES.indexOf(metadata.type))
      body.uint(METADATA_2.help, symbol(metadata.help))
      body.uint(METADATA_2.unit, symbol(metadata.unit))
      body.end(begun)
    }
    body.end(start)
  }
  const out = new ProtobufWriter(body.length + 2 ** 14)
  for (const text of symbols.keys()) out.text(REQUEST_2.symbol, text)
  out.raw(body.finish())
  return out.finish()
}

function putLabels1(out: ProtobufWriter, field: number, labels: LabelSet): void {
  for (const [name, value] of labels) {
    const start = out.begin(field)
    out.text(LABEL_1.name, name)
    out.text(LABEL_1.value, value)
    out.end(start)
  }
}

function putSamples(
  out: ProtobufWriter,
  field: number,
  times: Float64Array,
  values: Float64Array,
  starts: Float64Array | undefined,
): void {
  for (let i = 0; i < times.length; i++) {
    const start = out.begin(field)
    out.doubleFrom(SAMPLE.value, values, i)
    out.int(SAMPLE.at, times[i] ?? 0)
    const since = starts?.[i] ?? 0
    if (since !== 0) out.int(SAMPLE.start, since)
    out.end(start)
  }
}

function putHistogram(out: ProtobufWriter, field: number, at: number, value: HistogramValue, since: number): void {
  const { schema, count, sum, zeroThreshold, zeroCount, positive, negative, customBounds, counterReset } = value
  const whole = [count, zeroCount, ...positive.counts, ...negative.counts].every(
    (n) => Number.isSafeInteger(n) && n >= 0,
  )
  const start = out.begin(field)
  if (whole) out.uint(HISTOGRAM.count, count)
  else out.double(HISTOGRAM.countFloat, count)
  out.double(HISTOGRAM.sum, sum)
  out.sint(HISTOGRAM.schema, schema)
  out.double(HISTOGRAM.zeroThreshold, zeroThreshold)
  if (whole) out.uint(HISTOGRAM.zeroCount, zeroCount)
  else out.double(HISTOGRAM.zeroCountFloat, zeroCount)
  putBuckets(out, HISTOGRAM.negative, negative, whole)
  putBuckets(out, HISTOGRAM.positive, positive, whole)
  out.uint(HISTOGRAM.reset, RESETS.indexOf(counterReset))
  out.int(HISTOGRAM.at, at)
  if (customBounds.length > 0) out.packedDoubles(HISTOGRAM.customBounds, customBounds)
  if (since !== 0) out.int(HISTOGRAM.start, since)
  out.end(start)
}

function putBuckets(
  out: ProtobufWriter,
  fields: { readonly spans: number; readonly deltas: number; readonly counts: number },
  { spans, counts }: HistogramBuckets,
  whole: boolean,
): void {
  for (const { offset, length } of spans) {
    const start = out.begin(fields.spans)
    out.sint(SPAN.offset, offset)
    out.uint(SPAN.length, length)
    out.end(start)
  }
  if (counts.length === 0) return
  if (whole)
    out.packedSints(
      fields.deltas,
      counts.map((count, i) => count - (counts[i - 1] ?? 0)),
    )
  else out.packedDoubles(fields.counts, counts)
}
