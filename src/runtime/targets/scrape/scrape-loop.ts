import { offsetOf, type Target } from '../target.ts'
import type { TargetScraper } from './target-scraper.ts'

/** A scrape that begins this part of the interval late, or this many ms, is as good as on time: times in step cost less to store. */
const TOLERANCE = 0.01
const MAX_TOLERANCE_MS = 20
/** A timer cannot wait for longer than 2^31 ms. */
const MAX_WAIT_MS = 2 ** 30

/** Scrapes one target again and again, each at its own place in the interval. */
export class ScrapeLoop {
  readonly target: Target
  readonly scraper: TargetScraper
  readonly #now: () => number
  readonly #offset: number
  readonly #toleranceMs: number
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  /** `now` is in ms since the epoch. */
  constructor(target: Target, scraper: TargetScraper, now: () => number) {
    this.target = target
    this.scraper = scraper
    this.#now = now
    this.#offset = offsetOf(target)
    this.#toleranceMs = Math.min(MAX_TOLERANCE_MS, target.intervalMs * TOLERANCE)
  }

  start(): void {
    this.#wait(this.#dueAfter(this.#now()))
  }

  /** With a time: the target is gone, and its series end then. */
  async stop(at: number | undefined): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.scraper.end(undefined)
    await this.#running
    if (at !== undefined) this.scraper.end(at)
  }

  #dueAfter(at: number): number {
    const { intervalMs } = this.target
    return Math.floor((at - this.#offset) / intervalMs) * intervalMs + intervalMs + this.#offset
  }

  #wait(due: number): void {
    const ms = Math.max(0, Math.min(MAX_WAIT_MS, due - this.#now()))
    this.#timer = setTimeout(() => this.#wake(due), ms)
  }

  #wake(due: number): void {
    const now = this.#now()
    // The timer was early, or the clock was set back.
    if (now < due && due - now <= this.target.intervalMs) return this.#wait(due)
    if (now < due) return this.#wait(this.#dueAfter(now))
    const at = now - due <= this.#toleranceMs ? due : Math.round(now)
    this.#running = this.scraper.scrape(at).finally(() => {
      this.#running = undefined
      if (this.#timer !== undefined) this.#wait(Math.max(due + this.target.intervalMs, this.#dueAfter(this.#now() - 1)))
    })
  }
}
