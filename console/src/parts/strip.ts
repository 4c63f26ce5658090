/** A stretch of one state; `from` and `to` are shares of the whole, 0 to 1. */
export interface Stretch {
  readonly value: number | null
  readonly from: number
  readonly to: number
}

/** Equal neighbours become one stretch. A single hole between equals is none: a scrape came late. */
export function stretchesOf(values: readonly (number | null)[]): readonly Stretch[] {
  const filled = values.map((value, i) => {
    const before = values[i - 1] ?? null
    return value === null && before !== null && before === (values[i + 1] ?? null) ? before : value
  })
  const found: { value: number | null; from: number; to: number }[] = []
  filled.forEach((value, i) => {
    const last = found.at(-1)
    const to = (i + 1) / filled.length
    if (last !== undefined && last.value === value) last.to = to
    else found.push({ value, from: i / filled.length, to })
  })
  return found
}

/** How much of the known time was in each state: `passes 92 %, fails 8 %`. @param names by value */
export function sharesOf(stretches: readonly Stretch[], names: ReadonlyMap<number, string>): string {
  const shares = new Map<number, number>()
  let known = 0
  for (const { value, from, to } of stretches) {
    if (value === null) continue
    shares.set(value, (shares.get(value) ?? 0) + to - from)
    known += to - from
  }
  if (known === 0) return 'not known in this range'
  return [...shares]
    .sort(([, a], [, b]) => b - a)
    .map(([value, share]) => `${names.get(value) ?? value} ${percent(share / known)}`)
    .join(', ')
}

/** Something is never nothing, nor all that is not. */
function percent(share: number): string {
  if (share < 0.01) return '<1 %'
  if (share > 0.99 && share < 1) return '>99 %'
  return `${Math.round(share * 100)} %`
}
