import type { LabelSet } from '../../series/index.ts'
import type { Route } from '../dispatch-types.ts'
import { goQuote } from '../template/go-text.ts'
import { printMatchers } from './matchers.ts'

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
  const own = printMatchers(route.matchers)
  const key = above === '' ? own : `${above}/${own}`
  return { route, key, place, children: route.routes.map((each, i) => node(each, key, [...place, i])) }
}

/** The routes that take an alert, depth first: the deepest that match; after one that matches only `continue` goes on. */
export function matchRoutes(root: RouteNode, labels: LabelSet): readonly RouteNode[] {
  const found: RouteNode[] = []
  // A label is looked up by many routes.
  walk(root, new Map(labels), found)
  return found
}

function walk(at: RouteNode, labels: ReadonlyMap<string, string>, found: RouteNode[]): boolean {
  for (const matcher of at.route.matchers) if (!matcher.matches(labels.get(matcher.name) ?? '')) return false
  const before = found.length
  for (const child of at.children) if (walk(child, labels, found) && !child.route.continue) break
  if (found.length === before) found.push(at)
  return true
}

/** The labels by which an alert is grouped. */
export function groupLabels({ groupBy }: Route, labels: LabelSet): LabelSet {
  return groupBy === 'all' ? labels : labels.only(new Set(groupBy))
}

/** `{}/{team="a"}:{alertname="X"}`, as Alertmanager's. */
export function groupKey({ key }: RouteNode, group: LabelSet): string {
  const pairs = Array.from(group, ([name, value]) => `${name}=${goQuote(value)}`)
  return `${key}:{${pairs.join(', ')}}`
}
