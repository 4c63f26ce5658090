import type { HttpExchange } from '../../instrument/index.ts'
import { API_BUCKETS_MS, Window, type WindowSnapshot } from '../../metrics/index.ts'
import { SlidingBuckets } from './sliding-buckets.ts'

/** Of the requests of the window. Durations in ms. */
export interface RequestReading extends WindowSnapshot {
  readonly windowMs: number
  /** How many took up to each bound, in ms; the last bound is Infinity. */
  readonly buckets: readonly { readonly le: number; readonly count: number }[]
}

export interface RequestFiguresOptions {
  readonly windowMs: number
  /** Beyond so many the oldest leave before their time, some at once; default: no such limit. */
  readonly maxRequests?: number | undefined
  /** Ascending; default those of an API. */
  readonly bucketsMs?: readonly number[] | undefined
}

export interface RouteReading extends WindowSnapshot {
  readonly method: string
  readonly route: string
}

const SLICES = 5
const MAX_ROUTES = 64
const SERVER_ERROR = 500
/** Where routes beyond the ceiling are counted together. */
const OVERFLOW = '__overflow__'

/** The requests of the last minutes, all together and route by route, in bounded memory. An error is an answer of 500 or above. */
export class RequestFigures {
  readonly windowMs: number
  readonly #all: Window
  readonly #buckets: SlidingBuckets
  /** By route and method: two short looks cost less than to spell and hash a key of both. */
  readonly #routes = new Map<string, Map<string, Window>>()
  readonly #maxRequests: number
  #kept = 0
  #at = 0
  /** By how much the windows are ahead of the clock, to be rid of the oldest. */
  #ahead = 0

  constructor({ windowMs, maxRequests = Infinity, bucketsMs = API_BUCKETS_MS }: RequestFiguresOptions) {
    this.windowMs = windowMs
    this.#maxRequests = maxRequests
    this.#all = new Window({ name: 'requests', windowMs, slices: SLICES })
    this.#buckets = new SlidingBuckets(bucketsMs, windowMs, SLICES)
  }

  /** Bound to this: hand it over as it is to what measures requests. */
  readonly record = ({ method, route, status, durationMs }: HttpExchange): void => {
    // Clocks that went wrong.
    if (!(durationMs >= 0 && durationMs < Infinity)) return
    if (this.#all.count >= this.#maxRequests) this.#makeRoom()
    const failed = status >= SERVER_ERROR
    this.#all.record(durationMs, failed)
    this.#buckets.record(durationMs)
    const window = this.#routes.get(route)?.get(method) ?? this.#windowOf(method, route)
    window.record(durationMs, failed)
  }

  /** Tells the time, in ms that never go back; routes without requests in the window leave. */
  tick(at: number): void {
    this.#advance(at + this.#ahead)
  }

  #makeRoom(): void {
    for (let i = 0; i < SLICES && this.#all.count >= this.#maxRequests; i++) {
      this.#ahead += this.windowMs / SLICES
      this.#advance(this.#at + this.windowMs / SLICES)
    }
  }

  #advance(at: number): void {
    this.#at = at
    this.#all.tick(at)
    this.#buckets.tick(at)
    for (const [route, methods] of this.#routes) {
      for (const [method, window] of methods) {
        window.tick(at)
        if (window.count > 0) continue
        methods.delete(method)
        this.#kept--
      }
      if (methods.size === 0) this.#routes.delete(route)
    }
  }

  read(): RequestReading {
    return { ...this.#all.snapshot(), windowMs: this.windowMs, buckets: this.#buckets.read() }
  }

  /** The one with the most requests first. */
  routes(): readonly RouteReading[] {
    return [...this.#routes]
      .flatMap(([route, methods]) => [...methods].map(([method, window]) => ({ method, route, ...window.snapshot() })))
      .toSorted((a, b) => b.count - a.count)
  }

  /** What counts and sums occupy. */
  get bytes(): number {
    const windows = [this.#all, ...[...this.#routes.values()].flatMap((methods) => [...methods.values()])]
    return windows.reduce((sum, { bytes }) => sum + bytes, this.#buckets.bytes)
  }

  #windowOf(method: string, route: string): Window {
    if (this.#kept >= MAX_ROUTES && route !== OVERFLOW) {
      return this.#routes.get(OVERFLOW)?.get(OVERFLOW) ?? this.#windowOf(OVERFLOW, OVERFLOW)
    }
    const window = new Window({ name: `${method} ${route}`, windowMs: this.windowMs, slices: SLICES })
    window.tick(this.#at)
    const methods = this.#routes.get(route) ?? new Map<string, Window>()
    this.#routes.set(route, methods.set(method, window))
    this.#kept++
    return window
  }
}
