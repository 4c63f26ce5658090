import type { LabelSet } from '../../series/index.ts'
import type { EscalationPolicy, Integration, Receiver, Route, TimeInterval } from '../dispatch-types.ts'
import { allNodes, matchRoutes, type RouteNode, routeTree } from '../route/route-tree.ts'
import type { DispatchConfig } from './event.ts'
import type { KnownAlert } from './state.ts'

/** A route with what it names. */
export interface PlannedRoute {
  /** Its key, and a number when another has the same. */
  readonly id: string
  /** Its matchers behind its parents': `{}/{team="a"}`. */
  readonly key: string
  readonly route: Route
  readonly groupBy: ReadonlySet<string> | 'all'
  readonly receiver: Receiver
  readonly muteIntervals: readonly TimeInterval[]
  readonly activeIntervals: readonly TimeInterval[]
  readonly escalation: EscalationPolicy | undefined
}

/** A group that an alert belongs to. */
export interface Place {
  readonly node: PlannedRoute
  /** Of the group: the node's, and the group's labels. */
  readonly id: string
  readonly labels: LabelSet
}

/** A configuration with all its names looked up. */
export interface Plan {
  readonly config: DispatchConfig
  readonly tree: RouteNode
  /** Changes with what groups depend on. */
  readonly routing: string
  readonly planned: ReadonlyMap<RouteNode, PlannedRoute>
  /** By id. */
  readonly nodes: ReadonlyMap<string, PlannedRoute>
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
  const tree = routeTree(route)
  const planned = new Map<RouteNode, PlannedRoute>()
  const nodes = new Map<string, PlannedRoute>()
  for (const node of allNodes(tree)) {
    const { route: one, key } = node
    let id = key
    for (let i = 2; nodes.has(id); i++) id = `${key}#${i}`
    const own: PlannedRoute = {
      id,
      key,
      route: one,
      groupBy: one.groupBy === 'all' ? 'all' : new Set(one.groupBy),
      receiver: receiverOf(one.receiver),
      muteIntervals: one.muteTimeIntervals.map(intervalOf),
      activeIntervals: one.activeTimeIntervals.map(intervalOf),
      escalation: one.escalation === undefined ? undefined : policyOf(one.escalation),
    }
    nodes.set(id, own)
    planned.set(node, own)
  }
  const integrations = new Map<string, { integration: Integration; receiver: string }>()
  for (const { name, integrations: own } of receivers) {
    for (const integration of own) {
      integrations.set(integration.key, { integration, receiver: name })
      if (integration.fallback !== undefined) receiverOf(integration.fallback)
    }
  }
  const routing = Array.from(nodes.values(), ({ id, groupBy, receiver, route: one }) =>
    JSON.stringify([id, groupBy === 'all' ? groupBy : [...groupBy], receiver.name, one.continue]),
  ).join('\n')
  const byName = new Map(receivers.map((one) => [one.name, one]))
  return { config, tree, planned, routing, nodes, receivers: byName, integrations }
}

function named<T extends { readonly name: string }>(what: string, all: readonly T[]): (name: string) => T {
  const byName = new Map(all.map((one) => [one.name, one]))
  return (name) => {
    const found = byName.get(name)
    if (found === undefined) throw new RangeError(`no ${what} is called ${JSON.stringify(name)}`)
    return found
  }
}

/** The groups that an alert belongs to. */
export function placesOf(plan: Plan, { labels, notice }: Pick<KnownAlert, 'labels' | 'notice'>): Place[] {
  if (notice === undefined) return routed(plan, labels)
  const nodes = notice.routes.flatMap((id) => plan.nodes.get(id) ?? [])
  // A group of its own, whatever those routes group by.
  if (nodes.length > 0) return nodes.map((node) => ({ node, id: `${node.id}:${labels.key}`, labels }))
  return routed(plan, labels)
}

function routed({ tree, planned }: Plan, labels: LabelSet): Place[] {
  return matchRoutes(tree, labels).flatMap((taken) => {
    const node = planned.get(taken)
    if (node === undefined) return []
    const groupLabels = node.groupBy === 'all' ? labels : labels.only(node.groupBy)
    return [{ node, id: `${node.id}:${groupLabels.key}`, labels: groupLabels }]
  })
}
