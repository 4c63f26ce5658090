/** Four buckets an octave, from an eighth of a millisecond to about two minutes. */
const BUCKETS_AN_OCTAVE = 4
const BUCKETS = 84
const FIRST_MS = 1 / 8
const WINDOW_MS = 30_000
const LEAST = 100

/** The durations of the last 30 to 60 seconds. */
export class Latency {
  #now = new Uint32Array(BUCKETS)
  #before = new Uint32Array(BUCKETS)
  #since: number

  constructor(at: number) {
    this.#since = at
  }

  record(durationMs: number): void {
    const bucket = Math.ceil(Math.log2(durationMs / FIRST_MS) * BUCKETS_AN_OCTAVE)
    const i = bucket > 0 ? Math.min(bucket, BUCKETS - 1) : 0
    this.#now[i] = (this.#now[i] ?? 0) + 1
  }

  /** An upper bound of the 95th percentile, in ms, at most a fifth too high; Infinity of fewer than a hundred. */
  p95(at: number): number {
    this.#rotate(at)
    let total = 0
    for (let i = 0; i < BUCKETS; i++) total += this.#count(i)
    if (total < LEAST) return Infinity
    let above = 0
    for (let i = BUCKETS - 1; i >= 0; i--) {
      above += this.#count(i)
      if (above > total * 0.05) return FIRST_MS * 2 ** (i / BUCKETS_AN_OCTAVE)
    }
    return Infinity
  }

  #count(i: number): number {
    return (this.#now[i] ?? 0) + (this.#before[i] ?? 0)
  }

  #rotate(at: number): void {
    const windows = Math.floor((at - this.#since) / WINDOW_MS)
    if (windows <= 0) return
    if (windows > 1) this.#now.fill(0)
    ;[this.#now, this.#before] = [this.#before, this.#now]
    this.#now.fill(0)
    this.#since += windows * WINDOW_MS
  }
}
