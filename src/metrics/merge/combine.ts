import { aggregateOf, type Aggregate, type Mergeable } from './aggregate.ts'
import type { Part } from './part.ts'

/**
 * Fills `numbers` from the parts and from what ended ones left (`kept`, in the slots that `keptSince` names).
 * Own counts of a histogram are combined bucket by bucket, so that its count is the sum of its buckets always.
 */
export function combine(
  numbers: Float64Array,
  metric: Mergeable,
  parts: readonly Part[],
  kept: Float64Array | undefined,
  keptSince: readonly (number | undefined)[],
): void {
  const { width, kind } = metric
  const aggregate = aggregateOf(metric)
  numbers.fill(0)
  if (kept !== undefined) numbers.set(kept)
  if (aggregate === 'sum') for (const part of parts) add(numbers, width, part)
  else join(numbers, width, JOINS[aggregate], parts, keptSince)
  if (kind === 'summary') setQuantiles(numbers, width, parts)
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

function join(
  numbers: Float64Array,
  width: number,
  joinTwo: Join,
  parts: readonly Part[],
  keptSince: readonly (number | undefined)[],
): void {
  /** How many went into each slot so far. */
  const counts = Uint32Array.from({ length: numbers.length / width }, (_, slot) =>
    keptSince[slot] === undefined ? 0 : 1,
  )
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
        numbers[to + k] = before === 0 ? value : joinTwo(numbers[to + k] ?? 0, value, before)
      }
    })
  }
}

const JOINS: Readonly<Record<Exclude<Aggregate, 'sum'>, Join>> = {
  min: (before, value) => Math.min(before, value),
  max: (before, value) => Math.max(before, value),
  average: (before, value, count) => before + (value - before) / (count + 1),
  first: (before) => before,
  omit: (before) => before,
}

/** Percentiles of several cannot be told from theirs: they are shown where one alone has the series, and are NaN else. */
function setQuantiles(numbers: Float64Array, width: number, parts: readonly Part[]): void {
  for (let to = 0; to < numbers.length; to += width) numbers.fill(NaN, to + 2, to + width)
  const seen = new Set<number>()
  for (const { reader, targets } of parts) {
    targets.forEach((target, slot) => {
      if (target < 0) return
      const page = reader.page(slot)
      const from = reader.offset(slot)
      const to = target * width
      for (let k = 2; k < width; k++) numbers[to + k] = seen.has(target) ? NaN : (page[from + k] ?? NaN)
      seen.add(target)
    })
  }
}
