/** Go's %g at full precision: an exponent below 1e-4 and from 1e6 on, of two digits at least. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return withTwoDigits(value.toExponential())
  return String(value)
}

function withTwoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}
