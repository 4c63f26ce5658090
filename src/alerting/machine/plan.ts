import type { LabelSet, Matcher } from '../../series/index.ts'
import { compareText } from '../../series/index.ts'
import type { EscalationPolicy, Integration, Receiver, Route, TimeInterval } from '../dispatch-types.ts'
import { goQuote } from '../template/go-text.ts'
import { matchRoute } from '../route/match-route.ts'
import type { DispatchConfig } from './event.ts'

/** A route with what it names. */
export interface RouteNode {
  /** Its key, and a number when another has the same. */
  readonly id: string
  /** Its matchers behind its parents': `{}/{team="a"}`. */
  readonly key: string
  readonly route: Route
  readonly matchers: readonly Matcher[]
  readonly continue: boolean
  readonly routes: readonly RouteNode[]
  readonly groupBy: ReadonlySet<string> | 'all'
  readonly receiver: Receiver
  readonly muteIntervals: readonly TimeInterval[]
  readonly activeIntervals: readonly TimeInterval[]
  readonly escalation: EscalationPolicy | undefined
}

/** A group that an alert belongs to. */
export interface Place {
  readonly node: RouteNode
  /** Of the group: the node's, and the group's labels. */
  readonly id: string
  readonly labels: LabelSet
}

/** A configuration with all its names looked up. */
export interface Plan {
  readonly config: DispatchConfig
  readonly root: RouteNode
  /** Changes with what groups depend on. */
  readonly routing: string
  /** By id. */
  readonly nodes: ReadonlyMap<string, RouteNode>
  readonly receivers: ReadonlyMap<string, Receiver>
  /** By key: the integration, and whose it is. */
  readonly integrations: ReadonlyMap<string, { readonly integration: Integration; readonly receiver: string }>
}

const plans = new WeakMap<DispatchConfig, Plan>()

/** @throws RangeError for a name that nothing has. */
export function planOf(config: DispatchConfig): Plan {
  const known = plans.get(config)
  if (known !== undefined) return known
  const plan = makePlan(config)
  plans.set(config, plan)
  return plan
}

function makePlan(config: DispatchConfig): Plan {
  const { receivers, route, timeIntervals, escalations } = config.alerting
  const receiverOf = named('receiver', receivers)
  const intervalOf = named('time interval', timeIntervals)
  const policyOf = named('escalation policy', escalations)
  for (const { steps } of escalations) for (const step of steps) receiverOf(step.receiver)
  const nodes = new Map<string, RouteNode>()
  const grow = (one: Route, parent: string | undefined): RouteNode => {
    const key = `${parent === undefined ? '' : `${parent}/`}${matchersText(one.matchers)}`
    let id = key
    for (let i = 2; nodes.has(id); i++) id = `${key}#${i}`
    const routes: RouteNode[] = []
    const node: RouteNode = {
      id,
      key,
      route: one,
      // The root takes all.
      matchers: parent === undefined ? [] : one.matchers,
      continue: one.continue,
      routes,
      groupBy: one.groupBy === 'all' ? 'all' : new Set(one.groupBy),
      receiver: receiverOf(one.receiver),
      muteIntervals: one.muteTimeIntervals.map(intervalOf),
      activeIntervals: one.activeTimeIntervals.map(intervalOf),
      escalation: one.escalation === undefined ? undefined : policyOf(one.escalation),
    }
    nodes.set(id, node)
    routes.push(...one.routes.map((child) => grow(child, key)))
    return node
  }
  const root = grow(route, undefined)
  const integrations = new Map<string, { integration: Integration; receiver: string }>()
  for (const { name, integrations: own } of receivers) {
    for (const integration of own) {
      integrations.set(integration.key, { integration, receiver: name })
      if (integration.fallback !== undefined) receiverOf(integration.fallback)
    }
  }
  const routing = Array.from(nodes.values(), ({ id, groupBy, receiver, continue: goesOn }) =>
    JSON.stringify([id, groupBy === 'all' ? groupBy : [...groupBy], receiver.name, goesOn]),
  ).join('\n')
  return { config, root, routing, nodes, receivers: new Map(receivers.map((one) => [one.name, one])), integrations }
}

function named<T extends { readonly name: string }>(what: string, all: readonly T[]): (name: string) => T {
  const byName = new Map(all.map((one) => [one.name, one]))
  return (name) => {
    const found = byName.get(name)
    if (found === undefined) throw new RangeError(`no ${what} is called ${JSON.stringify(name)}`)
    return found
  }
}

/** The groups that an alert of these labels belongs to. */
export function placesOf(plan: Plan, labels: LabelSet): Place[] {
  return matchRoute(plan.root, labels).map((node) => {
    const groupLabels = node.groupBy === 'all' ? labels : labels.only(node.groupBy)
    return { node, id: `${node.id}:${groupLabels.key}`, labels: groupLabels }
  })
}

/** As Alertmanager writes it: `{}/{team="a"}:{alertname="X", job="y"}`. */
export function groupKey(node: RouteNode, labels: LabelSet): string {
  return `${node.key}:${labelsText(labels)}`
}

function labelsText(labels: LabelSet): string {
  return `{${Array.from(labels, ([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`
}

function matchersText(matchers: readonly Matcher[]): string {
  const sorted = matchers.toSorted((a, b) => compareText(a.name, b.name) || compareText(a.value, b.value))
  return `{${sorted.map(({ name, operator, value }) => `${name}${operator}"${escape(value)}"`).join(',')}}`
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}
