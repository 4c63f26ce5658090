import type { LabelSet } from './label-set.ts'

/** A value at a moment. */
export interface Point {
  /** Milliseconds since the epoch. */
  readonly t: number
  readonly v: number
}

/** A point of a known series. */
export interface Sample extends Point {
  readonly labels: LabelSet
}

/** The points of one series, oldest first. */
export interface Series {
  readonly labels: LabelSet
  readonly points: readonly Point[]
}
