import { describe, expect, it } from 'vitest'
import { onCallAt, readAlertingConfig, type OnCallSchedule, shiftsAt } from '../index.ts'

function schedule(text: string): OnCallSchedule {
  const read = readAlertingConfig(
    `route: {receiver: a}\nreceivers: [{name: a}]\nboxman: {schedules: [{name: s, location: Europe/Berlin, ${text}}]}\n`,
  )
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  const [only] = read.config.schedules
  if (only === undefined) throw new Error('BUG: no schedule')
  return only
}

const WEEKS = 'rotations: [{people: [ann, bob, cid], starts_at: 2026-01-05T09:00, shift: 1w}]'
const DAYS = 'rotations: [{people: [ann, bob], starts_at: 2026-03-27T02:30, shift: 1d}]'
const AUTUMN = 'rotations: [{people: [ann, bob], starts_at: 2026-10-24T02:30, shift: 1d}]'
const HOURS = 'rotations: [{people: [ann, bob], starts_at: 2026-03-29T00:00, shift: 12h}]'
const LAYERS = `rotations: [
  {people: [ann], starts_at: 2026-01-01, shift: 1d},
  {people: [bob], starts_at: 2026-01-01, shift: 1d, during: [{weekdays: [saturday, sunday]}]},
  {people: [cid], starts_at: 2026-02-01, shift: 1d, during: [{times: [{start_time: '22:00', end_time: '24:00'}]}]}],
  overrides: [{person: dan, from: 2026-01-15, to: 2026-01-16}, {person: eve, from: 2026-01-15T12:00, to: 2026-01-15T13:00}]`

describe('who is on call', () => {
  it.each([
    // By the week, from Monday nine o'clock in Berlin, in winter and in summer.
    [WEEKS, '2026-01-05T07:59:59Z', []],
    [WEEKS, '2026-01-05T08:00:00Z', ['ann']],
    [WEEKS, '2026-01-12T07:59:59Z', ['ann']],
    [WEEKS, '2026-01-12T08:00:00Z', ['bob']],
    [WEEKS, '2026-01-26T08:00:00Z', ['ann']],
    [WEEKS, '2026-03-30T06:59:59Z', ['cid']],
    [WEEKS, '2026-03-30T07:00:00Z', ['ann']],
    [WEEKS, '2026-11-02T07:59:59Z', ['ann']],
    [WEEKS, '2026-11-02T08:00:00Z', ['bob']],
    // At a time that is skipped on the 29th.
    [DAYS, '2026-03-29T00:59:59Z', ['bob']],
    [DAYS, '2026-03-29T01:29:59Z', ['bob']],
    [DAYS, '2026-03-29T01:30:00Z', ['ann']],
    [DAYS, '2026-03-30T00:29:59Z', ['ann']],
    [DAYS, '2026-03-30T00:30:00Z', ['bob']],
    // At a time that comes twice on the 25th: it changes hands at the first.
    [AUTUMN, '2026-10-25T00:29:59Z', ['ann']],
    [AUTUMN, '2026-10-25T00:30:00Z', ['bob']],
    [AUTUMN, '2026-10-25T01:00:00Z', ['bob']],
    [AUTUMN, '2026-10-25T01:29:00Z', ['bob']],
    [AUTUMN, '2026-10-25T01:30:00Z', ['bob']],
    [AUTUMN, '2026-10-26T01:29:59Z', ['bob']],
    [AUTUMN, '2026-10-26T01:30:00Z', ['ann']],
    // Hours are hours.
    [HOURS, '2026-03-29T10:59:59Z', ['ann']],
    [HOURS, '2026-03-29T11:00:00Z', ['bob']],
    // Later layers over earlier ones, overrides over all.
    [LAYERS, '2026-01-14T12:00:00Z', ['ann']],
    [LAYERS, '2026-01-15T10:00:00Z', ['dan']],
    [LAYERS, '2026-01-15T11:30:00Z', ['eve']],
    [LAYERS, '2026-01-15T12:30:00Z', ['dan']],
    [LAYERS, '2026-01-15T23:00:00Z', ['ann']],
    [LAYERS, '2026-01-17T12:00:00Z', ['bob']],
    [LAYERS, '2026-01-17T21:30:00Z', ['bob']],
    [LAYERS, '2026-02-07T21:30:00Z', ['cid']],
  ])('%s at %s: %j', (text, at, people) => {
    expect(onCallAt(schedule(text), Date.parse(at))).toEqual(people)
  })
})

describe('shifts', () => {
  it.each([
    [WEEKS, '2026-01-06T00:00:00Z', ['ann until 2026-01-12T08:00', 'bob until 2026-01-19T08:00']],
    [WEEKS, '2026-01-01T00:00:00Z', [' until 2026-01-05T08:00', 'ann until 2026-01-12T08:00']],
    [LAYERS, '2026-01-15T11:30:00Z', ['eve until 2026-01-15T12:00', 'dan until 2026-01-15T23:00']],
    [LAYERS, '2026-01-16T00:00:00Z', ['ann until 2026-01-16T23:00', 'bob until 2026-01-18T23:00']],
    ['rotations: [{people: [ann], starts_at: 2026-01-05, shift: 1d}]', '2026-02-01T00:00:00Z', ['ann until ever']],
  ])('%s at %s', (text, at, expected) => {
    const found = shiftsAt(schedule(text), Date.parse(at), 2)
    expect(
      found.map(({ people, until }) => {
        const end = until === undefined ? 'ever' : new Date(until).toISOString().slice(0, 16)
        return `${people.join()} until ${end}`
      }),
    ).toEqual(expected)
  })
})
