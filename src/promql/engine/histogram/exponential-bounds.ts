/** Buckets between two powers of two in the finest schema. */
const FINEST = 256
/** Where the letters of ROUNDING stand for no difference. */
const EVEN = 'g'.charCodeAt(0)
const ULP = 2 ** -53

/**
 * How Prometheus's table of bounds differs from what roots give, in units of the last place: `f` is one less, `h` one more. A bound
 * is an identity there, and results show it to its last digit.
 */
const ROUNDING =
  'ggghggfgggfgggggggffhhggggffffffggfgggggggggggffggffghggggfgggff' +
  'ggghghggggffggffggfgggfgggffggggggggghggfgeeffeeffeffgffffeefffe' +
  'ffffffedeeddefeeeedeeedddddcdeccffffgffgffeefgeeeeddeedededeeedd' +
  'efdeffeeefeeeeeeefeeeedddeddeeddffffffefefeefgefffeefgeeeeddeedd'

/** Bounds from 0.5 up to 1, which is not among them, each 2^(1/256) of the one before. */
const BOUNDS: Float64Array = boundsBelowOne()

function boundsBelowOne(): Float64Array {
  const bounds = new Float64Array(FINEST + 1)
  bounds[0] = 0.5
  bounds[FINEST] = 1
  // Roots alone are the same on every machine.
  for (let step = FINEST / 2; step >= 1; step /= 2) {
    for (let i = step; i < FINEST; i += 2 * step) {
      bounds[i] = Math.sqrt((bounds[i - step] ?? 0) * (bounds[i + step] ?? 0))
    }
  }
  return bounds.subarray(0, FINEST).map((bound, i) => bound + (ROUNDING.charCodeAt(i) - EVEN) * ULP)
}

/** Upper bound of an exponential schema's bucket; the largest double instead of what lies above it. */
export function exponentialBound(schema: number, key: number): number {
  if (schema <= 0) return scaled(0.5, key * 2 ** -schema + 1)
  const perDoubling = 2 ** schema
  const whole = Math.floor(key / perDoubling)
  const place = (key - whole * perDoubling) * (FINEST / perDoubling)
  return scaled(BOUNDS[place] ?? Number.NaN, whole + 1)
}

function scaled(fraction: number, exponent: number): number {
  return fraction === 0.5 && exponent === 1025 ? Number.MAX_VALUE : fraction * 2 * 2 ** (exponent - 1)
}
