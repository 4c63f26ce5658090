import type { LabelSet } from '../../series/index.ts'
import type { Notification, NotifiedAlert } from '../dispatch-types.ts'
import { text, textMap, type Value, ZERO_TIME_NS } from '../template/value.ts'

/** A notification as Alertmanager's templates see it. */
export function templateData(notification: Notification): Value {
  const { receiver, status, alerts, externalURL } = notification
  return {
    type: 'data',
    of: 'template.Data',
    fields: new Map<string, Value>([
      ['Receiver', text(receiver)],
      ['Status', text(status)],
      ['Alerts', { type: 'list', of: 'template.Alerts', items: alerts.map(alertData) }],
      ['GroupLabels', kv(notification.groupLabels)],
      ['CommonLabels', kv(notification.commonLabels)],
      ['CommonAnnotations', kv(notification.commonAnnotations)],
      ['ExternalURL', text(externalURL)],
    ]),
  }
}

function alertData(alert: NotifiedAlert): Value {
  return {
    type: 'data',
    of: 'template.Alert',
    fields: new Map<string, Value>([
      ['Status', text(alert.status)],
      ['Labels', kv(alert.labels)],
      ['Annotations', kv(alert.annotations)],
      ['StartsAt', time(alert.startsAt)],
      ['EndsAt', time(alert.endsAt)],
      ['GeneratorURL', text(alert.generatorURL)],
      ['Fingerprint', text(alert.fingerprint)],
    ]),
  }
}

function kv(labels: LabelSet): Value {
  return { ...textMap(labels), of: 'kv' }
}

function time(at: number | undefined): Value {
  const known = at !== undefined && Number.isFinite(at)
  return { type: 'time', ns: known ? BigInt(Math.trunc(at)) * 1_000_000n : ZERO_TIME_NS }
}
