import { fillRateInterval } from 'boxman/charts'
import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { scrapeMs } from './facts.ts'
import { isAbort, reasonOf } from './ask.ts'
import { listen, recoveries } from './live.ts'
import { frameOf, overTime } from './prometheus.ts'
import { bucketLines } from './native.ts'
import { type Frame, keyOf, type Labels, type Line, nameOf, NO_FRAME } from './series.ts'
import { stepFor } from './step.ts'
import type { LiveResult, LiveSeries } from './stream.ts'
import { wantedBy } from '../parts/visible.ts'
import { isLive, range, windowOf } from '../state/time-range.ts'

export interface FrameQuery {
  /** PromQL; `$__rate_interval` is filled in. */
  readonly expr: string
  readonly legend?: string | undefined
}

export interface FrameState {
  readonly frame: Frame
  /** What went wrong, of each query that did. */
  readonly errors: readonly string[]
  /** Whether the first answer is still to come. */
  readonly isFirst: boolean
}

export function fillIn(expr: string, stepMs: number): string {
  return fillRateInterval(expr, stepMs, scrapeMs.value)
}

/**
 * Some queries over the time range of the page, and each second of it as it comes. What is known is shown until something newer
 * is: a new range, a lost connection or an error take nothing off the screen.
 */
export class Frames {
  readonly state: ReadonlySignal<FrameState>
  readonly #state: Signal<FrameState> = signal({ frame: NO_FRAME, errors: [], isFirst: true })
  readonly #queries: readonly FrameQuery[]
  readonly #isWanted: ReadonlySignal<boolean>
  readonly #stepMs: number | undefined
  #stop: () => void = () => undefined

  /** @param stepMs from moment to moment; default: as the range needs it */
  constructor(queries: readonly FrameQuery[], isVisible: ReadonlySignal<boolean>, stepMs?: number) {
    this.#stepMs = stepMs
    this.state = this.#state
    this.#queries = queries
    this.#isWanted = wantedBy(isVisible, () => this.#state.value.isFirst)
  }

  start(): void {
    this.#stop = effect(() => (this.#isWanted.value ? this.#follow() : undefined))
  }

  stop(): void {
    this.#stop()
  }

  /** The present range, until another one or the end. */
  #follow(): () => void {
    const [asked, live] = [range.value, isLive.value]
    // What came while the connection was lost is asked for.
    void recoveries.value
    const step = this.#stepMs ?? stepFor(asked.spanMs)
    const queries = this.#queries.map((query) => ({ ...query, expr: fillIn(query.expr, step) }))
    const abort = new AbortController()
    let leave = (): void => undefined
    void this.#load(queries, step, abort.signal).then(() => {
      if (abort.signal.aborted || !live) return
      leave = listen(
        queries.map(({ expr }) => expr),
        ({ at, results }) => this.#append(queries, at, step, asked.spanMs, results),
      )
    })
    return () => {
      abort.abort()
      leave()
    }
  }

  async #load(queries: readonly FrameQuery[], step: number, abort: AbortSignal): Promise<void> {
    const { from, to } = windowOf(range.peek())
    // On whole steps, so that the same moments are asked for each time and lines do not dance.
    const window = { from: Math.ceil(from / step) * step, to: Math.floor(to / step) * step, step }
    const answers = await Promise.all(
      queries.map(async ({ expr, legend }) => {
        try {
          const { data } = await overTime(expr, window, abort)
          return frameOf(data, window, legend)
        } catch (error) {
          return isAbort(error) ? '' : reasonOf(error)
        }
      }),
    )
    if (abort.aborted) return
    const frames = answers.filter((answer) => typeof answer !== 'string')
    const errors = answers.filter((answer): answer is string => typeof answer === 'string' && answer !== '')
    if (frames.length === 0) {
      this.#state.value = { ...this.#state.peek(), errors, isFirst: false }
      return
    }
    const lines = frames.flatMap(({ lines }, query) => lines.map((line) => ({ ...line, key: `${query} ${line.key}` })))
    this.#state.value = { frame: { times: frames[0]?.times ?? [], lines }, errors, isFirst: false }
  }

  /** Moves the last moment along until a step has passed, then begins another. */
  #append(
    queries: readonly FrameQuery[],
    at: number,
    step: number,
    spanMs: number,
    results: Readonly<Record<string, LiveResult>>,
  ): void {
    const { frame } = this.#state.peek()
    const time = at / 1000
    const previous = frame.times.at(-2) ?? -Infinity
    const replaces = frame.times.length > 1 && time - previous < (step / 1000) * 1.5 && time - previous > step / 2000
    const kept = replaces ? frame.times.length - 1 : frame.times.length
    const first = frame.times.findIndex((each) => each >= time - spanMs / 1000)
    const start = first < 0 ? kept : Math.min(first, kept)
    const times = [...frame.times.slice(start, kept), time]
    const known = new Map<string, Line>(frame.lines.map((line) => [line.key, line]))
    const fresh = new Map<string, number | null>()
    const errors: string[] = []
    queries.forEach(({ expr, legend }, query) => {
      const result = results[expr]
      if (result === undefined) return
      if ('error' in result) {
        errors.push(result.error)
        return
      }
      for (const { labels, value = null, buckets } of result.series) {
        const now = buckets === undefined ? [{ labels, value }] : bucketsNow(labels, buckets)
        for (const { labels, value } of now) {
          const key = `${query} ${keyOf(labels)}`
          fresh.set(key, value)
          if (!known.has(key)) known.set(key, { key, labels, name: nameOf(labels, legend), values: [] })
        }
      }
    })
    const lines = [...known.values()]
      .map((line) => ({
        ...line,
        values: [...pad(line.values, frame.times.length).slice(start, kept), fresh.get(line.key) ?? null],
      }))
      .filter(({ values }) => values.some((value) => value !== null))
    this.#state.value = { frame: { times, lines }, errors, isFirst: false }
  }
}

/** A native histogram at one moment, by the bounds that a classic one would have. */
function bucketsNow(
  labels: Labels,
  buckets: NonNullable<LiveSeries['buckets']>,
): readonly { readonly labels: Labels; readonly value: number | null }[] {
  const whole = buckets.map(([from, to, count]) => ({ from: from ?? -Infinity, to: to ?? Infinity, count }))
  return bucketLines(labels, [[0, whole]], 1).map(({ labels, values }) => ({ labels, value: values[0] ?? null }))
}

/** A series that has just come had nothing before. */
function pad(values: readonly (number | null)[], length: number): readonly (number | null)[] {
  return values.length === length ? values : Array.from({ length }, (_, i) => values[i] ?? null)
}
