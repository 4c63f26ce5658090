import { formatDuration, type LabelSet } from '../../series/index.ts'
import { groupKey, groupLabels, type RouteNode } from './route-tree.ts'
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

/** Walks the tree for an alert, and says of each route why it was taken or not. */
export function explainRoute(root: RouteNode, labels: LabelSet): RouteExplanation {
  const verdicts: RouteVerdict[] = []
  const taken = explain(root, labels, verdicts)
  return {
    verdicts,
    taken: taken.map((node) => {
      const group = groupLabels(node.route, labels)
      return { node, groupLabels: group, groupKey: groupKey(node, group) }
    }),
  }
}

function explain(node: RouteNode, labels: LabelSet, verdicts: RouteVerdict[]): readonly RouteNode[] {
  const { route, children } = node
  const refusing = route.matchers.find((matcher) => !matcher.matchesSet(labels))
  if (refusing !== undefined) {
    const value = labels.get(refusing.name)
    const is = value === '' ? 'is not there' : `is ${JSON.stringify(value)}`
    verdicts.push({ node, verdict: 'not-matching', reason: `${printMatcher(refusing)}, and ${refusing.name} ${is}` })
    return []
  }
  const place = verdicts.length
  const taken: RouteNode[] = []
  let ender: RouteNode | undefined
  for (const child of children) {
    if (ender !== undefined) {
      const reason = `${printMatchers(ender.route.matchers)} before it matches and does not continue`
      verdicts.push({ node: child, verdict: 'not-asked', reason })
      continue
    }
    const below = explain(child, labels, verdicts)
    taken.push(...below)
    if (below.length > 0 && !child.route.continue) ender = child
  }
  if (taken.length > 0) {
    verdicts.splice(place, 0, { node, verdict: 'passed-through', reason: 'a route below it matches' })
    return taken
  }
  const why = children.length === 0 ? 'all its matchers match' : 'it matches, and no route below it does'
  verdicts.splice(place, 0, {
    node,
    verdict: 'taken',
    reason: `${why}${route.matchers.length === 0 ? ': it has none' : ''}`,
  })
  return [node]
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
