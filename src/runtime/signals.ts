import { EventLoop, type EventLoopReading, observeGarbage, readActiveResources, readHeap } from '../instrument/index.ts'
import type { Registry } from '../metrics/index.ts'
import { RuntimeMetrics } from '../packs/index.ts'
import type { Step } from './loop.ts'

/** The event loop, garbage collection and heap of this process, from start to stop. */
export class Signals {
  readonly #metrics: RuntimeMetrics
  readonly #loop = new EventLoop()
  readonly #measured: () => boolean
  #undo: (() => void) | undefined

  /** @param measured whether the event loop is to be, now. */
  constructor(registry: Registry, prefix: string, measured: () => boolean) {
    this.#measured = measured
    this.#metrics = new RuntimeMetrics(
      registry,
      () => ({ eventLoop: this.#loop.read(), heap: readHeap(), activeResources: readActiveResources() }),
      { prefix },
    )
  }

  start(): void {
    this.#undo ??= observeGarbage(this.#metrics.gc)
  }

  /** Closes a slice of the window; one that fails starts the measuring anew the next time. */
  step(rounds: number): Step {
    return { name: 'event-loop', rounds, run: () => (this.#measured() ? this.#loop.step() : this.#loop.stop()) }
  }

  /** Of the last minute. */
  get eventLoop(): EventLoopReading {
    return this.#loop.read()
  }

  /** Of the last minute, as the 99th percentile; undefined: not known yet. */
  get lagMs(): number | undefined {
    return this.#loop.read().p99LagMs
  }

  stop(): void {
    this.#undo?.()
    this.#undo = undefined
    this.#loop.stop()
  }
}
