import { isUtf8 } from 'node:buffer'
import type { HistogramSpan } from '../../series/index.ts'
import { ProtobufReader } from '../protobuf/reader.ts'
import { FIXED64, VARINT } from '../protobuf/wire-type.ts'
import { exemplarLabels } from './exemplar-labels.ts'
import type { PageExemplar } from './page-entry.ts'
import { PageError } from './page-error.ts'
import { MAX_LABELS } from './series-labels.ts'

/** io.prometheus.client.MetricType */
export const COUNTER = 0
export const GAUGE = 1
export const SUMMARY = 2
export const UNTYPED = 3
export const HISTOGRAM = 4
export const GAUGE_HISTOGRAM = 5

export interface WireBucket {
  readonly count: number
  readonly bound: number
  readonly exemplar: PageExemplar | undefined
}

interface WireSide {
  readonly spans: HistogramSpan[]
  readonly deltas: number[]
  readonly counts: number[]
}

/** What a summary or a histogram is made of; a metric of another type has none of it. */
export interface WireParts {
  count: number
  countFloat: number
  sum: number
  readonly quantiles: { readonly quantile: number; readonly value: number }[]
  readonly buckets: WireBucket[]
  schema: number
  zeroThreshold: number
  zeroCount: number
  zeroCountFloat: number
  readonly positive: WireSide
  readonly negative: WireSide
}

/** A message io.prometheus.client.Metric, of what a family of its type uses. */
export interface WireMetric {
  /** Where its labels lie: from, to, and so on. One run, as a rule. */
  readonly labels: number[]
  /** Of a counter, a gauge, an untyped metric. */
  value: number
  /** Milliseconds; 0: none. */
  timestamp: number
  /** Milliseconds; 0: unknown. */
  created: number
  readonly exemplars: PageExemplar[]
  readonly parts: WireParts | undefined
}

const GAUGE_FIELD = 2
const COUNTER_FIELD: number = 3
const SUMMARY_FIELD = 4
const UNTYPED_FIELD = 5
const HISTOGRAM_FIELD = 7

/** Where a family of that type has its numbers. */
const VALUE_FIELDS: readonly number[] = [
  COUNTER_FIELD,
  GAUGE_FIELD,
  SUMMARY_FIELD,
  UNTYPED_FIELD,
  HISTOGRAM_FIELD,
  HISTOGRAM_FIELD,
]

/** Reads the message that the reader stands in, to its end. A part that comes twice adds to itself. */
export function readMetric(reader: ProtobufReader, type: number): WireMetric {
  const whole = type === SUMMARY || type === HISTOGRAM || type === GAUGE_HISTOGRAM
  const metric: WireMetric = {
    labels: [],
    value: 0,
    timestamp: 0,
    created: 0,
    exemplars: [],
    parts: whole ? noParts() : undefined,
  }
  const valueField = VALUE_FIELDS[type]
  for (let start = reader.at; reader.next(); start = reader.at) {
    if (reader.field === 1) {
      reader.skip()
      const last = metric.labels.length - 1
      if (metric.labels[last] === start) metric.labels[last] = reader.at
      else metric.labels.push(start, reader.at)
    } else if (reader.field === valueField) {
      const outer = reader.begin()
      if (metric.parts === undefined) readValue(reader, metric, valueField)
      else if (type === SUMMARY) readSummary(reader, metric, metric.parts)
      else readHistogram(reader, metric, metric.parts)
      reader.end(outer)
    } else if (reader.field === 6) metric.timestamp = reader.int64()
    else reader.skip()
  }
  return metric
}

/** The labels between two places of the page. @throws PageError */
export function readLabels(bytes: Buffer, start: number, end: number): [string, string][] {
  const labels: [string, string][] = []
  const reader = new ProtobufReader(bytes, start, end)
  while (reader.next()) {
    if (labels.length === MAX_LABELS) throw new PageError(`over ${MAX_LABELS} labels`, start)
    const [name, value] = readLabel(reader)
    if (name.length === 0 || !isUtf8(name)) throw new PageError(`invalid label name: ${text(name)}`, start)
    if (!isUtf8(value)) throw new PageError(`invalid label value: ${text(value)}`, start)
    labels.push([text(name), text(value)])
  }
  return labels
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}

const NO_BYTES = new Uint8Array()

/** A metric has no more buckets, quantiles, spans or exemplars: two bytes of a page are enough for one. */
const MAX_PARTS = 100_000

function add<T>(list: T[], one: T): void {
  if (list.length === MAX_PARTS) throw new PageError(`a metric of over ${MAX_PARTS} buckets, quantiles or exemplars`)
  list.push(one)
}

function noParts(): WireParts {
  return {
    count: 0,
    countFloat: 0,
    sum: 0,
    quantiles: [],
    buckets: [],
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    zeroCountFloat: 0,
    positive: { spans: [], deltas: [], counts: [] },
    negative: { spans: [], deltas: [], counts: [] },
  }
}

function readLabel(reader: ProtobufReader): [name: Uint8Array, value: Uint8Array] {
  let name: Uint8Array = NO_BYTES
  let value: Uint8Array = NO_BYTES
  const outer = reader.begin()
  while (reader.next()) {
    if (reader.field === 1) name = reader.bytes()
    else if (reader.field === 2) value = reader.bytes()
    else reader.skip()
  }
  reader.end(outer)
  return [name, value]
}

function readValue(reader: ProtobufReader, metric: WireMetric, field: number): void {
  while (reader.next()) {
    if (reader.field === 1) metric.value = reader.double()
    else if (field === COUNTER_FIELD && reader.field === 2) {
      metric.exemplars.length = 0
      addExemplar(reader, metric.exemplars)
    } else if (field === COUNTER_FIELD && reader.field === 3) metric.created = readTime(reader)
    else reader.skip()
  }
}

function readSummary(reader: ProtobufReader, metric: WireMetric, parts: WireParts): void {
  while (reader.next()) {
    if (reader.field === 1) parts.count = reader.uint64()
    else if (reader.field === 2) parts.sum = reader.double()
    else if (reader.field === 3) add(parts.quantiles, readQuantile(reader))
    else if (reader.field === 4) metric.created = readTime(reader)
    else reader.skip()
  }
}

function readQuantile(reader: ProtobufReader): WireParts['quantiles'][number] {
  const outer = reader.begin()
  let quantile = 0
  let value = 0
  while (reader.next()) {
    if (reader.field === 1) quantile = reader.double()
    else if (reader.field === 2) value = reader.double()
    else reader.skip()
  }
  reader.end(outer)
  return { quantile, value }
}

function readHistogram(reader: ProtobufReader, metric: WireMetric, parts: WireParts): void {
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        parts.count = reader.uint64()
        break
      case 2:
        parts.sum = reader.double()
        break
      case 3:
        add(parts.buckets, readBucket(reader))
        break
      case 4:
        parts.countFloat = reader.double()
        break
      case 5:
        parts.schema = reader.sint32()
        break
      case 6:
        parts.zeroThreshold = reader.double()
        break
      case 7:
        parts.zeroCount = reader.uint64()
        break
      case 8:
        parts.zeroCountFloat = reader.double()
        break
      case 9:
        add(parts.negative.spans, readSpan(reader))
        break
      case 10:
        addNumbers(reader, parts.negative.deltas, false)
        break
      case 11:
        addNumbers(reader, parts.negative.counts, true)
        break
      case 12:
        add(parts.positive.spans, readSpan(reader))
        break
      case 13:
        addNumbers(reader, parts.positive.deltas, false)
        break
      case 14:
        addNumbers(reader, parts.positive.counts, true)
        break
      case 15:
        metric.created = readTime(reader)
        break
      case 16:
        addExemplar(reader, metric.exemplars)
        break
      default:
        reader.skip()
    }
  }
}

function addNumbers(reader: ProtobufReader, numbers: number[], isDouble: boolean): void {
  reader.repeated(isDouble ? FIXED64 : VARINT, () => {
    add(numbers, isDouble ? reader.double() : reader.sint64())
  })
}

function readSpan(reader: ProtobufReader): HistogramSpan {
  const outer = reader.begin()
  let offset = 0
  let length = 0
  while (reader.next()) {
    if (reader.field === 1) offset = reader.sint32()
    else if (reader.field === 2) length = reader.uint32()
    else reader.skip()
  }
  reader.end(outer)
  return { offset, length }
}

function readBucket(reader: ProtobufReader): WireBucket {
  const outer = reader.begin()
  let whole = 0
  let fraction = 0
  let bound = 0
  const exemplars: PageExemplar[] = []
  while (reader.next()) {
    if (reader.field === 1) whole = reader.uint64()
    else if (reader.field === 2) bound = reader.double()
    else if (reader.field === 3) addExemplar(reader, exemplars)
    else if (reader.field === 4) fraction = reader.double()
    else reader.skip()
  }
  reader.end(outer)
  return { count: fraction === 0 ? whole : fraction, bound, exemplar: exemplars.at(-1) }
}

function addExemplar(reader: ProtobufReader, exemplars: PageExemplar[]): void {
  const given: [string, string][] = []
  let value = 0
  let at: number | undefined
  const outer = reader.begin()
  while (reader.next()) {
    if (reader.field === 1) {
      const [name, text] = readLabel(reader)
      if (given.length < MAX_LABELS) given.push([decoded(name), decoded(text)])
    } else if (reader.field === 2) value = reader.double()
    else if (reader.field === 3) at = readTime(reader)
    else reader.skip()
  }
  reader.end(outer)
  const labels = exemplarLabels(given)
  if (labels !== undefined) add(exemplars, { labels, value, at })
}

/** A lone surrogate tells of bytes that are no UTF-8. */
function decoded(bytes: Uint8Array): string {
  return isUtf8(bytes) ? text(bytes) : '\ud800'
}

/** A google.protobuf.Timestamp, in ms. */
function readTime(reader: ProtobufReader): number {
  const outer = reader.begin()
  let seconds = 0
  let nanos = 0
  while (reader.next()) {
    if (reader.field === 1) seconds = reader.int64()
    else if (reader.field === 2) nanos = reader.int32()
    else reader.skip()
  }
  reader.end(outer)
  return seconds * 1000 + Math.trunc(nanos / 1e6)
}
