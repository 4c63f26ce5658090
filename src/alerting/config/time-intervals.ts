import type { Range, TimeInterval, TimeSpec } from '../dispatch-types.ts'
import { isLocation } from '../route/local-time.ts'
import type { Section } from './section.ts'

const SPEC_KEYS = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location']
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

/** Those of `mute_time_intervals`, which is the older name, first. */
export function readTimeIntervals(parent: Section): readonly TimeInterval[] {
  const names = new Set<string>()
  return ['mute_time_intervals', 'time_intervals'].flatMap((key) =>
    parent.sections(key, ['name', 'time_intervals']).map((section): TimeInterval => {
      const name = section.text('name') ?? ''
      if (name === '') section.fault('missing name in time interval')
      else if (names.has(name)) section.fault(`time interval ${JSON.stringify(name)} is not unique`, 'name')
      names.add(name)
      return { name, specs: readSpecs(section, 'time_intervals') }
    }),
  )
}

export function readSpecs(parent: Section, key: string): readonly TimeSpec[] {
  return parent.sections(key, SPEC_KEYS).map((section) => {
    const times = ranges(section, 'times', () => readTimes(section))
    const weekdays = ranges(section, 'weekdays', () => readRanges(section, 'weekdays', weekday, orderOf('day')))
    const daysOfMonth = ranges(section, 'days_of_month', () =>
      readRanges(section, 'days_of_month', dayOfMonth, dayOrder),
    )
    const months = ranges(section, 'months', () => readRanges(section, 'months', month, orderOf('month')))
    const years = ranges(section, 'years', () => readRanges(section, 'years', year, orderOf('year')))
    const location = section.text('location')
    if (location !== undefined && location !== '' && !isLocation(location)) {
      section.fault(`unknown time zone ${location}; write it like Europe/Berlin`, 'location')
    }
    return {
      ...times,
      ...weekdays,
      ...daysOfMonth,
      ...months,
      ...years,
      ...(location !== undefined && location !== '' && { location }),
    }
  })
}

const NAMES = {
  times: 'times',
  weekdays: 'weekdays',
  days_of_month: 'daysOfMonth',
  months: 'months',
  years: 'years',
} as const

function ranges(section: Section, key: keyof typeof NAMES, read: () => readonly Range[]): Partial<TimeSpec> {
  return section.has(key) ? { [NAMES[key]]: read() } : {}
}

function readTimes(parent: Section): readonly Range[] {
  return parent.sections('times', ['start_time', 'end_time']).flatMap((section) => {
    const [start, end] = ['start_time', 'end_time'].map((key) => section.text(key) ?? '')
    if (start === undefined || end === undefined || start === '' || end === '') {
      section.fault('both start and end times must be provided')
      return []
    }
    const [from, to] = [minutes(section, 'start_time', start), minutes(section, 'end_time', end)]
    if (from === undefined || to === undefined) return []
    if (from >= to) {
      section.fault('start time cannot be equal or greater than end time; make two of what goes over midnight')
      return []
    }
    return [{ from, to }]
  })
}

function minutes(section: Section, key: string, text: string): number | undefined {
  const [, hour = '', minute = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? /^(24):(00)$/.exec(text) ?? []
  if (hour !== '') return Number(hour) * 60 + Number(minute)
  section.fault(`couldn't parse timestamp ${text}, invalid format; write it like "09:00"`, key)
  return undefined
}

type Member = (text: string) => number | { readonly fault: string }

/** `a`, or `a:b`, both inclusive. */
function readRanges(
  section: Section,
  key: string,
  member: Member,
  order: (range: Range) => string | undefined,
): readonly Range[] {
  return (section.texts(key) ?? []).flatMap((written) => {
    const parts = written.toLowerCase().split(':')
    const [from, to] = [parts[0] ?? '', parts.at(-1) ?? ''].map((part) => member(part))
    if (parts.length > 2) {
      section.fault(`couldn't parse range ${written}, invalid format; write it like first:last`, key)
      return []
    }
    if (typeof from !== 'number' || typeof to !== 'number') {
      const wrong = [from, to].find((each) => typeof each === 'object')
      section.fault(typeof wrong === 'object' ? wrong.fault : '', key)
      return []
    }
    const fault = order({ from, to })
    if (fault !== undefined) section.fault(`${written}: ${fault}`, key)
    return [{ from, to }]
  })
}

function orderOf(what: string): (range: Range) => string | undefined {
  return ({ from, to }) => (to < from ? `end ${what} is before start ${what}; make two ranges of it` : undefined)
}

function weekday(text: string): number | { readonly fault: string } {
  const day = WEEKDAYS.indexOf(text)
  return day >= 0 ? day : { fault: `${text} is not a valid weekday; there are ${WEEKDAYS.join(', ')}` }
}

function month(text: string): number | { readonly fault: string } {
  const number = MONTHS.includes(text) ? MONTHS.indexOf(text) + 1 : integer(text)
  return number >= 1 && number <= 12 ? number : { fault: `${text} is not a valid month; write january or 1` }
}

function year(text: string): number | { readonly fault: string } {
  const number = integer(text)
  return Number.isNaN(number) ? { fault: `${text} is not a valid year` } : number
}

function dayOfMonth(text: string): number | { readonly fault: string } {
  const day = integer(text)
  if (Math.abs(day) >= 1 && Math.abs(day) <= 31) return day
  return { fault: `${text} is not a valid day of the month: 1 to 31, or -1 to -31 from its end` }
}

/** No range may be one of which it is certain that it is never: a month has 28 days at least. */
function dayOrder({ from, to }: Range): string | undefined {
  if (from < 0 && to > 0) return 'end day must be negative if start day is negative'
  const place = (day: number): number => (day < 0 ? 28 + day : day)
  return place(from) > place(to) ? `end day ${to} is always before start day ${from}` : undefined
}

function integer(text: string): number {
  return /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
}
