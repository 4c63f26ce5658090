import fc from 'fast-check'
import type { Notification, NotifiedAlert } from '../../src/alerting/dispatch-types.ts'
import { type ChannelHost, MessageTemplates } from '../../src/alerting/index.ts'
import { LabelSet } from '../../src/series/index.ts'

const AT = Date.UTC(2026, 2, 1, 10, 30)
const COMMON = { alertname: 'HighLatency', severity: 'critical' }

export function alertOf(own: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    fingerprint: '0123456789abcdef',
    status: 'firing',
    labels: LabelSet.of({ ...COMMON, instance: 'a:9090' }),
    annotations: LabelSet.of({
      summary: 'Latency of a:9090 is high',
      description: 'p99 is above 2 s',
      value: '2.41 s',
      runbook_url: 'https://runbooks.example/latency',
    }),
    startsAt: AT - 12 * 60_000,
    endsAt: undefined,
    generatorURL: 'http://prometheus.example/graph?g0.expr=up',
    ...own,
  }
}

export function notificationOf(own: Partial<Notification> = {}): Notification {
  return {
    id: 'n-0001',
    at: AT,
    reason: 'first',
    groupKey: '{}:{alertname="HighLatency"}',
    receiver: 'team',
    status: 'firing',
    groupLabels: LabelSet.of({ alertname: 'HighLatency' }),
    commonLabels: LabelSet.of(COMMON),
    commonAnnotations: LabelSet.EMPTY,
    alerts: [
      alertOf(),
      alertOf({
        fingerprint: 'fedcba9876543210',
        status: 'resolved',
        labels: LabelSet.of({ ...COMMON, instance: 'b:9090' }),
        annotations: LabelSet.of({ summary: 'Latency of b:9090 is high' }),
        endsAt: AT - 60_000,
      }),
    ],
    externalURL: 'http://boxman.example:9464',
    acknowledgeURL: 'http://boxman.example:9464/ack?token=abc',
    ...own,
  }
}

export function hostOf(own: Partial<ChannelHost> = {}): ChannelHost {
  return {
    now: () => AT,
    templates: new MessageTemplates(),
    readFile: (path) => Promise.reject(new Error(`no file ${path}`)),
    ...own,
  }
}

const unicode = fc.string({ unit: 'binary', maxLength: 40 })
const long = fc
  .tuple(
    fc.constantFrom('a', '&', '<', '"', '\u0001', '💥', 'é', '*', '\\', '\n', '\uD800'),
    fc.integer({ min: 1, max: 6000 }),
  )
  .map(([char, count]) => char.repeat(count))
const value = fc.oneof({ weight: 6, arbitrary: unicode }, { weight: 1, arbitrary: long })
const name = fc.oneof(
  fc.constantFrom(
    'alertname',
    'severity',
    'instance',
    'job',
    '__proto__',
    'summary',
    'description',
    'value',
    'runbook_url',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
)
const labels = fc
  .array(fc.tuple(name, value), { maxLength: 12 })
  .map((pairs) => LabelSet.of(new Map(pairs.map(([key, own]) => [key.toWellFormed(), own] as const))))
const url = fc.oneof(
  fc.constantFrom(
    '',
    'http://x.example/a?b=c',
    'javascript:alert(1)',
    'https://[',
    `https://x.example/${'y'.repeat(4000)}`,
  ),
  fc.webUrl(),
  value,
)
const moment = fc.oneof(
  fc.integer({ min: AT - 1e10, max: AT + 1e9 }),
  fc.constantFrom(0, -1, 9e15, Number.NaN, Infinity),
)
const alert: fc.Arbitrary<NotifiedAlert> = fc.record({
  fingerprint: fc.constant('0123456789abcdef'),
  status: fc.constantFrom('firing' as const, 'resolved' as const),
  labels,
  annotations: labels,
  startsAt: moment,
  endsAt: fc.oneof(moment, fc.constant(undefined)),
  generatorURL: url,
})

/** Anything that might be told. */
export const anyNotification: fc.Arbitrary<Notification> = fc.record({
  id: fc.oneof(fc.uuid(), value),
  at: moment,
  reason: fc.constantFrom(
    'first' as const,
    'more-firing' as const,
    'some-resolved' as const,
    'all-resolved' as const,
    'repeat' as const,
    'escalation' as const,
    'test' as const,
  ),
  groupKey: value,
  receiver: value,
  status: fc.constantFrom('firing' as const, 'resolved' as const),
  groupLabels: labels,
  commonLabels: labels,
  commonAnnotations: labels,
  alerts: fc.oneof(
    fc.array(alert, { maxLength: 5 }),
    fc.tuple(alert, fc.integer({ min: 0, max: 700 })).map(([one, count]) => Array.from({ length: count }, () => one)),
  ),
  externalURL: url,
  acknowledgeURL: fc.oneof(url, fc.constant(undefined)),
  escalationLevel: fc.oneof(fc.nat(5), fc.constant(undefined)),
  onCall: fc.oneof(fc.array(value, { maxLength: 3 }), fc.constant(undefined)),
})
