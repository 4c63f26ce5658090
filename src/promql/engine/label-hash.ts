import { labelHash, type LabelSet } from '../../series/index.ts'

/** Where labels lie in 0..1 by the hash that Prometheus gives them: evenly spread, and the same in every query. */
export function labelPosition(labels: LabelSet): number {
  return Number(labelHash(labels)) / 2 ** 64
}
