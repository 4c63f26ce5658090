import type { Schedule } from '../dispatch-types.ts'
import { localTime, utcOf } from './local-time.ts'
import { isWithinSpec } from './time-interval.ts'

type Rotation = Schedule['rotations'][number]

const DAY_MS = 86_400_000

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
function shiftAt({ startsAt, shiftMs }: Rotation, location: string, now: number): number {
  if (shiftMs % DAY_MS !== 0) return Math.floor((now - startsAt) / shiftMs)
  const start = localTime(startsAt, location)
  const guess = Math.floor((localTime(now, location) - start) / shiftMs)
  const begins = (shift: number): number => (shift === 0 ? startsAt : utcOf(start + shift * shiftMs, location))
  // Where clocks show an hour twice, the guess may be one off.
  if (now < begins(guess)) return guess - 1
  return now >= begins(guess + 1) ? guess + 1 : guess
}
