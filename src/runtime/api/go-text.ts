import { LabelSet } from '../../series/index.ts'

/** What Go writes otherwise than JavaScript does. */

/** Printable ASCII without quotes and backslashes. */
const PLAIN = /^[ !#-[\]-~]*$/
const ESCAPES = /\\.|[<>&\u2028\u2029]/g

/** A JSON string as Prometheus writes labels: without escapes for HTML. */
export function quoteLabel(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : escaped(JSON.stringify(text), false)
}

/** JSON as Prometheus writes it: texts could stand in a page, but for those of labels. What is undefined is left out. */
export function goJson(value: unknown): string {
  if (value instanceof LabelSet) {
    return `{${Array.from(value, ([name, text]) => `${quoteLabel(name)}:${quoteLabel(text)}`).join(',')}}`
  }
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return escaped(JSON.stringify(value), true)
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return `{${entries.map(([name, inner]) => `${escaped(JSON.stringify(name), true)}:${goJson(inner)}`).join(',')}}`
}

function escaped(json: string, html: boolean): string {
  return json.replace(ESCAPES, (found) => {
    if (found === '\\b') return '\\u0008'
    if (found === '\\f') return '\\u000c'
    if (found.startsWith('\\') || !html) return found
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** FormatFloat(value, 'e', -1, 64): `1e+00`. */
export function exponential(value: number): string {
  return special(value) ?? (Object.is(value, -0) ? '-0e+00' : withTwoDigits(value.toExponential()))
}

/** FormatFloat(value, 'g', -1, 64): an exponent below 1e-4 and from 1e6 on. */
export function general(value: number): string {
  const found = special(value)
  if (found !== undefined) return found
  if (Object.is(value, -0)) return '-0'
  const text = value.toExponential()
  const exponent = Number(text.slice(text.indexOf('e') + 1))
  return exponent < -4 || exponent >= 6 ? withTwoDigits(text) : String(value)
}

/** An exponent has two digits at least. */
export function withTwoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? undefined : value > 0 ? '+Inf' : '-Inf'
}

/** RFC 3339 in UTC, without zeros at the end of the fraction; undefined: the year 1, as Go has it. */
export function goTime(ms: number | undefined): string {
  if (ms === undefined) return '0001-01-01T00:00:00Z'
  return new Date(ms).toISOString().replace(/\.?0+Z$/, 'Z')
}

/** A duration as Prometheus tells it, without what arithmetic adds below a nanosecond. */
export function goSeconds(ms: number): number {
  return Math.round(ms * 1e6) / 1e9
}

/** What model.UnescapeName makes of a name that was escaped with `U__`; as it is when that is no escape. */
export function unescapeName(name: string): string {
  if (!name.startsWith('U__')) return name
  const plain = name.slice(3).replaceAll(/_(?:_|([0-9a-fA-F]{0,6})_|)/g, (found, code: string | undefined) => {
    if (found === '__') return '_'
    const point = code === undefined ? Number.NaN : Number.parseInt(code === '' ? '0' : code, 16)
    const valid = point <= 0x10_ffff && !(point >= 0xd800 && point <= 0xdfff)
    return valid ? String.fromCodePoint(point) : '\u{FFFF}\u{FFFF}'
  })
  return plain.includes('\u{FFFF}\u{FFFF}') ? name : plain
}

/** FormatFloat(value, 'f', -1, 64): never an exponent. */
export function decimal(value: number): string {
  const found = special(value)
  if (found !== undefined) return found
  if (Object.is(value, -0)) return '-0'
  const [mantissa = '', power] = String(value).split('e')
  if (power === undefined) return mantissa
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  const point = whole.length + Number(power)
  const text = point > 0 ? digits.padEnd(point, '0') : `0.${'0'.repeat(-point)}${digits}`
  return value < 0 ? `-${text}` : text
}
