/** A number above zero as 0.DIGITS times ten to the power of `point`. */
interface Decimal {
  readonly digits: string
  readonly point: number
}

const ZERO: Decimal = { digits: '', point: 0 }

export type FloatVerb = 'e' | 'E' | 'f' | 'F' | 'g' | 'G'

/**
 * As Go's strconv.FormatFloat: `precision` digits after the point for e and f, significant ones for g; -1: as few as read
 * back as the value.
 */
export function formatFloat(value: number, verb: FloatVerb, precision: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  const shortest = precision < 0
  switch (verb) {
    case 'e':
    case 'E': {
      const decimal = shortest ? shortestOf(size) : rounded(exactly(size), precision + 1)
      return sign + scientific(decimal, shortest ? Math.max(decimal.digits.length - 1, 0) : precision, verb)
    }
    case 'f':
    case 'F': {
      if (shortest) {
        const decimal = shortestOf(size)
        return sign + fixed(decimal, Math.max(decimal.digits.length - decimal.point, 0))
      }
      const exact = exactly(size)
      return sign + fixed(rounded(exact, exact.point + precision), precision)
    }
    case 'g':
    case 'G':
      return sign + general(size, precision, verb)
  }
}

function general(size: number, precision: number, verb: 'g' | 'G'): string {
  const shortest = precision < 0
  const significant = precision === 0 ? 1 : precision
  const decimal = shortest ? shortestOf(size) : rounded(exactly(size), significant)
  const { length } = decimal.digits
  let limit = shortest ? 6 : significant
  // A whole number is written out although it has more digits than the precision asks for.
  if (!shortest && limit > length && length >= decimal.point) limit = length
  const exponent = decimal.point - 1
  if (exponent < -4 || exponent >= limit) {
    return scientific(decimal, Math.max(Math.min(length, shortest ? length : significant) - 1, 0), verb)
  }
  return fixed(decimal, Math.max(length - decimal.point, 0))
}

function scientific({ digits, point }: Decimal, precision: number, verb: FloatVerb): string {
  const exponent = digits === '' ? 0 : point - 1
  const padded = digits.padEnd(precision + 1, '0')
  const mantissa = precision > 0 ? `${padded.charAt(0)}.${padded.slice(1, precision + 1)}` : padded.charAt(0)
  const mark = verb === 'E' || verb === 'G' ? 'E' : 'e'
  return `${mantissa}${mark}${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function fixed({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0'
  if (precision <= 0) return whole
  const fraction = point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits
  return `${whole}.${fraction.slice(0, precision).padEnd(precision, '0')}`
}

function shortestOf(size: number): Decimal {
  if (size === 0) return ZERO
  const [mantissa = '', exponent = ''] = size.toExponential().split('e')
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 }
}

const VIEW = new DataView(new ArrayBuffer(8))

/** All its digits: a double is a whole number times a power of two, and so has an end. */
function exactly(size: number): Decimal {
  if (size === 0) return ZERO
  VIEW.setFloat64(0, size)
  const bits = VIEW.getBigUint64(0)
  const biased = Number(bits >> 52n)
  const fraction = bits & ((1n << 52n) - 1n)
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
  const exponent = (biased === 0 ? 1 : biased) - 1075
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent)
  const text = scaled.toString()
  return { digits: text.replace(/0+$/, ''), point: text.length + Math.min(exponent, 0) }
}

/** To so many digits; from exactly half to the even one. */
function rounded({ digits, point }: Decimal, count: number): Decimal {
  if (count < 0) return ZERO
  if (count >= digits.length) return { digits, point }
  const half = digits.charAt(count)
  const exactHalf = half === '5' && digits.length === count + 1
  const odd = count > 0 && Number(digits.charAt(count - 1)) % 2 === 1
  const kept = digits.slice(0, count)
  if (exactHalf ? !odd : half < '5') {
    const trimmed = kept.replace(/0+$/, '')
    return trimmed === '' ? ZERO : { digits: trimmed, point }
  }
  const up = (BigInt(kept === '' ? '0' : kept) + 1n).toString().padStart(count, '0')
  return { digits: up.replace(/0+$/, ''), point: point + up.length - count }
}
