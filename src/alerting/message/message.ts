import type { LabelSet } from '../../series/index.ts'
import type { Notification, NotifiedAlert } from '../dispatch-types.ts'
import { severityOf, type Severity } from './severity.ts'

export interface Link {
  readonly text: string
  readonly url: string
}

/** What is told of one alert. */
export interface AlertWords {
  readonly status: 'firing' | 'resolved'
  readonly name: string
  readonly summary: string
  readonly description: string
  /** As the annotation `value` has it; '': not known. */
  readonly value: string
  /** `since 2026-03-01 10:00 UTC, for 12m`, `took 12m, until 2026-03-01 10:12 UTC`. */
  readonly when: string
  /** Those that not all alerts of the message have in common. */
  readonly labels: readonly (readonly [name: string, value: string])[]
  readonly links: readonly Link[]
}

/** A notification in words: what every channel lays out in its own way. */
export interface Message {
  /** `[FIRING:2] name (labels)`, as Alertmanager's. */
  readonly subject: string
  readonly severity: Severity
  readonly status: 'firing' | 'resolved'
  readonly firing: number
  readonly resolved: number
  /** Of alerts, those included that are not in `alerts`. */
  readonly total: number
  /** Said before everything else: that it is a test, an escalation, a repetition. */
  readonly notices: readonly string[]
  readonly common: readonly (readonly [name: string, value: string])[]
  /** What fires comes first; of very many only so many as any channel may show. */
  readonly alerts: readonly AlertWords[]
  /** Console, silence, acknowledge. */
  readonly links: readonly Link[]
}

const MAX_WORDED = 500
const NAME = 'alertname'
/** The first that is there is taken. */
const SUMMARY = ['summary', 'message', 'title']
const DESCRIPTION = ['description', 'details']
const VALUE = ['value', 'current_value']
const RUNBOOK = ['runbook_url', 'runbook']
const DASHBOARD = ['dashboard_url', 'dashboard']

export function messageOf(notification: Notification): Message {
  const { alerts, commonLabels, status } = notification
  const firing = alerts.filter((alert) => alert.status === 'firing')
  const resolved = alerts.filter((alert) => alert.status === 'resolved')
  const common = new Set(Array.from(commonLabels, ([name]) => name))
  return {
    subject: subjectOf(notification),
    severity: severityOf(notification),
    status,
    firing: firing.length,
    resolved: resolved.length,
    total: alerts.length,
    notices: noticesOf(notification),
    common: [...commonLabels],
    alerts: [...firing, ...resolved].slice(0, MAX_WORDED).map((alert) => alertWords(alert, common, notification.at)),
    links: linksOf(notification),
  }
}

export function subjectOf({ status, alerts, groupLabels, commonLabels, reason }: Notification): string {
  const firing = alerts.filter((alert) => alert.status === 'firing').length
  const group = new Set(Array.from(groupLabels, ([name]) => name))
  const others = valuesOf(commonLabels.without(group))
  const parts = [
    ...(reason === 'test' ? ['[TEST]'] : []),
    status === 'firing' ? `[FIRING:${firing}]` : '[RESOLVED]',
    valuesOf(groupLabels),
    others === '' ? '' : `(${others})`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}

/** `alertname` first. */
function valuesOf(labels: LabelSet): string {
  const name = labels.get(NAME)
  const others = Array.from(labels.without(new Set([NAME])), ([, value]) => value)
  return [...(name === '' ? [] : [name]), ...others].join(' ')
}

function noticesOf({ reason, escalationLevel, onCall = [] }: Notification): readonly string[] {
  const people = onCall.length === 0 ? '' : ` On call: ${onCall.join(', ')}.`
  switch (reason) {
    case 'test':
      return ['This is a test of the channel: nothing is wrong.']
    case 'escalation':
      return [`Escalated, step ${(escalationLevel ?? 0) + 1}: nobody has acknowledged it.${people}`]
    case 'repeat':
      return [`It still goes on: said again.${people}`]
    case 'first':
    case 'more-firing':
    case 'some-resolved':
    case 'all-resolved':
      return people === '' ? [] : [people.trim()]
  }
}

function linksOf({ externalURL, acknowledgeURL, receiver, groupLabels, status }: Notification): readonly Link[] {
  const links: Link[] = []
  if (acknowledgeURL !== undefined && status === 'firing') links.push({ text: 'Acknowledge', url: acknowledgeURL })
  if (externalURL !== '') {
    const base = externalURL.replace(/\/+$/, '')
    links.push({ text: 'Console', url: `${base}/#/alerts?receiver=${encodeURIComponent(receiver)}` })
    if (groupLabels.size > 0 && status === 'firing') {
      const matchers = Array.from(groupLabels, ([name, value]) => `${name}=${JSON.stringify(value)}`)
      const filter = encodeURIComponent(`{${matchers.join(',')}}`)
      links.push({ text: 'Silence', url: `${base}/#/silences/new?filter=${filter}` })
    }
  }
  return links.filter(({ url }) => isLink(url))
}

function alertWords(alert: NotifiedAlert, common: ReadonlySet<string>, at: number): AlertWords {
  const { labels, annotations, status } = alert
  const differing = labels.without(common)
  const links = [
    { text: 'Runbook', url: firstOf(annotations, RUNBOOK) },
    { text: 'Dashboard', url: firstOf(annotations, DASHBOARD) },
    { text: 'Source', url: alert.generatorURL },
  ]
  return {
    status,
    name: labels.get(NAME) || 'alert',
    summary: firstOf(annotations, SUMMARY),
    description: firstOf(annotations, DESCRIPTION),
    value: firstOf(annotations, VALUE),
    when: whenOf(alert, at),
    labels: [...differing],
    links: links.filter(({ url }) => isLink(url)),
  }
}

function firstOf(annotations: LabelSet, names: readonly string[]): string {
  return names.map((name) => annotations.get(name)).find((value) => value !== '') ?? ''
}

/** Whether others may be sent there. */
export function isLink(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}

function whenOf({ status, startsAt, endsAt }: NotifiedAlert, at: number): string {
  if (status === 'firing' || endsAt === undefined) {
    return `since ${clockText(startsAt)}, for ${lengthText(at - startsAt)}`
  }
  return `took ${lengthText(endsAt - startsAt)}, until ${clockText(endsAt)}`
}

/** `2026-03-01 10:00 UTC`; what is no moment is said to be unknown. */
export function clockText(at: number): string {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return 'an unknown time'
  return `${date.toISOString().replace('T', ' ').slice(0, -8)} UTC`
}

/** `3d 4h`, `12m 5s`: the two largest units. */
export function lengthText(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000)) || 0
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0s'
  return parts
    .slice(first, first + 2)
    .flatMap(([count, unit]) => (count > 0 ? [`${count}${unit}`] : []))
    .join(' ')
}
