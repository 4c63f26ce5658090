import { thresholdOf } from '../probability.ts'
import { Bucket } from './bucket.ts'
import { Flow } from './flow.ts'

const RISE = 0.5
const ENOUGH = 0.01
/** A debt is paid back within so many seconds. */
export const PAY_BACK_S = 5

/** A class with a fixed share of the budget: errors, slow ones, what callers keep. */
export class ClassShare {
  #rate: number
  readonly #flow = new Flow()
  readonly #bucket: Bucket
  #probability = 1

  /** @param rate spans a second */
  constructor(rate: number) {
    this.#rate = rate
    this.#bucket = new Bucket(rate)
  }

  /** From the next second on. */
  set rate(rate: number) {
    this.#rate = rate
  }

  /** Spans that are of the class, kept or not. */
  offer(spans: number): void {
    this.#flow.add(spans)
  }

  spend(spans: number): void {
    this.#bucket.spend(spans)
  }

  get probability(): number {
    return this.#probability * this.#bucket.scale
  }

  get threshold(): number {
    return thresholdOf(this.probability)
  }

  /** Spans a second that it will probably take. */
  get expected(): number {
    return Math.min(this.#rate, this.#flow.smooth * this.#probability)
  }

  step(seconds: number): void {
    this.#flow.step(seconds)
    const { debt } = this.#bucket
    // A few more than usual are what the bucket is for.
    const flow = debt > 0 ? this.#flow.expected : this.#flow.smooth
    const budget = Math.max(0, this.#rate - debt / PAY_BACK_S)
    const target = flow > budget ? budget / flow : 1
    const missing = target - this.#probability
    this.#probability = missing > ENOUGH ? this.#probability + missing * RISE : target
    this.#bucket.refill(seconds, this.#rate)
  }
}
