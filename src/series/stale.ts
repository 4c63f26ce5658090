/** Which 32-bit half of a double holds its sign and exponent on this machine. */
const HIGH: 0 | 1 = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0
const STALE_HIGH = 0x7ff00000
const STALE_LOW = 2

/**
 * Whether `values[i]` is Prometheus's stale marker, "the series ends here": the NaN with the bits 0x7ff0000000000002.
 * Those bits survive in a Float64Array that is copied whole (`set`, `slice`, `subarray`) and nowhere else: arithmetic and
 * ordinary arrays make an ordinary NaN of them.
 */
export function isStale(values: Float64Array, i: number): boolean {
  const value = values[i]
  if (value === value || value === undefined) return false
  const halves = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2)
  return halves[HIGH] === STALE_HIGH && halves[1 - HIGH] === STALE_LOW
}

/** @throws RangeError when there is no `values[i]`. */
export function setStale(values: Float64Array, i: number): void {
  if (!(i >= 0 && i < values.length)) throw new RangeError(`setStale: no index ${i} among ${values.length} values`)
  const halves = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2)
  halves[HIGH] = STALE_HIGH
  halves[1 - HIGH] = STALE_LOW
}
