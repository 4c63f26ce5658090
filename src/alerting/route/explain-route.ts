import { formatDuration, type LabelSet } from '../../series/index.ts'
import { groupKey, groupLabels, matchRoutes, type RouteNode } from './route-tree.ts'
import { printMatcher, printMatchers } from './matchers.ts'

/** What a dry run says of one route. */
export interface RouteVerdict {
  readonly node: RouteNode
  readonly verdict: 'taken' | 'passed-through' | 'not-matching' | 'not-asked'
  /** For a person. */
  readonly reason: string
}

export interface RouteExplanation {
  /** Every route, as the tree is walked. */
  readonly verdicts: readonly RouteVerdict[]
  /** Those that take it, with the group that it comes into. */
  readonly taken: readonly { readonly node: RouteNode; readonly groupLabels: LabelSet; readonly groupKey: string }[]
}

/** Says of each route why it takes an alert or not. */
export function explainRoute(root: RouteNode, labels: LabelSet): RouteExplanation {
  const taken = matchRoutes(root, labels)
  return {
    verdicts: [...verdictsOf(root, labels, new Set(taken))],
    taken: taken.map((node) => {
      const group = groupLabels(node.route, labels)
      return { node, groupLabels: group, groupKey: groupKey(node, group) }
    }),
  }
}

/** Of a route that matches, and of those below it. */
function* verdictsOf(node: RouteNode, labels: LabelSet, taken: ReadonlySet<RouteNode>): Iterable<RouteVerdict> {
  const { route, children } = node
  if (taken.has(node)) {
    const why = children.length === 0 ? 'all its matchers match' : 'it matches, and no route below it does'
    yield { node, verdict: 'taken', reason: `${why}${route.matchers.length === 0 ? ': it has none' : ''}` }
  } else {
    yield { node, verdict: 'passed-through', reason: 'a route below it matches' }
  }
  let ender: RouteNode | undefined
  for (const child of children) {
    const refusing = child.route.matchers.find((matcher) => !matcher.matchesSet(labels))
    if (ender !== undefined) {
      const reason = `${printMatchers(ender.route.matchers)} before it matches and does not continue`
      yield { node: child, verdict: 'not-asked', reason }
    } else if (refusing === undefined) {
      yield* verdictsOf(child, labels, taken)
      if (!child.route.continue) ender = child
    } else {
      const value = labels.get(refusing.name)
      const is = value === '' ? 'is not there' : `is ${JSON.stringify(value)}`
      yield { node: child, verdict: 'not-matching', reason: `${printMatcher(refusing)}, and ${refusing.name} ${is}` }
    }
  }
}

/** A line for each route, for a terminal. */
export function printExplanation({ verdicts, taken }: RouteExplanation): string {
  const lines = verdicts.map(({ node, verdict, reason }) => {
    const { route, place } = node
    const mark = verdict === 'taken' ? '->' : verdict === 'passed-through' ? ' +' : ' -'
    const more = route.continue ? ', continues' : ''
    return `${mark} ${'  '.repeat(place.length)}${printMatchers(route.matchers)} receiver ${route.receiver}${more}: ${reason}`
  })
  for (const { node, groupKey: key } of taken) {
    const { receiver, groupWaitMs, groupIntervalMs, repeatIntervalMs } = node.route
    lines.push(
      `${receiver}: group ${key}; first after ${formatDuration(groupWaitMs)}, news every ${formatDuration(groupIntervalMs)}, again every ${formatDuration(Math.ceil(repeatIntervalMs / groupIntervalMs) * groupIntervalMs)}`,
    )
  }
  return lines.join('\n')
}

/** For programs. */
export function routeExplanationJson({ verdicts, taken }: RouteExplanation): object {
  return {
    receivers: taken.map(({ node }) => node.route.receiver),
    taken: taken.map(({ node: { route: own, place }, groupKey, groupLabels }) => ({
      receiver: own.receiver,
      place,
      groupKey,
      groupLabels: groupLabels.toObject(),
      groupWaitMs: own.groupWaitMs,
      groupIntervalMs: own.groupIntervalMs,
      repeatIntervalMs: own.repeatIntervalMs,
      muteTimeIntervals: own.muteTimeIntervals,
      activeTimeIntervals: own.activeTimeIntervals,
      escalation: own.escalation ?? null,
    })),
    routes: verdicts.map(({ node: { route: own, place }, verdict, reason }) => ({
      place,
      receiver: own.receiver,
      matchers: printMatchers(own.matchers),
      continue: own.continue,
      verdict,
      reason,
    })),
  }
}
