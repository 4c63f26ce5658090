import { LabelSet } from '../series/index.ts'

/** What all of them have, with the same value. */
export function common([first, ...others]: readonly LabelSet[]): LabelSet {
  if (first === undefined) return LabelSet.EMPTY
  if (others.length === 0) return first
  const names = new Set<string>()
  for (const [name, value] of first) if (others.every((one) => one.get(name) === value)) names.add(name)
  return first.only(names)
}
