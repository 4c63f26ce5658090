const QUARTER_MS = 900_000

/** Distances from UTC, by quarter of an hour: clocks change at none between. */
class Zone {
  readonly #format: Intl.DateTimeFormat
  #quarter = Number.NaN
  #offsetMs = 0

  constructor(location: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      ...(location !== 'Local' && { timeZone: location }),
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  }

  offsetAt(at: number): number {
    const quarter = Math.floor(at / QUARTER_MS)
    if (quarter !== this.#quarter) {
      this.#offsetMs = this.#read(quarter * QUARTER_MS)
      this.#quarter = quarter
    }
    return this.#offsetMs
  }

  #read(at: number): number {
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of this.#format.formatToParts(at)) part[type] = Number(value)
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second) - at
  }
}

/** As many as there are names of zones; nothing is taken out. */
const zones = new Map<string, Zone>()
const MAX_ZONES = 1000

function zoneOf(location: string): Zone {
  const known = zones.get(location)
  if (known !== undefined) return known
  const zone = new Zone(location)
  if (zones.size < MAX_ZONES) zones.set(location, zone)
  return zone
}

/** An IANA name, in its own letters; `Local` is the machine's. */
export function isLocation(name: string): boolean {
  if (name === 'Local') return true
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions()
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase()
  } catch {
    return false
  }
}

/** What clocks show in a place, as ms of a UTC in which they would be right. @throws RangeError for no place. */
export function localTime(at: number, location: string | undefined): number {
  return location === undefined || location === 'UTC' ? at : at + zoneOf(location).offsetAt(at)
}

/** When clocks show this for the first time; of what they skip: as long after the leap as it stands in it. */
export function utcOf(local: number, location: string | undefined): number {
  if (location === undefined || location === 'UTC') return local
  const zone = zoneOf(location)
  const before = local - zone.offsetAt(local - 86_400_000)
  const after = local - zone.offsetAt(local + 86_400_000)
  if (localTime(before, location) === local) return before
  return localTime(after, location) === local ? after : before
}
