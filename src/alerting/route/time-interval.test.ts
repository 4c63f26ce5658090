import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithin, nextChange, readAlertingConfig, type TimeInterval } from '../index.ts'

function interval(specs: string): TimeInterval {
  const read = readAlertingConfig(
    `route: {receiver: a}\nreceivers: [{name: a}]\ntime_intervals: [{name: t, time_intervals: [${specs}]}]\n`,
  )
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  const [only] = read.config.timeIntervals
  return only ?? { name: '', specs: [] }
}

const OFFICE = "{times: [{start_time: '09:00', end_time: '17:00'}], weekdays: ['monday:friday']}"
const BERLIN_NIGHT = "{times: [{start_time: '02:00', end_time: '03:00'}], location: Europe/Berlin}"

describe('time intervals', () => {
  it.each([
    // Alertmanager's own cases.
    [OFFICE, '2020-11-20T15:04:00Z', true],
    [OFFICE, '2020-11-20T17:00:00Z', false],
    [OFFICE, '2020-11-20T16:59:59Z', true],
    [OFFICE, '2020-11-20T09:00:00Z', true],
    [OFFICE, '2020-11-20T08:59:59Z', false],
    [OFFICE, '2020-11-21T12:00:00Z', false],
    ["{months: [december], days_of_month: ['24:31']}", '2020-12-31T23:59:59Z', true],
    ["{months: [december], days_of_month: ['24:31']}", '2021-01-01T00:00:00Z', false],
    ["{days_of_month: ['-3:-1']}", '2020-02-27T00:00:00Z', true],
    ["{days_of_month: ['-3:-1']}", '2021-02-25T00:00:00Z', false],
    ["{days_of_month: ['-3:-1']}", '2021-02-26T00:00:00Z', true],
    ["{days_of_month: ['1:-1']}", '2021-02-28T00:00:00Z', true],
    ["{days_of_month: ['31']}", '2021-02-28T00:00:00Z', false],
    ["{days_of_month: ['29:31']}", '2021-02-28T23:00:00Z', false],
    ["{days_of_month: ['27:31']}", '2021-02-28T23:00:00Z', true],
    ["{days_of_month: ['-31:-31']}", '2021-02-01T00:00:00Z', false],
    ["{days_of_month: ['-31:-31']}", '2021-03-01T00:00:00Z', true],
    ["{days_of_month: ['-31:-28']}", '2021-02-01T00:00:00Z', true],
    ["{years: ['2020:2022']}", '2022-12-31T23:59:59Z', true],
    ["{years: ['2020:2022']}", '2023-01-01T00:00:00Z', false],
    ["{times: [{start_time: '00:00', end_time: '24:00'}]}", '2021-02-01T23:59:59.999Z', true],
    ['{}', '2021-02-01T00:00:00Z', true],
    ['{weekdays: []}', '2021-02-01T00:00:00Z', false],
    ['', '2021-02-01T00:00:00Z', false],
    [`${OFFICE}, {weekdays: [sunday]}`, '2020-11-22T03:00:00Z', true],
    // Places.
    ["{times: [{start_time: '00:00', end_time: '01:00'}], location: Australia/Sydney}", '2022-01-01T13:30:00Z', true],
    ["{times: [{start_time: '00:00', end_time: '01:00'}], location: Australia/Sydney}", '2022-07-01T13:30:00Z', false],
    ["{times: [{start_time: '00:00', end_time: '01:00'}], location: Australia/Sydney}", '2022-07-01T14:30:00Z', true],
    ['{weekdays: [friday], location: Pacific/Kiritimati}', '2020-11-19T10:00:00Z', true],
    ['{weekdays: [thursday], location: America/Adak}', '2020-11-20T09:59:00Z', true],
    ["{times: [{start_time: '05:45', end_time: '05:46'}], location: Asia/Kathmandu}", '2022-01-01T00:00:00Z', true],
    // 2 o'clock is skipped on 29 March 2026, and comes twice on 25 October.
    [BERLIN_NIGHT, '2026-03-29T00:59:59Z', false],
    [BERLIN_NIGHT, '2026-03-29T01:00:00Z', false],
    [BERLIN_NIGHT, '2026-10-24T23:59:59Z', false],
    [BERLIN_NIGHT, '2026-10-25T00:00:00Z', true],
    [BERLIN_NIGHT, '2026-10-25T01:30:00Z', true],
    [BERLIN_NIGHT, '2026-10-25T02:00:00Z', false],
    // Half an hour, at half past the hour of UTC.
    [
      "{times: [{start_time: '01:30', end_time: '02:00'}], location: Australia/Lord_Howe}",
      '2026-04-04T15:15:00Z',
      true,
    ],
  ])('%s at %s: %j', (specs, at, within) => {
    expect(isWithin(interval(specs), Date.parse(at))).toBe(within)
  })

  it.each([
    [OFFICE, '2020-11-20T15:04:00Z', '2020-11-20T17:00:00.000Z'],
    [OFFICE, '2020-11-20T17:00:00Z', '2020-11-23T09:00:00.000Z'],
    [BERLIN_NIGHT, '2026-03-28T12:00:00Z', '2026-03-30T00:00:00.000Z'],
    [BERLIN_NIGHT, '2026-10-24T12:00:00Z', '2026-10-25T00:00:00.000Z'],
    [BERLIN_NIGHT, '2026-10-25T00:00:00Z', '2026-10-25T02:00:00.000Z'],
    ['{months: [february], days_of_month: [29]}', '2024-02-29T12:00:00Z', '2024-03-01T00:00:00.000Z'],
    ['{months: [february], days_of_month: [29]}', '2024-03-01T12:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['{years: [1999]}', '2024-03-01T12:00:00Z', undefined],
    ['{}', '2024-03-01T12:00:00Z', undefined],
    ['{weekdays: [monday]}, {weekdays: [tuesday]}', '2026-11-23T12:00:00Z', '2026-11-25T00:00:00.000Z'],
  ])('%s changes after %s at %s', (specs, at, changes) => {
    const next = nextChange(interval(specs), Date.parse(at))
    expect(next === undefined ? undefined : new Date(next).toISOString()).toBe(changes)
  })

  it('change when they say, and not before', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca')
    const minute = fc.integer({ min: 0, max: 1439 })
    fc.assert(
      fc.property(zone, minute, minute, fc.integer({ min: 0, max: 366 * 1440 }), (location, a, b, start) => {
        const times = [{ from: Math.min(a, b), to: Math.max(a, b) + 1 }]
        const one: TimeInterval = { name: 't', specs: [{ times, location }] }
        const now = Date.UTC(2026, 0, 1) + start * 60_000
        const next = nextChange(one, now) ?? now + 86_400_000
        const is = isWithin(one, now)
        for (let at = now; at < next && at < now + 3 * 86_400_000; at += 60_000) {
          if (isWithin(one, at) !== is) throw new Error(`${new Date(at).toISOString()} is otherwise`)
        }
        expect(isWithin(one, next) !== is || times[0]?.to === 1440).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('know what clocks show as Intl does', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe')
    const at = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2037, 0) })
    fc.assert(
      fc.property(zone, at, (location, now) => {
        const shown = new Intl.DateTimeFormat('en-GB', {
          timeZone: location,
          hour: '2-digit',
          minute: '2-digit',
        }).format(now)
        const [hour = 0, minute = 0] = shown.split(':').map(Number)
        const from = hour * 60 + minute
        expect(isWithin({ name: 't', specs: [{ times: [{ from, to: from + 1 }], location }] }, now)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
