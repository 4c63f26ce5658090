/** How often each word occurs in a text, in parts of the vector's length. */
export type Vector = ReadonlyMap<string, number>

export function vectorOf(text: string): Vector {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/\p{L}{3,}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const length = Math.hypot(...counts.values())
  return new Map(Array.from(counts, ([word, count]) => [word, count / length]))
}

/** 0: no word in common; 1: the same words, as often. */
export function closeness(a: Vector, b: Vector): number {
  return Array.from(a, ([word, part]) => part * (b.get(word) ?? 0)).reduce((sum, part) => sum + part, 0)
}
