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
  OtlpError,
  type OtlpExemplar,
  type OtlpMetric,
  type ResourceMetrics,
  type SummaryPoint,
} from './model.ts'

type Json = Readonly<Record<string, unknown>>

/** Reads an ExportMetricsServiceRequest in protobuf's JSON. @throws OtlpError */
export function readOtlpJson(text: string): ResourceMetrics[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new OtlpError(`not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  return list(object(parsed, 'request'), 'resourceMetrics').map((each) => ({
    attributes: attributes(object(each['resource'] ?? {}, 'resource'), 'attributes', 0),
    metrics: list(each, 'scopeMetrics').flatMap((scope) => list(scope, 'metrics').map(metric)),
  }))
}

function metric(json: Json): OtlpMetric {
  return { name: text(json, 'name'), description: text(json, 'description'), unit: text(json, 'unit'), ...data(json) }
}

function data(json: Json): OtlpData {
  const part = (name: string): Json | undefined => (json[name] === undefined ? undefined : object(json[name], name))
  const [gauge, sum, histogram] = [part('gauge'), part('sum'), part('histogram')]
  const [exponential, summary] = [part('exponentialHistogram'), part('summary')]
  if (gauge !== undefined) return { kind: 'gauge', points: list(gauge, 'dataPoints').map(numberPoint) }
  if (sum !== undefined) {
    const monotonic = sum['isMonotonic'] === true
    return { kind: 'sum', monotonic, cumulative: isCumulative(sum), points: list(sum, 'dataPoints').map(numberPoint) }
  }
  if (histogram !== undefined) {
    const points = list(histogram, 'dataPoints').map(histogramPoint)
    return { kind: 'histogram', cumulative: isCumulative(histogram), points }
  }
  if (exponential !== undefined) {
    const points = list(exponential, 'dataPoints').map(exponentialPoint)
    return { kind: 'exponential', cumulative: isCumulative(exponential), points }
  }
  if (summary !== undefined) return { kind: 'summary', points: list(summary, 'dataPoints').map(summaryPoint) }
  return { kind: 'none', points: [] }
}

function isCumulative(json: Json): boolean {
  const value = json['aggregationTemporality']
  return value === CUMULATIVE || value === 'AGGREGATION_TEMPORALITY_CUMULATIVE'
}

function point(json: Json): Pick<NumberPoint, 'attributes' | 'at' | 'start' | 'stale'> {
  return {
    attributes: attributes(json, 'attributes', 0),
    at: millis(json, 'timeUnixNano'),
    start: millis(json, 'startTimeUnixNano'),
    stale: (number(json, 'flags') & NO_RECORDED_VALUE) !== 0,
  }
}

function numberPoint(json: Json): NumberPoint {
  return { ...point(json), exemplars: exemplars(json), value: asNumber(json) }
}

function histogramPoint(json: Json): HistogramPoint {
  return {
    ...point(json),
    exemplars: exemplars(json),
    count: number(json, 'count'),
    sum: json['sum'] === undefined ? undefined : number(json, 'sum'),
    bucketCounts: numbers(json, 'bucketCounts'),
    bounds: numbers(json, 'explicitBounds'),
  }
}

function exponentialPoint(json: Json): ExponentialPoint {
  const buckets = (name: string): ExponentialBuckets => {
    const inner = object(json[name] ?? {}, name)
    return { offset: number(inner, 'offset'), counts: numbers(inner, 'bucketCounts') }
  }
  return {
    ...point(json),
    exemplars: exemplars(json),
    count: number(json, 'count'),
    sum: json['sum'] === undefined ? undefined : number(json, 'sum'),
    scale: number(json, 'scale'),
    zeroCount: number(json, 'zeroCount'),
    zeroThreshold: number(json, 'zeroThreshold'),
    positive: buckets('positive'),
    negative: buckets('negative'),
  }
}

function summaryPoint(json: Json): SummaryPoint {
  const quantiles = list(json, 'quantileValues').map((each) => ({
    quantile: number(each, 'quantile'),
    value: number(each, 'value'),
  }))
  return { ...point(json), count: number(json, 'count'), sum: number(json, 'sum'), quantiles }
}

function exemplars(json: Json): OtlpExemplar[] {
  return list(json, 'exemplars').map((each) => ({
    attributes: attributes(each, 'filteredAttributes', 0),
    at: millis(each, 'timeUnixNano'),
    value: asNumber(each),
    traceId: text(each, 'traceId'),
    spanId: text(each, 'spanId'),
  }))
}

function asNumber(json: Json): number {
  return json['asInt'] === undefined ? number(json, 'asDouble') : number(json, 'asInt')
}

function attributes(json: Json, name: string, depth: number): KeyValue[] {
  if (depth > MAX_DEPTH) throw new OtlpError(`an attribute of more than ${MAX_DEPTH} levels`)
  return list(json, name).map((each) => [text(each, 'key'), anyValue(object(each['value'] ?? {}, 'value'), depth)])
}

function anyValue(json: Json, depth: number): AnyValue {
  if (depth > MAX_DEPTH) throw new OtlpError(`an attribute of more than ${MAX_DEPTH} levels`)
  const [name, value] = Object.entries(json)[0] ?? ['', undefined]
  switch (name) {
    case 'stringValue':
      return text(json, name)
    case 'boolValue':
      return value === true
    case 'intValue':
      return whole(value, name)
    case 'doubleValue':
      return number(json, name)
    case 'bytesValue':
      return Buffer.from(text(json, name), 'base64')
    case 'arrayValue':
      return { list: list(object(value, name), 'values').map((each) => anyValue(each, depth + 1)) }
    case 'kvlistValue':
      return { map: attributes(object(value, name), 'values', depth + 1) }
    default:
      return undefined
  }
}

function object(value: unknown, name: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.fromEntries(Object.entries(value))
  throw new OtlpError(`${name}: expected an object, given ${kindOf(value)}`)
}

function list(json: Json, name: string): Json[] {
  const value = json[name] ?? []
  if (!Array.isArray(value)) throw new OtlpError(`${name}: expected a list, given ${kindOf(value)}`)
  return value.map((each) => object(each, name))
}

function text(json: Json, name: string): string {
  const value = json[name] ?? ''
  if (typeof value !== 'string') throw new OtlpError(`${name}: expected a text, given ${kindOf(value)}`)
  return value
}

/** Whole numbers of 64 bits come as texts, and so do NaN and the infinities. */
function number(json: Json, name: string): number {
  const value = json[name] ?? 0
  const found = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof found === 'number' && (value === 'NaN' || !Number.isNaN(found))) return found
  throw new OtlpError(`${name}: expected a number, given ${kindOf(value)}`)
}

function numbers(json: Json, name: string): number[] {
  const value = json[name] ?? []
  if (!Array.isArray(value)) throw new OtlpError(`${name}: expected a list, given ${kindOf(value)}`)
  return value.map((each) => number({ [name]: each }, name))
}

function millis(json: Json, name: string): number {
  return Number(whole(json[name] ?? 0, name) / 1_000_000n)
}

function whole(value: unknown, name: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
  throw new OtlpError(`${name}: expected a whole number, given ${kindOf(value)}`)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `${typeof value} ${JSON.stringify(value).slice(0, 40)}`
}
