import { type LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { VectorMatching } from '../ast.ts'

/** The labels by which series of two sides meet. */
export function matchLabels(matching: Pick<VectorMatching, 'on' | 'labels'>): (labels: LabelSet) => LabelSet {
  const named = new Set(matching.labels)
  if (matching.on) return (labels) => labels.only(named)
  named.add(METRIC_NAME_LABEL)
  return (labels) => labels.without(named)
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const own = key(item)
    const group = groups.get(own)
    if (group === undefined) groups.set(own, [item])
    else group.push(item)
  }
  return groups
}
