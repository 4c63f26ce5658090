import type { AnyValue, KeyValue } from './model.ts'

/** An attribute's value as a label has it. */
export function valueText(value: AnyValue): string {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  if (value instanceof Uint8Array) return base64(value)
  return typeof value === 'object' ? json(value) : String(value)
}

/** As Go writes it: keys in order, and <, > and & escaped. */
function json(value: AnyValue): string {
  if (value === undefined) return 'null'
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Uint8Array) return quoted(base64(value))
  if (typeof value === 'object') {
    if ('list' in value) return `[${value.list.map(json).join(',')}]`
    const sorted = [...value.map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${sorted.map(([key, inner]: KeyValue) => `${quoted(key)}:${json(inner)}`).join(',')}}`
  }
  return String(value)
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

/** A number without an exponent, as `le` and `quantile` have it. */
export function plainNumber(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  const text = String(value)
  const [mantissa = '', exponent] = text.split('e')
  if (exponent === undefined) return text
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const power = Number(exponent)
  const digits = whole + fraction
  if (power < 0) return `${sign}0.${'0'.repeat(-power - whole.length)}${digits}`
  return sign + digits.padEnd(whole.length + power, '0')
}
