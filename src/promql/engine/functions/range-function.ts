import type { Span } from '../../source.ts'
import type { Annotations } from '../annotations.ts'
import type { SampleValue } from '../row.ts'
import type { Window } from '../window.ts'

/** What a function of a range vector is told beside its window. */
export interface RangeCall {
  readonly name: string
  readonly rangeMs: number
  /** Its numbers at this step. */
  readonly numbers: readonly number[]
  /** Where the range vector stands, for notes. */
  readonly span: Span
  readonly notes: Annotations
  /** The metric of which it was last told that it might be no counter. */
  suspect?: string
}

/** The result for a window that is not empty; undefined: none. */
export type RangeFunction = (window: Window, call: RangeCall) => SampleValue | undefined
