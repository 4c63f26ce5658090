import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Delays, quantiles, readSlice, type Slice } from './slice.ts'

/** How late the event loop has been in the latest window, in milliseconds; undefined: not known yet. */
export interface EventLoopReading {
  readonly active: boolean
  readonly averageLagMs: number | undefined
  readonly p50LagMs: number | undefined
  readonly p95LagMs: number | undefined
  readonly p99LagMs: number | undefined
  readonly maxLagMs: number | undefined
  /** 0 to 1: which share of the latest step the loop was busy. */
  readonly utilization: number | undefined
}

export interface EventLoopOptions {
  /** How often it is looked, in whole milliseconds; what is shorter may be missed. Default 20. */
  readonly resolutionMs?: number
  /** Steps that make the window. Default 12. */
  readonly steps?: number
  /** What measures; by default node's own, which runs below JavaScript. */
  readonly monitor?: (resolutionMs: number) => DelayMonitor
}

/** As of `monitorEventLoopDelay`. */
export interface DelayMonitor extends Delays {
  enable(): boolean
  disable(): boolean
  reset(): void
}

/**
 * How late the event loop is. Readers reset nothing: each step closes a slice of the window, and the last so many slices are the
 * window, for all who read. A monitor that fails is given up, and the next step starts another.
 */
export class EventLoop {
  readonly stats: { failures: number } = { failures: 0 }
  readonly #resolutionMs: number
  readonly #steps: number
  readonly #create: (resolutionMs: number) => DelayMonitor
  #slices: Slice[] = []
  #monitor: DelayMonitor | undefined
  #used = performance.eventLoopUtilization()
  #utilization: number | undefined
  /** Of the window as it is: many read it between two steps. */
  #reading: EventLoopReading | undefined

  constructor(options: EventLoopOptions = {}) {
    const { resolutionMs = 20, steps = 12, monitor = (resolution) => monitorEventLoopDelay({ resolution }) } = options
    for (const [name, value] of Object.entries({ resolutionMs, steps })) {
      if (!(Number.isInteger(value) && value > 0)) throw new RangeError(`${name} ${value} must be a whole number > 0`)
    }
    this.#resolutionMs = resolutionMs
    this.#steps = steps
    this.#create = monitor
  }

  /** Closes a slice; starts what is not running. @throws what the monitor throws, and starts anew with the next step. */
  step(): void {
    this.#reading = undefined
    try {
      this.#rotate()
    } catch (error) {
      this.stats.failures++
      this.#monitor = undefined
      throw error
    }
  }

  read(): EventLoopReading {
    return (this.#reading ??= this.#readAnew())
  }

  #readAnew(): EventLoopReading {
    const slices = this.#slices
    const count = slices.reduce((sum, slice) => sum + slice.count, 0)
    const [p50LagMs, p95LagMs, p99LagMs] = quantiles(slices, [0.5, 0.95, 0.99])
    return {
      active: this.#monitor !== undefined,
      averageLagMs: count === 0 ? undefined : slices.reduce((sum, { meanMs, count: n }) => sum + meanMs * n, 0) / count,
      p50LagMs,
      p95LagMs,
      p99LagMs,
      maxLagMs: count === 0 ? undefined : Math.max(...slices.map(({ maxMs }) => maxMs)),
      utilization: this.#utilization,
    }
  }

  stop(): void {
    this.#reading = undefined
    this.#monitor?.disable()
    this.#monitor = undefined
  }

  #rotate(): void {
    const monitor = this.#monitor
    const used = performance.eventLoopUtilization()
    if (monitor === undefined) {
      const started = this.#create(this.#resolutionMs)
      started.enable()
      this.#monitor = started
    } else {
      if (monitor.count > 0)
        this.#slices = [...this.#slices, readSlice(monitor, this.#resolutionMs)].slice(-this.#steps)
      monitor.reset()
      this.#utilization = performance.eventLoopUtilization(used, this.#used).utilization
    }
    this.#used = used
  }
}
