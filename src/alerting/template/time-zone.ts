/** How far a zone is from UTC at a moment, and what it is called then. */
export interface ZoneOffset {
  /** East is positive. */
  readonly seconds: number
  /** `CET`; `+03` where a zone has no name. */
  readonly name: string
}

const UTC: ZoneOffset = { seconds: 0, name: 'UTC' }
/** Each knows the abbreviations of its own part of the world. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA', 'en-IL', 'en-PK', 'en-KE']
/** More zones than these are made anew each time. */
const MAX_KEPT = 64
const kept = new Map<string, readonly Intl.DateTimeFormat[]>()

/** Whether this is an IANA name, or UTC. */
export function isZone(name: string): boolean {
  return name === '' || name === 'Local' || formatsOf(name) !== undefined
}

/** `undefined`, '' and a name that is none: UTC. */
export function offsetAt(ns: bigint, zone: string | undefined): ZoneOffset {
  if (zone === undefined || zone === '' || zone === 'UTC' || zone === 'Local') return UTC
  const formats = formatsOf(zone)
  if (formats === undefined) return UTC
  const at = Number(ns / 1_000_000n)
  const seconds = secondsOf(formats[0], at)
  const names = formats.slice(1).map((format) => partOf(format, at, 'timeZoneName'))
  return {
    seconds,
    name: names.find((name) => /^[A-Z]{3,5}$/.test(name) && (name !== 'GMT' || seconds === 0)) ?? numeric(seconds),
  }
}

function formatsOf(zone: string): readonly Intl.DateTimeFormat[] | undefined {
  const known = kept.get(zone)
  if (known !== undefined) return known
  try {
    const formats = [
      new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }),
      ...LOCALES.map((locale) => new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })),
    ]
    if (kept.size < MAX_KEPT) kept.set(zone, formats)
    return formats
  } catch (cause) {
    if (cause instanceof RangeError) return undefined
    throw cause
  }
}

function partOf(format: Intl.DateTimeFormat, at: number, type: 'timeZoneName'): string {
  return format.formatToParts(at).find((part) => part.type === type)?.value ?? ''
}

function secondsOf(format: Intl.DateTimeFormat | undefined, at: number): number {
  if (format === undefined) return 0
  const match = /([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(partOf(format, at, 'timeZoneName'))
  if (match === null) return 0
  const [, sign, hours, minutes, seconds = '0'] = match
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return sign === '-' ? -size : size
}

function numeric(seconds: number): string {
  const size = Math.abs(seconds)
  const minutes = Math.floor(size / 60) % 60
  const text =
    String(Math.floor(size / 3600)).padStart(2, '0') + (minutes === 0 ? '' : String(minutes).padStart(2, '0'))
  return (seconds < 0 ? '-' : '+') + text
}
