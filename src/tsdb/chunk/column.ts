/** Doubles whose bits can be read and copied without a NaN losing its payload. */
export interface Column {
  readonly values: Float64Array
  /** The same memory: two words a value. */
  readonly words: Uint32Array
}

/** Places of a double's halves among its two words. */
export const HIGH: 0 | 1 = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0
export const LOW: 0 | 1 = HIGH === 1 ? 0 : 1

export function createColumn(length: number): Column {
  return columnOver(new Float64Array(length))
}

export function columnOver(values: Float64Array): Column {
  return { values, words: new Uint32Array(values.buffer, values.byteOffset, values.length * 2) }
}
