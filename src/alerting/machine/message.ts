import { common } from '../common-labels.ts'
import type { NotifiedAlert, Notification, NotifyReason } from '../dispatch-types.ts'
import { hashText } from './fingerprint.ts'
import type { Entry, Group } from './state.ts'
import type { Seen } from './view.ts'

/** The same whenever the same message is made: after a restart too. */
export function messageId(groupKey: string, integration: string, sequence: number): string {
  return `${hashText(groupKey)}-${hashText(integration)}-${sequence.toString(36)}`
}

export interface Occasion {
  readonly group: Group
  readonly entry: Entry
  readonly receiver: string
  readonly reason: NotifyReason
  readonly at: number
  readonly externalURL: string
  readonly escalationLevel: number | undefined
}

export function message(list: readonly Seen[], occasion: Occasion): Notification {
  const { group, entry, receiver, reason, at, externalURL, escalationLevel } = occasion
  const alerts = list.map(notified)
  return {
    id: messageId(group.key, entry.integration, entry.sequence),
    at,
    reason,
    groupKey: group.key,
    receiver,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    groupLabels: group.labels,
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    alerts,
    externalURL,
    ...(escalationLevel === undefined ? {} : { escalationLevel }),
    ...(entry.note === undefined ? {} : { previous: entry.note }),
  }
}

function notified({ alert, isOver }: Seen): NotifiedAlert {
  const { fingerprint, labels, annotations, startsAt, endsAt, generatorURL } = alert
  const status = isOver ? 'resolved' : 'firing'
  return { fingerprint, status, labels, annotations, startsAt, endsAt: isOver ? endsAt : undefined, generatorURL }
}
