import type { RuleAnswer } from '../../alerting/index.ts'
import type { History, RangeAnswer } from './history.ts'

/** Evaluations that are asked for at once. */
const AT_ONCE = 1000
const FEWER = 10

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
  #atOnce = AT_ONCE
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

  /** A range fails where one of its moments does, or all together are too much: then fewer are asked for at once. */
  async #read(start: number): Promise<Stretch> {
    const step = this.#intervalMs
    const left = Math.floor(Math.max(0, this.#until - start) / step) + 1
    for (;;) {
      const end = start + (Math.min(left, this.#atOnce) - 1) * step
      const answer = await this.#history.range(this.#expr, start, end, step)
      if (answer.ok || end === start) {
        if (answer.ok) this.#atOnce = Math.min(AT_ONCE, this.#atOnce * FEWER)
        this.#stretch = { start, end, answer }
        return this.#stretch
      }
      this.#atOnce = Math.max(1, Math.floor(Math.min(left, this.#atOnce) / FEWER))
    }
  }
}
