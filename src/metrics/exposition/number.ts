const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30

const TENS = Uint8Array.from({ length: 100 }, (_, i) => ZERO + Math.floor(i / 10))
const ONES = Uint8Array.from({ length: 100 }, (_, i) => ZERO + (i % 10))

/** No number's text is longer. */
export const NUMBER_BYTES = 24

/** Writes what the text formats call this number: `String(value)`, but `+Inf` and `-Inf`. Returns where it ends. */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    bytes[at++] = MINUS
    value = -value
    if (value === Infinity) return writeAscii(bytes, at, 'Inf')
  }
  if (value < 2 ** 53 && Math.floor(value) === value) return writeWhole(bytes, at, value)
  // n / scale === value makes n / scale a decimal of at most 15 digits that reads back as the value. No two of those are the
  // same double, so it is also the shortest: what String() finds.
  if (value >= 1e-6 && value < 1e12) {
    const scale = value < 1e6 ? 1e9 : value < 1e9 ? 1e6 : 1e3
    const scaled = Math.round(value * scale)
    if (scaled / scale === value) {
      const whole = Math.floor(scaled / scale)
      return writeFraction(bytes, writeWhole(bytes, at, whole), (scaled - whole * scale) * (1e9 / scale))
    }
  }
  return writeAscii(bytes, at, formatNumber(value))
}

export function formatNumber(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}

/**
 * How OpenMetrics wants the values of `le` and `quantile`, which are identities and not numbers: as Go's %g prints them,
 * with `.0` when that is a whole number.
 */
export function canonicalFloat(value: number): string {
  if (!Number.isFinite(value)) return formatNumber(value)
  const [mantissa = '', power = ''] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 6) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** @param value whole, 0 to 2^53. */
function writeWhole(bytes: Uint8Array, at: number, value: number): number {
  if (value < 1e8) return writeSmall(bytes, at, value)
  const high = Math.floor(value / 1e8)
  const start = writeSmall(bytes, at, high)
  writePadded(bytes, start, value - high * 1e8)
  return start + 8
}

/** @param value whole, below 1e8. */
function writeSmall(bytes: Uint8Array, at: number, value: number): number {
  let rest = value | 0
  let length = 1
  if (rest >= 10) {
    if (rest < 100) length = 2
    else if (rest < 10_000) length = rest < 1000 ? 3 : 4
    else if (rest < 1_000_000) length = rest < 100_000 ? 5 : 6
    else length = rest < 10_000_000 ? 7 : 8
  }
  const end = at + length
  let from = end
  while (rest >= 100) {
    const next = (rest / 100) | 0
    const pair = rest - next * 100
    bytes[--from] = ONES[pair] ?? 0
    bytes[--from] = TENS[pair] ?? 0
    rest = next
  }
  bytes[--from] = ONES[rest] ?? 0
  if (rest >= 10) bytes[--from] = TENS[rest] ?? 0
  return end
}

/** Eight digits, with leading zeros. */
function writePadded(bytes: Uint8Array, at: number, value: number): void {
  let rest = value | 0
  for (let from = at + 6; from >= at; from -= 2) {
    const next = (rest / 100) | 0
    const pair = rest - next * 100
    bytes[from] = TENS[pair] ?? 0
    bytes[from + 1] = ONES[pair] ?? 0
    rest = next
  }
}

/** The point and the digits behind it, and not a byte more: what follows may be there already. @param billionths 1 to 999 999 999. */
function writeFraction(bytes: Uint8Array, at: number, billionths: number): number {
  let rest = billionths | 0
  let digits = 9
  while (rest % 1000 === 0) {
    rest = (rest / 1000) | 0
    digits -= 3
  }
  while (rest % 10 === 0) {
    rest = (rest / 10) | 0
    digits--
  }
  bytes[at] = POINT
  for (let i = at + digits; i > at; i--) {
    const next = (rest / 10) | 0
    bytes[i] = ZERO + rest - next * 10
    rest = next
  }
  return at + digits + 1
}

function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i)
  return at + text.length
}
