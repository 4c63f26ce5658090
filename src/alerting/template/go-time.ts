import { offsetAt, type ZoneOffset } from './time-zone.ts'

const SECOND = 1_000_000_000n
const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** A time in parts, of UTC or of a zone. */
export interface TimeParts {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanosecond: number
  /** From 0, Sunday. */
  readonly weekday: number
  /** From 1. */
  readonly yearDay: number
}

export function monthName(month: number): string {
  return MONTHS[month - 1] ?? ''
}

export function weekdayName(day: number): string {
  return DAYS[day] ?? ''
}

/** Rounds down, unlike BigInt's division. */
function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a % b < 0n ? 1n : 0n)
}

export function timeParts(given: bigint, offsetSeconds = 0): TimeParts {
  const ns = given + BigInt(offsetSeconds) * SECOND
  const seconds = floorDivide(ns, SECOND)
  const date = new Date(Number(seconds) * 1000)
  const year = date.getUTCFullYear()
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(ns - seconds * SECOND),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
  }
}

/** As Go prints a time. */
export function timeText(ns: bigint, zone?: string): string {
  return formatTime(ns, '2006-01-02 15:04:05.999999999 -0700 MST', zone)
}

const LAYOUT =
  /January|Jan|Monday|Mon|MST|2006|Z07:00:00|Z07:00|Z0700|Z070000|Z07|-07:00:00|-07:00|-070000|-0700|-07|002|__2|_2(?!006)|[.,]0+(?!\d)|[.,]9+(?!\d)|0[1-6]|PM|pm|15|1|2|3|4|5/g

/** Go's time.Format; default UTC. */
export function formatTime(ns: bigint, layout: string, zone?: string): string {
  const offset = offsetAt(ns, zone)
  const parts = timeParts(ns, offset.seconds)
  return layout.replaceAll(LAYOUT, (mark: string) => formatPart(mark, parts, offset))
}

function formatPart(mark: string, parts: TimeParts, zone: ZoneOffset): string {
  const { year, month, day, hour, minute, second, nanosecond, weekday, yearDay } = parts
  const two = (value: number): string => String(value).padStart(2, '0')
  const half = hour % 12 === 0 ? 12 : hour % 12
  switch (mark) {
    case 'January':
      return monthName(month)
    case 'Jan':
      return monthName(month).slice(0, 3)
    case 'Monday':
      return weekdayName(weekday)
    case 'Mon':
      return weekdayName(weekday).slice(0, 3)
    case 'MST':
      return zone.name
    case '2006':
      return String(year).padStart(4, '0')
    case '06':
      return two(year % 100)
    case '01':
      return two(month)
    case '1':
      return String(month)
    case '02':
      return two(day)
    case '_2':
      return String(day).padStart(2, ' ')
    case '2':
      return String(day)
    case '002':
      return String(yearDay).padStart(3, '0')
    case '__2':
      return String(yearDay).padStart(3, ' ')
    case '15':
      return two(hour)
    case '03':
      return two(half)
    case '3':
      return String(half)
    case '04':
      return two(minute)
    case '4':
      return String(minute)
    case '05':
      return two(second)
    case '5':
      return String(second)
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM'
    case 'pm':
      return hour >= 12 ? 'pm' : 'am'
    default:
      return mark.startsWith('.') || mark.startsWith(',') ? fraction(mark, nanosecond) : offset(mark, zone.seconds)
  }
}

function fraction(mark: string, nanosecond: number): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, mark.length - 1)
  if (mark.charAt(1) === '0') return mark.charAt(0) + digits.padEnd(mark.length - 1, '0')
  const trimmed = digits.replace(/0+$/, '')
  return trimmed === '' ? '' : mark.charAt(0) + trimmed
}

/** In the layout's shape; `Z` is for UTC. */
function offset(mark: string, seconds: number): string {
  if (mark.startsWith('Z') && seconds === 0) return 'Z'
  const size = Math.abs(seconds)
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((part) =>
    String(part).padStart(2, '0'),
  )
  const shape = mark.slice(1)
  const count = shape.replaceAll(':', '').length / 2
  return (seconds < 0 ? '-' : '+') + parts.slice(0, count).join(shape.includes(':') ? ':' : '')
}

/** As Go prints a duration: `1h2m3.5s`, `1.5ms`, `0s`. */
export function durationText(ns: bigint): string {
  if (ns === 0n) return '0s'
  const sign = ns < 0n ? '-' : ''
  const size = ns < 0n ? -ns : ns
  if (size < SECOND) {
    if (size < 1000n) return `${sign}${size}ns`
    return size < 1_000_000n ? `${sign}${decimal(size, 3)}µs` : `${sign}${decimal(size, 6)}ms`
  }
  const minutes = size / (60n * SECOND)
  const seconds = `${decimal(size % (60n * SECOND), 9)}s`
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return `${sign}${hours > 0n ? `${hours}h` : ''}${minutes % 60n}m${seconds}`
}

/** A whole number with the point moved left, without zeros at the end. */
function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`)
}
