import {
  type AlertingConfig,
  allNodes,
  fingerprint,
  groupKey,
  groupLabels,
  matchRoutes,
  messageId,
  type Notification,
  type NotifiedAlert,
  onCallAt,
  type Receiver,
  type RouteNode,
  routeTree,
} from '../../alerting/index.ts'
import { LabelSet } from '../../series/index.ts'
import { Refusal } from './refusal.ts'

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

/** @throws Refusal that names those that there are. */
export function receiverOf({ receivers }: AlertingConfig, name: string): Receiver {
  const found = receivers.find((receiver) => receiver.name === name)
  if (found !== undefined) return found
  const names = receivers.map((receiver) => receiver.name).join(', ')
  throw new Refusal([`--receiver: there is no receiver ${JSON.stringify(name)}; there are ${names}`])
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
