import { formatFloat } from './go-float.ts'
import { timeText } from './go-time.ts'

const ABOVE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']
const BELOW = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y']
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi']

/** Go's %.4g. */
function four(value: number): string {
  return formatFloat(value, 'g', 4)
}

export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return four(value)
  return Math.abs(value) >= 1 ? scaled(value, ABOVE, 1000) : small(value)
}

export function humanize1024(value: number): string {
  return Math.abs(value) <= 1 || !Number.isFinite(value) ? four(value) : scaled(value, BINARY, 1024)
}

/** Divided until it is below the base. */
function scaled(value: number, prefixes: readonly string[], base: number): string {
  let [rest, prefix] = [value, '']
  for (const next of prefixes) {
    if (Math.abs(rest) < base) break
    prefix = next
    rest /= base
  }
  return four(rest) + prefix
}

/** Multiplied until it is at least 1. */
function small(value: number): string {
  let [rest, prefix] = [value, '']
  for (const next of BELOW) {
    if (Math.abs(rest) >= 1) break
    prefix = next
    rest *= 1000
  }
  return four(rest) + prefix
}

export function humanizePercentage(ratio: number): string {
  return `${four(ratio * 100)}%`
}

export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return four(seconds)
  if (seconds === 0) return `${four(seconds)}s`
  if (Math.abs(seconds) < 1) return `${small(seconds)}s`
  const sign = seconds < 0 ? '-' : ''
  const size = Math.abs(seconds)
  const whole = Math.trunc(size)
  const [s, m, h, d] = [
    whole % 60,
    Math.floor(whole / 60) % 60,
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 86_400),
  ]
  if (d > 0) return `${sign}${d}d ${h}h ${m}m ${s}s`
  if (h > 0) return `${sign}${h}h ${m}m ${s}s`
  return m > 0 ? `${sign}${m}m ${s}s` : `${sign}${four(size)}s`
}

/** Nanoseconds since the epoch, whole milliseconds; a text says why there are none. */
export function timeOf(seconds: number): bigint | string {
  const ns = seconds * 1e9
  if (!(ns <= 2 ** 63 && ns >= -(2 ** 63))) {
    return `${formatFloat(seconds, 'g', -1)} cannot be represented as a nanoseconds timestamp since it overflows int64`
  }
  return (BigInt(Math.trunc(ns)) / 1_000_000n) * 1_000_000n
}

export function humanizeTimestamp(seconds: number): string {
  const at = timeOf(seconds)
  return typeof at === 'string' ? at : timeText(at)
}
