import type { Unit } from '../packs/index.ts'

const SI: readonly (readonly [factor: number, suffix: string])[] = [
  [1e12, ' T'],
  [1e9, ' G'],
  [1e6, ' M'],
  [1e3, ' k'],
]
const BINARY: readonly (readonly [factor: number, suffix: string])[] = [
  [2 ** 40, ' TiB'],
  [2 ** 30, ' GiB'],
  [2 ** 20, ' MiB'],
  [2 ** 10, ' KiB'],
]
const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
/** Beyond that many, digits say nothing. */
const DIGITS = 3

/**
 * A value as people read it, with its unit.
 * @param decimals as many, whatever the value
 * @param zone of a timestamp, as `formatMoment` takes it
 */
export function formatNumber(
  value: number | null | undefined,
  unit: Unit = 'short',
  decimals?: number,
  zone?: string,
): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞'
  switch (unit) {
    case 'none':
      return plain(value, decimals, 6)
    case 'short':
      return scaled(value, SI, '', decimals)
    case 'money':
      return value.toLocaleString('en', { minimumFractionDigits: decimals ?? 2, maximumFractionDigits: decimals ?? 2 })
    case 'percent-of-one':
      return `${plain(value * 100, decimals, Math.abs(value) < 1e-4 ? 1 : DIGITS)} %`
    case 'seconds':
      return duration(value, decimals)
    case 'milliseconds':
      return duration(value / 1000, decimals)
    case 'bytes':
      return scaled(value, BINARY, ' B', decimals)
    case 'bytes-per-second':
      return `${scaled(value, BINARY, ' B', decimals)}/s`
    case 'per-second':
      return `${scaled(value, SI, '', decimals)}/s`
    case 'requests-per-second':
      return `${scaled(value, SI, '', decimals)} req/s`
    case 'celsius':
      return `${plain(value, decimals)} °C`
    case 'timestamp':
      return formatMoment(value * 1000, true, zone)
  }
}

function plain(value: number, decimals: number | undefined, digits = DIGITS): string {
  if (decimals !== undefined) return tidy(value.toFixed(decimals))
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return tidy(value.toExponential(2))
  return tidy(String(Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1)))))))
}

function scaled(
  value: number,
  steps: readonly (readonly [factor: number, suffix: string])[],
  unit: string,
  decimals: number | undefined,
): string {
  const size = Math.abs(value)
  const [factor, suffix] = steps.find(([least]) => size >= least) ?? [1, unit]
  const shown = suffix === unit ? unit : `${suffix}${unit === ' B' ? '' : unit}`
  return `${plain(value / factor, decimals)}${shown}`
}

/** A length of time in seconds: `1.2 ms`, `3 min 20 s`, `2 d 4 h`. */
function duration(seconds: number, decimals: number | undefined): string {
  const size = Math.abs(seconds)
  if (size === 0) return '0 s'
  if (size < 1e-6) return `${plain(seconds * 1e9, decimals)} ns`
  if (size < 1e-3) return `${plain(seconds * 1e6, decimals)} µs`
  if (size < 1) return `${plain(seconds * 1e3, decimals)} ms`
  if (size < MINUTE) return `${plain(seconds, decimals)} s`
  const sign = seconds < 0 ? '−' : ''
  if (size < HOUR) return sign + pair(size, MINUTE, 'min', 1, 's')
  if (size < DAY) return sign + pair(size, HOUR, 'h', MINUTE, 'min')
  return sign + pair(size, DAY, 'd', HOUR, 'h')
}

function pair(size: number, great: number, greatName: string, small: number, smallName: string): string {
  const whole = Math.round(size / small) * small
  const [first, second] = [Math.floor(whole / great), Math.round((whole % great) / small)]
  return second === 0 ? `${first} ${greatName}` : `${first} ${greatName} ${second} ${smallName}`
}

/** With the true sign for minus. */
function tidy(text: string): string {
  return text.replace(/^-0(?:\.0+)?$/, '0').replace('-', '−')
}

/** @param ms since the epoch. @param zone such as `Europe/Paris`; default: that of the process or the browser */
export function formatMoment(ms: number, withDate = true, zone?: string): string {
  const date = new Date(ms)
  const time = date.toLocaleTimeString('en-GB', { hour12: false, timeZone: zone })
  return withDate ? `${date.toLocaleDateString('en-CA', { timeZone: zone })} ${time}` : time
}

/** With its milliseconds, as log lines have them. */
export function formatExactTime(ms: number, zone?: string): string {
  return `${formatMoment(ms, false, zone)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`
}

/** How long ago, roughly: `12 s`, `3 min`, `2 h`. */
export function formatAge(ms: number, now: number): string {
  const seconds = Math.max(0, (now - ms) / 1000)
  if (seconds < MINUTE) return `${Math.floor(seconds)} s`
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`
  return `${Math.floor(seconds / DAY)} d`
}
