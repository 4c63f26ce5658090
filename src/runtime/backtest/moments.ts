import type { RuleAnswer } from '../../alerting/index.ts'
import type { History, RangeAnswer } from './history.ts'

/** Evaluations that are asked for at once. */
const AT_ONCE = 1000

interface Stretch {
  readonly start: number
  readonly end: number
  readonly answer: RangeAnswer
}

/** Answers of one expression at moment after moment, which are asked of the history many at once. */
export class Moments {
  readonly #history: History
  readonly #expr: string
  readonly #intervalMs: number
  readonly #until: number
  #stretch: Stretch | undefined

  constructor(history: History, expr: string, intervalMs: number, until: number) {
    this.#history = history
    this.#expr = expr
    this.#intervalMs = intervalMs
    this.#until = until
  }

  /** `at`: a whole number of intervals after the first one that was asked for. */
  async at(at: number): Promise<RuleAnswer> {
    let stretch = this.#stretch
    if (stretch === undefined || at < stretch.start || at > stretch.end) stretch = await this.#read(at)
    if (!stretch.answer.ok) return stretch.answer
    return { ok: true, value: { type: 'vector', samples: stretch.answer.at.get(at) ?? [] } }
  }

  async #read(start: number): Promise<Stretch> {
    const step = this.#intervalMs
    const left = Math.floor(Math.max(0, this.#until - start) / step)
    const end = start + Math.min(left, AT_ONCE - 1) * step
    this.#stretch = { start, end, answer: await this.#history.range(this.#expr, start, end, step) }
    return this.#stretch
  }
}
