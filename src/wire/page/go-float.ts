import { goQuoted, goQuotedText } from './go-quote.ts'

const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const LOWER_E = 0x65
const LOWER_CASE = 0x20

/** So many digits are a whole number that a double holds. */
const EXACT_DIGITS = 15
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i
const HEXADECIMAL = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?p([+-]?\d+)$/i
const INFINITE = /^([+-]?)inf(?:inity)?$/i
const UNDERSCORED =
  /^[+-]?(?:(?:\d+(?:_\d+)*)?(?:\.(?:\d+(?:_\d+)*)?)?(?:e[+-]?\d+(?:_\d+)*)?|0x_?[\da-f]*(?:_[\da-f]+)*(?:\.(?:[\da-f]+(?:_[\da-f]+)*)?)?p[+-]?\d+(?:_\d+)*)$/i

export type GoFloat = number | { readonly fault: string }

/** The number of a page's sample or timestamp: what Go's ParseFloat takes, without hexadecimals and underscores. */
export function readFloat(bytes: Buffer, start: number, end: number): GoFloat {
  let at = start
  const sign = bytes[at]
  if (sign === MINUS || sign === PLUS) at++
  let mantissa = 0
  let digits = 0
  let scale = 0
  let points = 0
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO)
      digits++
      scale += points
    } else if (byte === POINT && points === 0) points = 1
    else
      return (byte | LOWER_CASE) === LOWER_E && digits > 0 ? rareFloat(bytes, start, end) : oddFloat(bytes, start, end)
  }
  if (digits === 0) return oddFloat(bytes, start, end)
  if (digits > EXACT_DIGITS) return rareFloat(bytes, start, end)
  const value = scale === 0 ? mantissa : mantissa / (POWERS_OF_TEN[scale] ?? 1)
  return sign === MINUS ? -value : value
}

/** Many digits, or an exponent. */
function rareFloat(bytes: Buffer, start: number, end: number): GoFloat {
  const last = bytes[end - 1] ?? 0
  const value = Number(bytes.toString('latin1', start, end))
  // Number() reads other things too, but of what begins like this only decimals, with blanks of many kinds behind them.
  const isDecimal = Number.isFinite(value) && ((last >= ZERO && last <= NINE) || last === POINT)
  return isDecimal ? value : oddFloat(bytes, start, end)
}

function oddFloat(bytes: Buffer, start: number, end: number): GoFloat {
  const text = bytes.toString('utf8', start, end)
  if (/[pP_]/.test(text)) return { fault: 'unsupported character in float' }
  return parseGoFloat(text, () => goQuoted(bytes, start, end))
}

/** As Go's ParseFloat reads it, to the nearest double. */
export function parseGoFloat(text: string, quote: () => string = () => goQuotedText(text)): GoFloat {
  const value = valueOf(text)
  if (value === undefined) return { fault: `strconv.ParseFloat: parsing ${quote()}: invalid syntax` }
  if (Number.isFinite(value) || Number.isNaN(value) || INFINITE.test(text)) return value
  return { fault: `strconv.ParseFloat: parsing ${quote()}: value out of range` }
}

function valueOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return NaN
  const infinite = INFINITE.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  const plain = text.includes('_') && UNDERSCORED.test(text) ? text.replaceAll('_', '') : text
  if (DECIMAL.test(plain)) return Number(plain)
  const hexadecimal = HEXADECIMAL.exec(plain)
  if (hexadecimal === null) return undefined
  const [, sign, whole = '', fraction = '', power = ''] = hexadecimal
  return whole === '' && fraction === ''
    ? undefined
    : fromHexadecimal(sign === '-', whole + fraction, Number(power) - 4 * fraction.length)
}

/** Beyond 52 bits only whether anything follows matters to the rounding. */
function fromHexadecimal(negative: boolean, digits: string, power: number): number {
  const significant = digits.replace(/^0+/, '')
  const kept = significant.slice(0, 16)
  const rest = significant.slice(16)
  const value = BigInt(`0x0${kept}`) * 2n + (/[1-9a-f]/i.test(rest) ? 1n : 0n)
  // Farther out nothing changes any more.
  const near = Math.max(-1e7, Math.min(1e7, power))
  const magnitude = scaled(value, near - 1 + 4 * rest.length)
  return negative ? -magnitude : magnitude
}

/** value * 2^power, rounded once, half to even. */
function scaled(value: bigint, power: number): number {
  if (value === 0n) return 0
  const bits = value.toString(2).length
  if (bits + power > 1025) return Infinity
  // As many bits as the result can hold: fewer when it is subnormal.
  const drop = Math.max(bits - 53, -1074 - power)
  if (drop <= 0) return Number(value) * 2 ** Math.max(power, -1074) * 2 ** Math.min(power + 1074, 0)
  if (drop > bits + 1) return 0
  const unit = 1n << BigInt(drop)
  const half = unit >> 1n
  const low = value & (unit - 1n)
  let whole = value >> BigInt(drop)
  if (low > half || (low === half && (whole & 1n) === 1n)) whole += 1n
  const exponent = power + drop
  return exponent > 900 ? Number(whole) * 2 ** 900 * 2 ** (exponent - 900) : Number(whole) * 2 ** exponent
}
