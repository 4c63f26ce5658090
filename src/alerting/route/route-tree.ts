import type { LabelSet } from '../../series/index.ts'
import type { Route } from '../dispatch-types.ts'
import { goQuote } from '../template/go-text.ts'
import { printMatchers, sortMatchers } from './matchers.ts'

/** A route in its tree. */
export interface RouteNode {
  readonly route: Route
  /** What the keys of its groups begin with: `{}/{team="a"}`. */
  readonly key: string
  /** From the root: `0` is its first child; empty for the root. */
  readonly place: readonly number[]
  readonly children: readonly RouteNode[]
}

/** Gives each route its key; once for a configuration. */
export function routeTree(root: Route): RouteNode {
  return node(root, '', [])
}

function node(route: Route, above: string, place: readonly number[]): RouteNode {
  const own = printMatchers(sortMatchers(route.matchers))
  const key = above === '' ? own : `${above}/${own}`
  return { route, key, place, children: route.routes.map((each, i) => node(each, key, [...place, i])) }
}

/** All routes, as they are asked. */
export function* allNodes(root: RouteNode): Iterable<RouteNode> {
  yield root
  for (const child of root.children) yield* allNodes(child)
}

/**
 * The routes that take an alert, depth first: the deepest that match; after one that matches only `continue` goes on. The
 * root takes what no other does, whatever its matchers: no alert is lost.
 */
export function matchRoutes(root: RouteNode, labels: LabelSet): readonly RouteNode[] {
  const found: RouteNode[] = []
  // A label is looked up by many routes.
  enter(root, new Map(labels), found)
  return found
}

function enter(at: RouteNode, labels: ReadonlyMap<string, string>, found: RouteNode[]): void {
  const before = found.length
  for (const child of at.children) {
    if (!child.route.matchers.every((matcher) => matcher.matches(labels.get(matcher.name) ?? ''))) continue
    enter(child, labels, found)
    if (!child.route.continue) break
  }
  if (found.length === before) found.push(at)
}

/** The labels by which an alert is grouped. */
export function groupLabels({ groupBy }: Route, labels: LabelSet): LabelSet {
  return groupBy === 'all' ? labels : labels.only(new Set(groupBy))
}

/** `{}/{team="a"}:{alertname="X"}`, as Alertmanager's. */
export function groupKey({ key }: Pick<RouteNode, 'key'>, group: LabelSet): string {
  const pairs = Array.from(group, ([name, value]) => `${name}=${goQuote(value)}`)
  return `${key}:{${pairs.join(', ')}}`
}
