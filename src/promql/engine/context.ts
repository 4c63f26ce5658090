import type { Queryable } from '../../series/index.ts'
import type { Annotations } from './annotations.ts'
import type { QueryRange } from './duration.ts'
import type { EngineLimits } from './limits.ts'
import type { Work } from './work.ts'

/** What all parts of one query's evaluation share. */
export interface QueryContext {
  readonly queryable: Queryable
  readonly limits: EngineLimits
  readonly range: QueryRange
  /** A range query: its answer is sorted by labels, whatever it asks for. */
  readonly ranged: boolean
  /** Resets are looked for anew among the samples that are read: only counts and sums of histograms are asked for. */
  readonly freshHints: boolean
  readonly notes: Annotations
  readonly work: Work
}
