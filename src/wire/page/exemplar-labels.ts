import { LabelSet } from '../../series/index.ts'

/** Undefined for labels that are no set: such an exemplar is left out. */
export function exemplarLabels(given: readonly (readonly [string, string])[]): LabelSet | undefined {
  const names = new Set(given.map(([name]) => name))
  if (names.size < given.length || names.has('') || given.some((pair) => !pair.every((text) => text.isWellFormed()))) {
    return undefined
  }
  return LabelSet.of(given)
}
