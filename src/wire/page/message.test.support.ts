/** Messages of io.prometheus.client, written by hand and as wrong as a test wants them. */
export type Bytes = readonly number[]

export function varint(value: number | bigint): Bytes {
  const bytes: number[] = []
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)]
    bytes.push(Number(rest & 127n) | 128)
  }
}

export function zigzag(value: number): Bytes {
  return varint(value < 0 ? -2 * value - 1 : 2 * value)
}

export const uint = (field: number, value: number | bigint): Bytes => [...varint(field << 3), ...varint(value)]
export const sint = (field: number, value: number): Bytes => [...varint(field << 3), ...zigzag(value)]
export const part = (field: number, ...parts: readonly Bytes[]): Bytes => {
  const inner = parts.flat()
  return [...varint((field << 3) | 2), ...varint(inner.length), ...inner]
}
export const text = (field: number, value: string): Bytes => part(field, [...Buffer.from(value)])

export function double(field: number, value: number): Bytes {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return [...varint((field << 3) | 1), ...bytes]
}

/** With its length before it. */
export const delimited = (message: Bytes): Bytes => [...varint(message.length), ...message]

export const label = (name: string, value: string): Bytes => part(1, text(1, name), text(2, value))
export const family = (name: string, type: number | bigint | undefined, ...metrics: readonly Bytes[]): Bytes => [
  ...text(1, name),
  ...(type === undefined ? [] : uint(3, type)),
  ...metrics.flatMap((metric) => part(4, metric)),
]
export const counter = (value: number, ...more: readonly Bytes[]): Bytes => part(3, double(1, value), ...more)
export const gauge = (value: number): Bytes => part(2, double(1, value))
export const histogram = (...fields: readonly Bytes[]): Bytes => part(7, ...fields)
export const bucket = (count: number, bound: number, ...more: readonly Bytes[]): Bytes =>
  part(3, uint(1, count), double(2, bound), ...more)
export const span = (field: number, offset: number, length: number): Bytes =>
  part(field, sint(1, offset), uint(2, length))
export const time = (field: number, seconds: number, nanos: number): Bytes =>
  part(field, uint(1, seconds), uint(2, nanos))
export const exemplar = (field: number, value: number, seconds: number, ...labels: readonly Bytes[]): Bytes =>
  part(field, ...labels, double(2, value), ...(seconds === 0 ? [] : [time(3, seconds, 5e6)]))

/** Two in the zero bucket, four in three buckets with a gap between. */
export const native = (...more: readonly Bytes[]): Bytes =>
  histogram(
    uint(1, 6),
    double(2, 6),
    sint(5, 3),
    double(6, 0.001),
    uint(7, 2),
    span(12, 0, 2),
    span(12, 1, 1),
    sint(13, 1),
    sint(13, 1),
    sint(13, -1),
    ...more,
  )
