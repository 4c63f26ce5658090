import type { AlertingConfig, EscalationPolicy, InhibitRule, Schedule } from '../dispatch-types.ts'
import { isLocation, utcOf } from '../route/local-time.ts'
import { readDependencies } from './dependencies.ts'
import { readMaintenance } from './maintenance-windows.ts'
import type { Section } from './section.ts'
import { readSpecs } from './time-intervals.ts'

export interface ReadEscalation {
  readonly policy: EscalationPolicy
  readonly section: Section
}

type Plain =
  | 'schedules'
  | 'holdOffMs'
  | 'flapping'
  | 'recoveryDelayMs'
  | 'maintenance'
  | 'silenceReasonRequired'
  | 'silenceExpiryNoticeMs'

export interface Extensions extends Pick<AlertingConfig, Plain> {
  readonly dependencies: readonly InhibitRule[]
  readonly escalations: readonly ReadEscalation[]
}

const KEYS = [
  'hold_off',
  'recovery_delay',
  'flapping',
  'escalations',
  'schedules',
  'maintenance',
  'dependencies',
  'silence_reason_required',
  'silence_expiry_notice',
]

/** The block `boxman`: what Alertmanager does not have. */
export function readExtensions(parent: Section): Extensions {
  const section = parent.section('boxman', KEYS)
  const flapping = section.has('flapping')
    ? readFlapping(section.section('flapping', ['changes', 'window']))
    : undefined
  const escalations = section
    .sections('escalations', ['name', 'steps', 'repeats', 'acknowledge_timeout'])
    .map((each) => ({ policy: readEscalation(each), section: each }))
  const schedules = section.sections('schedules', ['name', 'location', 'rotations', 'overrides'])
  unique(
    escalations.map((each) => each.section),
    'escalation policy',
  )
  unique(schedules, 'schedule')
  const silenceReasonRequired = section.boolean('silence_reason_required')
  const silenceExpiryNoticeMs = section.duration('silence_expiry_notice')
  const maintenance = readMaintenance(section)
  return {
    holdOffMs: section.duration('hold_off') ?? 0,
    recoveryDelayMs: section.duration('recovery_delay') ?? 0,
    ...(flapping !== undefined && { flapping }),
    ...(maintenance.length > 0 && { maintenance }),
    ...(silenceReasonRequired !== undefined && { silenceReasonRequired }),
    ...(silenceExpiryNoticeMs !== undefined && { silenceExpiryNoticeMs }),
    dependencies: readDependencies(section),
    escalations,
    schedules: schedules.map((each) => readSchedule(each)),
  }
}

function unique(sections: readonly Section[], what: string): void {
  const names = new Set<string>()
  for (const section of sections) {
    const name = section.text('name') ?? ''
    if (name === '') section.fault(`missing name in ${what}`)
    else if (names.has(name)) section.fault(`${what} ${JSON.stringify(name)} is not unique`, 'name')
    names.add(name)
  }
}

function readFlapping(section: Section): AlertingConfig['flapping'] {
  const changes = section.integer('changes') ?? 0
  const windowMs = section.duration('window') ?? 0
  if (!(changes >= 2)) section.fault(`${section.named('changes')}: 2 or more times that an alert begins or ends`)
  if (windowMs === 0) section.fault(`missing ${section.named('window')}, within which it changes so often`)
  return { changes, windowMs }
}

function readEscalation(section: Section): EscalationPolicy {
  const steps = section.sections('steps', ['after', 'receiver']).map((step) => {
    const [afterMs, receiver] = [step.duration('after'), step.text('receiver') ?? '']
    if (afterMs === undefined && !step.has('after')) step.fault(`missing ${step.named('after')}`)
    if (receiver === '') step.fault(`missing ${step.named('receiver')}`)
    return { afterMs: afterMs ?? 0, receiver }
  })
  const repeats = section.integer('repeats') ?? 0
  const acknowledgeTimeoutMs = section.duration('acknowledge_timeout')
  if (steps.length === 0) section.fault(`missing ${section.named('steps')}: [{ after: 10m, receiver: ... }]`)
  if (repeats < 0) section.fault(`${repeats}: must be 0 or more`, 'repeats')
  if (steps.every(({ afterMs }) => afterMs === 0) && steps.length > 0 && repeats > 0) {
    section.fault('steps that all come at once cannot be repeated: give one of them an after', 'steps')
  }
  return {
    name: section.text('name') ?? '',
    steps,
    repeats,
    ...(acknowledgeTimeoutMs !== undefined && { acknowledgeTimeoutMs }),
  }
}

function readSchedule(section: Section): Schedule {
  const stated = section.text('location') ?? 'UTC'
  const isKnown = isLocation(stated)
  if (!isKnown) section.fault(`unknown time zone ${stated}; write it like Europe/Berlin`, 'location')
  const location = isKnown ? stated : 'UTC'
  const rotations = section.sections('rotations', ['people', 'starts_at', 'shift', 'during']).map((each) => {
    const people = each.texts('people') ?? []
    const shiftMs = each.duration('shift') ?? 0
    if (people.length === 0) each.fault(`missing ${each.named('people')}`)
    if (shiftMs === 0) each.fault(`missing ${each.named('shift')}, such as 1w`)
    const during = each.has('during') ? readSpecs(each, 'during') : undefined
    return {
      people,
      startsAt: readMoment(each, 'starts_at', location),
      shiftMs,
      ...(during !== undefined && { during }),
    }
  })
  const overrides = section.sections('overrides', ['person', 'from', 'to']).map((each) => {
    const person = each.text('person') ?? ''
    const [from, to] = [readMoment(each, 'from', location), readMoment(each, 'to', location)]
    if (person === '') each.fault(`missing ${each.named('person')}`)
    if (to <= from) each.fault(`${each.named('to')} must be after ${each.named('from')}`)
    return { person, from, to }
  })
  if (rotations.length === 0) section.fault(`missing ${section.named('rotations')}`)
  return { name: section.text('name') ?? '', location, rotations, overrides }
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?(Z|[+-]\d{2}:\d{2})?$/

/** A date, with a time of the schedule's clock or of a stated distance from UTC. */
function readMoment(section: Section, key: string, location: string): number {
  const text = section.text(key)
  if (text === undefined) {
    section.fault(`missing ${section.named(key)}`)
    return 0
  }
  const [, date = '', time = '00:00', distance] = MOMENT.exec(text) ?? []
  const ms = Date.parse(`${date}T${time}${distance ?? 'Z'}`)
  if (Number.isNaN(ms) || !isDate(date)) {
    section.fault(`${text} is no moment; write it like 2026-01-05T09:00, by the clock of the schedule's location`, key)
    return 0
  }
  return distance === undefined ? utcOf(ms, location) : ms
}

/** 30 February is none, though it can be read as 2 March. */
function isDate(text: string): boolean {
  const ms = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}
