import type { Schedule } from '../dispatch-types.ts'
import { localTime, utcOf } from './local-time.ts'
import { isWithinSpec, nextChange } from './time-interval.ts'

type Rotation = Schedule['rotations'][number]

const DAY_MS = 86_400_000
/** How far ahead somebody else is looked for. */
const HORIZON_MS = 366 * DAY_MS
/** Bounds that change nothing are passed over, so many at most. */
const MOST_BOUNDS = 2000

/** Who is on call from when to when, ms since the epoch. */
export interface Shift {
  readonly people: readonly string[]
  /** Undefined: nobody else within a year. */
  readonly until: number | undefined
}

/** The present shift, and those after it: as many as `count` in all, or as there are within a year. */
export function shiftsAt(schedule: Schedule, now: number, count: number): readonly Shift[] {
  const shifts: Shift[] = []
  let people = onCallAt(schedule, now)
  let bounds = 0
  for (let at = nextBound(schedule, now); at !== undefined && shifts.length < count; at = nextBound(schedule, at)) {
    if (at > now + HORIZON_MS || ++bounds > MOST_BOUNDS) break
    const after = onCallAt(schedule, at)
    if (after.join('\n') === people.join('\n')) continue
    shifts.push({ people, until: at })
    people = after
  }
  return shifts.length < count ? [...shifts, { people, until: undefined }] : shifts
}

/** The next moment at which somebody else might be. */
function nextBound({ location, rotations, overrides }: Schedule, now: number): number | undefined {
  const bounds = overrides.flatMap(({ from, to }) => [from, to])
  for (const rotation of rotations) {
    const { startsAt, people, during } = rotation
    bounds.push(startsAt)
    if (now >= startsAt && people.length > 1) {
      bounds.push(shiftBegins(rotation, location, shiftAt(rotation, location, now) + 1))
    }
    const specs = during?.map((spec) => ({ ...spec, location: spec.location ?? location }))
    if (specs !== undefined) bounds.push(nextChange({ name: '', specs }, now) ?? Infinity)
  }
  const next = Math.min(...bounds.filter((at) => at > now))
  return Number.isFinite(next) ? next : undefined
}

function shiftBegins({ startsAt, shiftMs }: Rotation, location: string, shift: number): number {
  if (shiftMs % DAY_MS !== 0) return startsAt + shift * shiftMs
  return shift === 0 ? startsAt : utcOf(localTime(startsAt, location) + shift * shiftMs, location)
}

/** Who is on call: the last override that holds, else the last rotation that does; nobody, where none does. */
export function onCallAt(schedule: Schedule, now: number): readonly string[] {
  const override = schedule.overrides.findLast(({ from, to }) => now >= from && now < to)
  if (override !== undefined) return [override.person]
  const rotation = schedule.rotations.findLast((each) => isOn(each, schedule.location, now))
  if (rotation === undefined) return []
  const person = rotation.people[shiftAt(rotation, schedule.location, now) % rotation.people.length]
  return person === undefined ? [] : [person]
}

function isOn({ people, startsAt, during }: Rotation, location: string, now: number): boolean {
  if (people.length === 0 || now < startsAt) return false
  return (
    during === undefined || during.some((spec) => isWithinSpec({ ...spec, location: spec.location ?? location }, now))
  )
}

/** How many shifts have ended. Whole days change hands at the same time by the clock, whatever clocks do meanwhile. */
function shiftAt(rotation: Rotation, location: string, now: number): number {
  const { startsAt, shiftMs } = rotation
  if (shiftMs % DAY_MS !== 0) return Math.floor((now - startsAt) / shiftMs)
  const start = localTime(startsAt, location)
  const guess = Math.floor((localTime(now, location) - start) / shiftMs)
  const begins = (shift: number): number => shiftBegins(rotation, location, shift)
  // Where clocks show an hour twice, the guess may be one off.
  if (now < begins(guess)) return guess - 1
  return now >= begins(guess + 1) ? guess + 1 : guess
}
