/** Why a sample, or a series, was not taken. */
export const REFUSALS = [
  /** No such reference, or its series was forgotten: ask for the reference again. */
  'unknown-series',
  /** `maxSeries` are there already. */
  'series-limit',
  /** Not a whole number of milliseconds that a Date can hold. */
  'bad-time',
  /** Over an hour after the time that the store was last told. */
  'too-new',
  /** Older than what the store keeps, or than the block that was written last. */
  'too-old',
  /** Older than the series' newest by more than `outOfOrderMs`. */
  'out-of-order',
  /** Another value at the time of one that is there. */
  'duplicate',
  /** `maxBytes` are there already, and none of them may go. */
  'bytes-limit',
  /** Spans and counts that do not belong together. */
  'bad-histogram',
  /** The write-ahead log could not be written, and `fsync: 'always'` promises that it is. */
  'log',
] as const

export type Refusal = (typeof REFUSALS)[number]

/** What became of the samples that were handed over together. */
export interface AppendResult {
  readonly appended: number
  /** Empty when all were taken. A sample that repeats one, time and value, counts as taken. */
  readonly refused: Readonly<Partial<Record<Refusal, number>>>
}

export type Counts = Record<Refusal, number>

export function noRefusals(): Counts {
  return {
    'unknown-series': 0,
    'series-limit': 0,
    'bad-time': 0,
    'too-new': 0,
    'too-old': 0,
    'out-of-order': 0,
    duplicate: 0,
    'bytes-limit': 0,
    'bad-histogram': 0,
    log: 0,
  }
}

/** Counts one batch's fate. */
export class Tally {
  appended = 0
  readonly refused: Partial<Counts> = {}

  refuse(reason: Refusal, count = 1): void {
    if (count > 0) this.refused[reason] = (this.refused[reason] ?? 0) + count
  }

  /** Adds the batch to the totals. */
  settle(totals: Counts): AppendResult {
    for (const reason of REFUSALS) totals[reason] += this.refused[reason] ?? 0
    return this
  }
}
