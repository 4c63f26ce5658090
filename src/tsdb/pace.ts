/** Work between two pauses, in microseconds of a machine of today: one of a fifth of its speed stays below 10 ms. */
const SLICE = 1000

/** Lets the process do what else it has to do. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/**
 * Says when long work is to pause. It reads no clock: whoever works says how much was done, in microseconds or so, and awaits
 * `nextTurn` when told that it is time.
 */
export class Pace {
  #left = SLICE

  /** Whether to pause now. */
  spent(microseconds: number): boolean {
    this.#left -= microseconds
    if (this.#left > 0) return false
    this.#left = SLICE
    return true
  }
}
