/** The next of a generator whose state is a number of 32 bits (mulberry32): from 0 to below 1. */
export function nextRandom(state: { seed: number }): number {
  state.seed = (state.seed + 0x6d2b79f5) >>> 0
  let mixed = Math.imul(state.seed ^ (state.seed >>> 15), state.seed | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}
