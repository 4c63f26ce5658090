import { ProtobufWriter } from '../../src/wire/index.ts'

type Json = Readonly<Record<string, unknown>>
type Field = readonly [
  number: number,
  kind:
    | 'text'
    | 'double'
    | 'fixed64'
    | 'fixeds'
    | 'doubles'
    | 'uints'
    | 'uint'
    | 'sint'
    | 'int'
    | 'bool'
    | 'hex'
    | 'base64'
    | Schema,
]
interface Schema {
  readonly [key: string]: Field
}

const any: Record<string, Field> = {
  stringValue: [1, 'text'],
  boolValue: [2, 'bool'],
  intValue: [3, 'int'],
  doubleValue: [4, 'double'],
  bytesValue: [7, 'base64'],
}
const keyValue: Schema = { key: [1, 'text'], value: [2, any] }
any['arrayValue'] = [5, { values: [1, any] }]
any['kvlistValue'] = [6, { values: [1, keyValue] }]
const times: Schema = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] }
const exemplar: Schema = {
  timeUnixNano: [2, 'fixed64'],
  asDouble: [3, 'double'],
  spanId: [4, 'hex'],
  traceId: [5, 'hex'],
  asInt: [6, 'fixed64'],
  filteredAttributes: [7, keyValue],
}
const numberPoint: Schema = {
  ...times,
  asDouble: [4, 'double'],
  exemplars: [5, exemplar],
  asInt: [6, 'fixed64'],
  attributes: [7, keyValue],
  flags: [8, 'uint'],
}
const histogramPoint: Schema = {
  ...times,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  bucketCounts: [6, 'fixeds'],
  explicitBounds: [7, 'doubles'],
  exemplars: [8, exemplar],
  attributes: [9, keyValue],
  flags: [10, 'uint'],
}
const buckets: Schema = { offset: [1, 'sint'], bucketCounts: [2, 'uints'] }
const exponentialPoint: Schema = {
  attributes: [1, keyValue],
  ...times,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  scale: [6, 'sint'],
  zeroCount: [7, 'fixed64'],
  positive: [8, buckets],
  negative: [9, buckets],
  flags: [10, 'uint'],
  exemplars: [11, exemplar],
  zeroThreshold: [14, 'double'],
}
const summaryPoint: Schema = {
  ...times,
  count: [4, 'fixed64'],
  sum: [5, 'double'],
  quantileValues: [6, { quantile: [1, 'double'], value: [2, 'double'] }],
  attributes: [7, keyValue],
  flags: [8, 'uint'],
}
const temporality: Schema = { aggregationTemporality: [2, 'uint'] }
const metric: Schema = {
  name: [1, 'text'],
  description: [2, 'text'],
  unit: [3, 'text'],
  gauge: [5, { dataPoints: [1, numberPoint] }],
  sum: [7, { dataPoints: [1, numberPoint], ...temporality, isMonotonic: [3, 'bool'] }],
  histogram: [9, { dataPoints: [1, histogramPoint], ...temporality }],
  exponentialHistogram: [10, { dataPoints: [1, exponentialPoint], ...temporality }],
  summary: [11, { dataPoints: [1, summaryPoint] }],
}
const request: Schema = {
  resourceMetrics: [
    1,
    {
      resource: [1, { attributes: [1, keyValue] }],
      scopeMetrics: [2, { scope: [1, { name: [1, 'text'] }], metrics: [2, metric] }],
    },
  ],
}

/** A request of OTLP's JSON, as the protobuf that says the same. */
export function otlpProtobuf(json: Json): Uint8Array {
  const out = new ProtobufWriter()
  write(out, json, request)
  return out.finish()
}

function write(out: ProtobufWriter, json: Json, schema: Schema): void {
  for (const [key, value] of Object.entries(json)) {
    const field = schema[key]
    if (field === undefined) throw new Error(`no field ${key}`)
    const [number, kind] = field
    const all: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (kind === 'fixeds') fixeds(out, number, all)
    else if (kind === 'doubles') out.packedDoubles(number, all.map(Number))
    else if (kind === 'uints') out.packedUints(number, all.map(Number))
    else for (const each of all) one(out, number, kind, each)
  }
}

function one(
  out: ProtobufWriter,
  number: number,
  kind: Exclude<Field[1], 'fixeds' | 'doubles' | 'uints'>,
  value: unknown,
): void {
  switch (kind) {
    case 'text':
      return out.text(number, String(value))
    case 'double':
      return out.double(number, Number(value))
    case 'fixed64':
      return out.fixed64(number, BigInt(String(value)))
    case 'uint':
      return out.uint(number, Number(value))
    case 'sint':
      return out.sint(number, Number(value))
    case 'int':
      return out.int(number, Number(value))
    case 'bool':
      return out.bool(number, value === true)
    case 'hex':
    case 'base64':
      return out.bytes(number, Buffer.from(String(value), kind))
    default: {
      const start = out.begin(number)
      write(out, value as Json, kind)
      out.end(start)
    }
  }
}

function fixeds(out: ProtobufWriter, number: number, values: readonly unknown[]): void {
  for (const value of values) one(out, number, 'fixed64', value)
}
