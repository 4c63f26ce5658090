/** From 0 up to, but not, 1. */
export type Random = () => number

/** Mulberry32: the same numbers for the same seed and lane, so that a crowd can be had again; no secret depends on it. */
export function seeded(seed: number, lane: number = 0): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(lane + 1, 0x85ebca6b)) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** @throws RangeError when there is nothing to choose from. */
export function pick<T>(choices: readonly T[], random: Random): T {
  const chosen = choices[Math.floor(random() * choices.length)]
  if (chosen === undefined) throw new RangeError('pick: no choices')
  return chosen
}
