import type { Counter, Histogram, Registry } from '../../metrics/index.ts'
import { observeMs } from '../duration.ts'

const START_SECONDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30]
const BUFFERING_SECONDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60]

/**
 * What the viewer feels: `playback_start_duration_seconds`, `playback_bitrate_changes_total{direction}` and
 * `playback_buffering_duration_seconds`, whose count is how often it stood still.
 */
export class PlaybackMetrics {
  /** `badDurations`: below zero or NaN; not recorded. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #starts: Histogram
  readonly #up: Counter
  readonly #down: Counter
  readonly #bufferings: Histogram

  constructor(registry: Registry) {
    this.#starts = registry.histogram({
      name: 'playback_start_duration_seconds',
      help: 'Time from the wish to play to the first frame.',
      buckets: START_SECONDS,
    })
    const changes = registry.counter({
      name: 'playback_bitrate_changes_total',
      help: 'Changes to a higher (up) or a lower bitrate.',
      labelNames: ['direction'],
    })
    this.#up = changes.labels({ direction: 'up' })
    this.#down = changes.labels({ direction: 'down' })
    this.#bufferings = registry.histogram({
      name: 'playback_buffering_duration_seconds',
      help: 'Times that a stream stood still for want of data, and for how long.',
      buckets: BUFFERING_SECONDS,
    })
  }

  started(durationMs: number): void {
    observeMs(this.#starts, durationMs, this.stats)
  }

  /** In whatever unit; the same bitrate is no change. @throws RangeError unless both are numbers >= 0. */
  bitrateChanged(from: number, to: number): void {
    if (!(from >= 0 && to >= 0)) throw new RangeError(`bitrates ${from} and ${to} must be numbers >= 0`)
    if (to > from) this.#up.inc()
    else if (to < from) this.#down.inc()
  }

  buffered(durationMs: number): void {
    observeMs(this.#bufferings, durationMs, this.stats)
  }
}
