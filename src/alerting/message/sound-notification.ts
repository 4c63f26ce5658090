import type { Notification, NotifiedAlert } from '../dispatch-types.ts'

/** Beyond these a Date is none. */
const MAX_TIME = 8.64e15

/** The same with texts of whole characters and times that are moments: what channels may count on. */
export function soundNotification(notification: Notification): Notification {
  const { id, at, groupKey, receiver, alerts, externalURL, acknowledgeURL, onCall } = notification
  return {
    ...notification,
    id: id.toWellFormed(),
    at: moment(at),
    groupKey: groupKey.toWellFormed(),
    receiver: receiver.toWellFormed(),
    alerts: alerts.map(soundAlert),
    externalURL: externalURL.toWellFormed(),
    acknowledgeURL: acknowledgeURL?.toWellFormed(),
    onCall: onCall?.map((person) => person.toWellFormed()),
  }
}

function soundAlert(alert: NotifiedAlert): NotifiedAlert {
  const { startsAt, endsAt, generatorURL } = alert
  return {
    ...alert,
    startsAt: moment(startsAt),
    endsAt: endsAt === undefined ? undefined : moment(endsAt),
    generatorURL: generatorURL.toWellFormed(),
  }
}

function moment(at: number): number {
  return at >= -MAX_TIME && at <= MAX_TIME ? at : 0
}
