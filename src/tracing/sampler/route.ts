import { thresholdOf } from '../probability.ts'
import { ErrorWindow } from './error-window.ts'
import { Flow } from './flow.ts'
import { Latency } from './latency.ts'

const RISE = 0.5
const LEAST_ERRORS = 5
/** What is so little too low is set right at once: halves alone would never get there. */
const ENOUGH = 0.01

/** What is known of one route, and its odds. */
export class Route {
  readonly name: string
  readonly requests: Flow = new Flow()
  readonly errors: ErrorWindow = new ErrorWindow(LEAST_ERRORS)
  readonly latency: Latency
  p95Ms: number = Infinity
  /** Of a trace, smoothed. */
  spans = 1
  #probability: number
  /** The base class, as scaled by `scaledBy`. */
  threshold: number
  #scaledBy = 1
  usedAt: number
  /** Whether the first request of this second was there. */
  reserved = false

  constructor(name: string, probability: number, at: number) {
    this.name = name
    this.#probability = probability
    this.threshold = thresholdOf(probability)
    this.latency = new Latency(at)
    this.usedAt = at
  }

  get probability(): number {
    return this.#probability
  }

  /** Down at once, up by halves; at once too when `jump`. */
  aim(probability: number, jump: boolean): void {
    const missing = probability - this.#probability
    this.#probability = missing > ENOUGH && !jump ? this.#probability + missing * RISE : probability
    this.#scaledBy = 1
    this.threshold = thresholdOf(this.#probability)
  }

  thresholdScaled(scale: number): number {
    if (scale !== this.#scaledBy) {
      this.#scaledBy = scale
      this.threshold = thresholdOf(this.#probability * scale)
    }
    return this.threshold
  }
}
