import { LabelSet } from '../series/index.ts'
import type { AlertingConfig, Notification, NotifiedAlert, Receiver } from './dispatch-types.ts'
import { fingerprint } from './machine/fingerprint.ts'
import { messageId } from './machine/message.ts'
import { onCallAt } from './route/on-call.ts'
import { allNodes, groupKey, groupLabels, matchRoutes, type RouteNode, routeTree } from './route/route-tree.ts'

export interface Occasion {
  readonly config: AlertingConfig
  readonly receiver: Receiver
  readonly alerts: readonly NotifiedAlert[]
  readonly at: number
}

export interface GivenAlert {
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly startsAt: number
  /** Undefined while it fires. */
  readonly endsAt: number | undefined
  readonly generatorURL: string
}

export function notified(alert: GivenAlert): NotifiedAlert {
  return {
    ...alert,
    fingerprint: fingerprint(alert.labels),
    status: alert.endsAt === undefined ? 'firing' : 'resolved',
  }
}

/** The message that the receiver would get of these alerts: by the route that leads them there, or the first that names it. */
export function notificationOf({ config, receiver, alerts, at }: Occasion): Notification {
  const labels = common(alerts.map((alert) => alert.labels))
  const node = routeTo(config, receiver.name, labels)
  const group = groupLabels(node.route, labels)
  const key = groupKey(node, group)
  const schedule = config.schedules.find(({ name }) => name === receiver.schedule)
  return {
    id: messageId(key, receiver.name, at),
    at,
    reason: 'first',
    groupKey: key,
    receiver: receiver.name,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    groupLabels: group,
    commonLabels: labels,
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    alerts,
    externalURL: '',
    ...(schedule === undefined ? {} : { onCall: onCallAt(schedule, at) }),
  }
}

function routeTo(config: AlertingConfig, receiver: string, labels: LabelSet): RouteNode {
  const root = routeTree(config.route)
  const leads = (node: RouteNode): boolean => node.route.receiver === receiver
  return matchRoutes(root, labels).find(leads) ?? [...allNodes(root)].find(leads) ?? root
}

function common([first, ...others]: readonly LabelSet[]): LabelSet {
  if (first === undefined) return LabelSet.EMPTY
  const shared = Array.from(first).filter(([name, value]) => others.every((one) => one.get(name) === value))
  return LabelSet.of(shared)
}

const TEST = { alertname: 'BoxmanTest', severity: 'info' }

export interface TestOccasion {
  readonly config: AlertingConfig
  readonly receiver: Receiver
  /** Besides its own. */
  readonly labels: LabelSet
  readonly startsAt: number
  /** Undefined: it begins. */
  readonly endsAt?: number | undefined
}

/** A message that says of itself that it is a test. */
export function testNotification({ config, receiver, labels, startsAt, endsAt }: TestOccasion): Notification {
  const alert = {
    labels: LabelSet.of({ ...TEST, ...labels.toObject() }),
    annotations: LabelSet.of({ summary: `A test of the receiver ${receiver.name}` }),
    startsAt,
    endsAt,
    generatorURL: '',
  }
  const message = notificationOf({ config, receiver, alerts: [notified(alert)], at: endsAt ?? startsAt })
  // No group of the service has this key: nothing of a real one is changed or closed.
  return { ...message, reason: 'test', groupKey: `test/${message.groupKey}` }
}
