import type { Range, TimeInterval, TimeSpec } from '../dispatch-types.ts'
import { localTime, utcOf } from './local-time.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
/** How far ahead a change is looked for: a leap day is within it. */
const HORIZON_DAYS = 4 * 366 + 1

/** Whether a moment lies in any part of an interval. */
export function isWithin({ specs }: TimeInterval, now: number): boolean {
  return specs.some((spec) => isWithinSpec(spec, now))
}

/** Whether all holds that the part states. A list that is there and empty never does, as in Alertmanager. */
export function isWithinSpec({ location, ...spec }: TimeSpec, now: number): boolean {
  const local = localTime(now, location)
  if (spec.times !== undefined) {
    const minute = Math.floor(mod(local, DAY_MS) / MINUTE_MS)
    if (!spec.times.some(({ from, to }) => minute >= from && minute < to)) return false
  }
  const date = new Date(local)
  if (spec.weekdays !== undefined && !contains(spec.weekdays, date.getUTCDay())) return false
  if (spec.daysOfMonth !== undefined && !containsDay(spec.daysOfMonth, date)) return false
  if (spec.months !== undefined && !contains(spec.months, date.getUTCMonth() + 1)) return false
  return spec.years === undefined || contains(spec.years, date.getUTCFullYear())
}

/** When a moment's answer of {@link isWithin} changes next; undefined: not within four years. */
export function nextChange(interval: TimeInterval, now: number): number | undefined {
  const is = isWithin(interval, now)
  const changes = interval.specs.flatMap((spec) => nextOf(interval, spec, is, now) ?? [])
  return changes.length === 0 ? undefined : Math.min(...changes)
}

/** The first bound of this part at which the whole interval answers otherwise. */
function nextOf(interval: TimeInterval, spec: TimeSpec, is: boolean, now: number): number | undefined {
  const { location } = spec
  const today = Math.floor(localTime(now, location) / DAY_MS)
  const bounds = [0, ...(spec.times ?? []).flatMap(({ from, to }) => [from, to % 1440])].sort((a, b) => a - b)
  for (let day = today; day <= today + HORIZON_DAYS; day++) {
    for (const at of momentsOf(day * DAY_MS, bounds, location)) {
      if (at > now && isWithin(interval, at) !== is) return at
    }
  }
  return undefined
}

/** Of a day on which clocks change, every minute: bounds may come twice, or not at all. */
function momentsOf(day: number, bounds: readonly number[], location: string | undefined): readonly number[] {
  const [start, end] = [utcOf(day, location), utcOf(day + DAY_MS, location)]
  if (end - start === DAY_MS) return bounds.map((minute) => start + minute * MINUTE_MS)
  return Array.from({ length: (end - start) / MINUTE_MS }, (_, i) => start + i * MINUTE_MS)
}

function contains(ranges: readonly Range[], value: number): boolean {
  return ranges.some(({ from, to }) => value >= from && value <= to)
}

/** A range that begins after the month's end is not in it; one that ends after it ends with it. */
function containsDay(ranges: readonly Range[], date: Date): boolean {
  const day = date.getUTCDate()
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const place = (of: number): number => (of < 0 ? days + of + 1 : of)
  return ranges.some(({ from, to }) => place(from) <= days && day >= place(from) && day <= place(to))
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by
}
