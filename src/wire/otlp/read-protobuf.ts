import { ProtobufError, type ProtobufReader, ProtobufReader as Reader } from '../protobuf/reader.ts'
import { FIXED64, VARINT } from '../protobuf/wire-type.ts'
import {
  type AnyValue,
  CUMULATIVE,
  type ExponentialBuckets,
  type ExponentialPoint,
  type HistogramPoint,
  type KeyValue,
  MAX_DEPTH,
  NO_RECORDED_VALUE,
  type NumberPoint,
  type OtlpData,
  type OtlpExemplar,
  type OtlpMetric,
  type ResourceMetrics,
  type SummaryPoint,
} from './model.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] }

/** Reads an ExportMetricsServiceRequest. @throws ProtobufError */
export function readOtlpProtobuf(bytes: Uint8Array): ResourceMetrics[] {
  const reader = new Reader(bytes)
  const all: ResourceMetrics[] = []
  while (reader.next()) {
    if (reader.field === 1) all.push(resourceMetrics(reader))
    else reader.skip()
  }
  return all
}

/** Goes through the fields of the message that the reader stands before; false: this one is not known. */
function fields(reader: ProtobufReader, read: (field: number) => boolean): void {
  const end = reader.begin()
  while (reader.next()) if (!read(reader.field)) reader.skip()
  reader.end(end)
}

/** As {@link fields}, with one function a field. */
function message(reader: ProtobufReader, known: Readonly<Record<number, () => unknown>>): void {
  fields(reader, (field) => {
    const read = known[field]
    read?.()
    return read !== undefined
  })
}

function resourceMetrics(reader: ProtobufReader): ResourceMetrics {
  const attributes: KeyValue[] = []
  const metrics: OtlpMetric[] = []
  message(reader, {
    1: () => message(reader, { 1: () => attributes.push(keyValue(reader, 0)) }),
    2: () => message(reader, { 2: () => metrics.push(metric(reader)) }),
  })
  return { attributes, metrics }
}

function metric(reader: ProtobufReader): OtlpMetric {
  let [name, description, unit] = ['', '', '']
  let data: OtlpData = { kind: 'none', points: [] }
  message(reader, {
    1: () => (name = reader.text()),
    2: () => (description = reader.text()),
    3: () => (unit = reader.text()),
    5: () => (data = { kind: 'gauge', ...pointsOf(reader, numberPoint) }),
    7: () => (data = { kind: 'sum', ...pointsOf(reader, numberPoint) }),
    9: () => (data = { kind: 'histogram', ...pointsOf(reader, histogramPoint) }),
    10: () => (data = { kind: 'exponential', ...pointsOf(reader, exponentialPoint) }),
    11: () => (data = { kind: 'summary', ...pointsOf(reader, summaryPoint) }),
  })
  return { name, description, unit, ...data }
}

function pointsOf<T>(
  reader: ProtobufReader,
  point: (reader: ProtobufReader) => T,
): { points: T[]; cumulative: boolean; monotonic: boolean } {
  const points: T[] = []
  let [cumulative, monotonic] = [false, false]
  message(reader, {
    1: () => points.push(point(reader)),
    2: () => (cumulative = reader.uint32() === CUMULATIVE),
    3: () => (monotonic = reader.bool()),
  })
  return { points, cumulative, monotonic }
}

function numberPoint(reader: ProtobufReader): NumberPoint {
  const point: Mutable<NumberPoint> = { attributes: [], at: 0, start: 0, stale: false, exemplars: [], value: 0 }
  message(reader, {
    2: () => (point.start = reader.fixedMillis()),
    3: () => (point.at = reader.fixedMillis()),
    4: () => (point.value = reader.double()),
    5: () => point.exemplars.push(exemplar(reader)),
    6: () => (point.value = reader.sfixed64()),
    7: () => point.attributes.push(keyValue(reader, 0)),
    8: () => (point.stale = (reader.uint32() & NO_RECORDED_VALUE) !== 0),
  })
  return point
}

function histogramPoint(reader: ProtobufReader): HistogramPoint {
  const point: Mutable<HistogramPoint> = {
    attributes: [],
    at: 0,
    start: 0,
    stale: false,
    exemplars: [],
    count: 0,
    sum: undefined,
    bucketCounts: [],
    bounds: [],
  }
  message(reader, {
    2: () => (point.start = reader.fixedMillis()),
    3: () => (point.at = reader.fixedMillis()),
    4: () => (point.count = reader.fixed64()),
    5: () => (point.sum = reader.double()),
    6: () => reader.repeated(FIXED64, () => point.bucketCounts.push(reader.fixed64())),
    7: () => reader.repeated(FIXED64, () => point.bounds.push(reader.double())),
    8: () => point.exemplars.push(exemplar(reader)),
    9: () => point.attributes.push(keyValue(reader, 0)),
    10: () => (point.stale = (reader.uint32() & NO_RECORDED_VALUE) !== 0),
  })
  return point
}

function exponentialPoint(reader: ProtobufReader): ExponentialPoint {
  const point: Mutable<ExponentialPoint> = {
    attributes: [],
    at: 0,
    start: 0,
    stale: false,
    exemplars: [],
    count: 0,
    sum: undefined,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset: 0, counts: [] },
    negative: { offset: 0, counts: [] },
  }
  message(reader, {
    1: () => point.attributes.push(keyValue(reader, 0)),
    2: () => (point.start = reader.fixedMillis()),
    3: () => (point.at = reader.fixedMillis()),
    4: () => (point.count = reader.fixed64()),
    5: () => (point.sum = reader.double()),
    6: () => (point.scale = reader.sint32()),
    7: () => (point.zeroCount = reader.fixed64()),
    8: () => (point.positive = exponentialBuckets(reader)),
    9: () => (point.negative = exponentialBuckets(reader)),
    10: () => (point.stale = (reader.uint32() & NO_RECORDED_VALUE) !== 0),
    11: () => point.exemplars.push(exemplar(reader)),
    14: () => (point.zeroThreshold = reader.double()),
  })
  return point
}

function exponentialBuckets(reader: ProtobufReader): ExponentialBuckets {
  let offset = 0
  const counts: number[] = []
  message(reader, {
    1: () => (offset = reader.sint32()),
    2: () => reader.repeated(VARINT, () => counts.push(reader.uint64())),
  })
  return { offset, counts }
}

function summaryPoint(reader: ProtobufReader): SummaryPoint {
  const point: Mutable<SummaryPoint> = {
    attributes: [],
    at: 0,
    start: 0,
    stale: false,
    count: 0,
    sum: 0,
    quantiles: [],
  }
  message(reader, {
    2: () => (point.start = reader.fixedMillis()),
    3: () => (point.at = reader.fixedMillis()),
    4: () => (point.count = reader.fixed64()),
    5: () => (point.sum = reader.double()),
    6: () => {
      let [quantile, value] = [0, 0]
      message(reader, { 1: () => (quantile = reader.double()), 2: () => (value = reader.double()) })
      point.quantiles.push({ quantile, value })
    },
    7: () => point.attributes.push(keyValue(reader, 0)),
    8: () => (point.stale = (reader.uint32() & NO_RECORDED_VALUE) !== 0),
  })
  return point
}

function exemplar(reader: ProtobufReader): OtlpExemplar {
  const found: Mutable<OtlpExemplar> = { attributes: [], at: 0, value: 0, traceId: '', spanId: '' }
  message(reader, {
    2: () => (found.at = reader.fixedMillis()),
    3: () => (found.value = reader.double()),
    4: () => (found.spanId = hex(reader.bytes())),
    5: () => (found.traceId = hex(reader.bytes())),
    6: () => (found.value = reader.sfixed64()),
    7: () => found.attributes.push(keyValue(reader, 0)),
  })
  return found
}

function keyValue(reader: ProtobufReader, depth: number): KeyValue {
  let key = ''
  let value: AnyValue
  message(reader, { 1: () => (key = reader.text()), 2: () => (value = anyValue(reader, depth)) })
  return [key, value]
}

function anyValue(reader: ProtobufReader, depth: number): AnyValue {
  if (depth > MAX_DEPTH) throw new ProtobufError(`an attribute of more than ${MAX_DEPTH} levels`)
  let value: AnyValue
  message(reader, {
    1: () => (value = reader.text()),
    2: () => (value = reader.bool()),
    3: () => (value = reader.exactInt64()),
    4: () => (value = reader.double()),
    5: () => {
      const list: AnyValue[] = []
      message(reader, { 1: () => list.push(anyValue(reader, depth + 1)) })
      value = { list }
    },
    6: () => {
      const map: KeyValue[] = []
      message(reader, { 1: () => map.push(keyValue(reader, depth + 1)) })
      value = { map }
    },
    7: () => (value = reader.bytes()),
  })
  return value
}

/** Ids of zeros alone are none. */
function hex(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte === 0)) return ''
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
