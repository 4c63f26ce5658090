/** A protobuf decoder of its own: what a field is called, and how its bytes are read. */
interface Field {
  readonly name: string
  readonly type: 'double' | 'text' | 'uint' | 'sint' | Schema
  readonly many?: true
}
type Schema = Readonly<Record<number, Field>>
export type Message = { [field: string]: string | number | Message | (number | Message)[] }

const f = (name: string, type: Field['type']): Field => ({ name, type })
const many = (name: string, type: Field['type']): Field => ({ name, type, many: true })

const LABEL: Schema = { 1: f('name', 'text'), 2: f('value', 'text') }
const TIME: Schema = { 1: f('seconds', 'uint'), 2: f('nanos', 'uint') }
const EXEMPLAR: Schema = { 1: many('label', LABEL), 2: f('value', 'double'), 3: f('timestamp', TIME) }
const SPAN: Schema = { 1: f('offset', 'sint'), 2: f('length', 'uint') }
const BUCKET: Schema = {
  1: f('cumulative_count', 'uint'),
  2: f('upper_bound', 'double'),
  3: f('exemplar', EXEMPLAR),
  4: f('cumulative_count_float', 'double'),
}
const HISTOGRAM: Schema = {
  1: f('sample_count', 'uint'),
  2: f('sample_sum', 'double'),
  3: many('bucket', BUCKET),
  4: f('sample_count_float', 'double'),
  5: f('schema', 'sint'),
  6: f('zero_threshold', 'double'),
  7: f('zero_count', 'uint'),
  8: f('zero_count_float', 'double'),
  9: many('negative_span', SPAN),
  10: many('negative_delta', 'sint'),
  11: many('negative_count', 'double'),
  12: many('positive_span', SPAN),
  13: many('positive_delta', 'sint'),
  14: many('positive_count', 'double'),
  15: f('created_timestamp', TIME),
  16: many('exemplars', EXEMPLAR),
}
const SUMMARY: Schema = {
  1: f('sample_count', 'uint'),
  2: f('sample_sum', 'double'),
  3: many('quantile', { 1: f('quantile', 'double'), 2: f('value', 'double') }),
  4: f('created_timestamp', TIME),
}
const METRIC: Schema = {
  1: many('label', LABEL),
  2: f('gauge', { 1: f('value', 'double') }),
  3: f('counter', { 1: f('value', 'double'), 2: f('exemplar', EXEMPLAR), 3: f('created_timestamp', TIME) }),
  4: f('summary', SUMMARY),
  7: f('histogram', HISTOGRAM),
}
const FAMILY: Schema = {
  1: f('name', 'text'),
  2: f('help', 'text'),
  3: f('type', 'uint'),
  4: many('metric', METRIC),
  5: f('unit', 'text'),
}

/** A delimited page of io.prometheus.client.MetricFamily. @throws Error on anything that the schema does not allow. */
export function decodeFamilies(bytes: Uint8Array): Message[] {
  const families: Message[] = []
  let at = 0
  while (at < bytes.length) {
    const [length, start] = varint(bytes, at)
    at = start + Number(length)
    if (at > bytes.length) throw new Error('a message ends beyond the page')
    families.push(decode(bytes.subarray(start, at), FAMILY))
  }
  return families
}

function varint(bytes: Uint8Array, from: number): [bigint, number] {
  let value = 0n
  for (let at = from, shift = 0n; ; at++, shift += 7n) {
    const byte = bytes[at]
    if (byte === undefined || shift > 63n) throw new Error('a varint does not end')
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return [value, at + 1]
  }
}

function decode(bytes: Uint8Array, schema: Schema): Message {
  const message: Message = {}
  let at = 0
  while (at < bytes.length) {
    const [tag, next] = varint(bytes, at)
    const field = schema[Number(tag >> 3n)]
    if (field === undefined) throw new Error(`unknown field ${tag >> 3n}`)
    const [value, end] = read(bytes, next, field.type, Number(tag & 7n))
    at = end
    const before = message[field.name]
    if (field.many === undefined) {
      if (before !== undefined) throw new Error(`${field.name} twice`)
      message[field.name] = value
    } else if (typeof value !== 'string') {
      if (Array.isArray(before)) before.push(value)
      else message[field.name] = [value]
    }
  }
  return message
}

function read(bytes: Uint8Array, at: number, type: Field['type'], wire: number): [string | number | Message, number] {
  if (wire !== { double: 1, text: 2, uint: 0, sint: 0, object: 2 }[typeof type === 'object' ? 'object' : type]) {
    throw new Error(`wire type ${wire}`)
  }
  if (type === 'double') {
    const value = new DataView(bytes.buffer, bytes.byteOffset + at).getFloat64(0, true)
    return [value + 0, at + 8] // -0 is 0: a page may say either
  }
  const [head, next] = varint(bytes, at)
  if (type === 'uint') return [Number(BigInt.asIntN(64, head)), next]
  if (type === 'sint') return [Number((head >> 1n) ^ -(head & 1n)), next]
  const end = next + Number(head)
  if (end > bytes.length) throw new Error('a field ends beyond its message')
  const part = bytes.subarray(next, end)
  return [type === 'text' ? new TextDecoder('utf-8', { fatal: true }).decode(part) : decode(part, type), end]
}
