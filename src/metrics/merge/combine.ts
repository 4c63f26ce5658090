import type { Aggregate } from './aggregate.ts'
import type { Part } from './part.ts'

/**
 * Fills `numbers` from the parts and from what ended ones left (`kept`, in the slots that `keptSince` names).
 * Own counts of a histogram are combined bucket by bucket, so that its count is the sum of its buckets always.
 */
export function combine(
  numbers: Float64Array,
  width: number,
  aggregate: Aggregate,
  parts: readonly Part[],
  kept: Float64Array | undefined,
  keptSince: readonly (number | undefined)[],
): void {
  numbers.fill(0)
  if (kept !== undefined) numbers.set(kept)
  if (aggregate === 'sum') {
    for (const part of parts) add(numbers, width, part)
    return
  }
  /** How many went into each slot so far. */
  const counts = new Uint32Array(Math.ceil(numbers.length / width))
  keptSince.forEach((since, slot) => {
    if (since !== undefined) counts[slot] = 1
  })
  const join = JOINS[aggregate]
  for (const { reader, targets } of parts) {
    targets.forEach((target, slot) => {
      if (target < 0) return
      const page = reader.page(slot)
      const from = reader.offset(slot)
      const to = target * width
      const before = counts[target] ?? 0
      counts[target] = before + 1
      for (let k = 0; k < width; k++) {
        const value = page[from + k] ?? 0
        numbers[to + k] = before === 0 ? value : join(numbers[to + k] ?? 0, value, before)
      }
    })
  }
}

function add(numbers: Float64Array, width: number, { reader, targets }: Part): void {
  for (let slot = 0; slot < targets.length; slot++) {
    const target = targets[slot] ?? -1
    if (target < 0) continue
    const page = reader.page(slot)
    const from = reader.offset(slot)
    const to = target * width
    for (let k = 0; k < width; k++) numbers[to + k] = (numbers[to + k] ?? 0) + (page[from + k] ?? 0)
  }
}

type Join = (before: number, value: number, count: number) => number

const JOINS: Readonly<Record<Exclude<Aggregate, 'sum'>, Join>> = {
  min: (before, value) => Math.min(before, value),
  max: (before, value) => Math.max(before, value),
  average: (before, value, count) => before + (value - before) / (count + 1),
  first: (before) => before,
  omit: (before) => before,
}
