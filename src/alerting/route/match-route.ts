import type { LabelSet, Matcher } from '../../series/index.ts'

interface Node<N> {
  readonly matchers: readonly Matcher[]
  readonly continue: boolean
  readonly routes: readonly N[]
}

/**
 * The routes that take these labels, depth first: of a route's children the first that matches, and those after it as
 * long as they say `continue`; the route itself when no child takes them. None when the root does not match.
 */
export function matchRoute<N extends Node<N>>(root: N, labels: LabelSet): N[] {
  if (!root.matchers.every((matcher) => matcher.matchesSet(labels))) return []
  const found: N[] = []
  for (const child of root.routes) {
    const taken = matchRoute(child, labels)
    found.push(...taken)
    if (taken.length > 0 && !child.continue) break
  }
  return found.length > 0 ? found : [root]
}
