import { type LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { VectorMatching } from '../ast.ts'

/** The labels by which series of two sides meet. */
export function matchLabels(matching: Pick<VectorMatching, 'on' | 'labels'>): (labels: LabelSet) => LabelSet {
  const named = new Set(matching.labels)
  if (matching.on) return (labels) => labels.only(named)
  named.add(METRIC_NAME_LABEL)
  return (labels) => labels.without(named)
}
