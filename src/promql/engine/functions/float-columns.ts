import type { Grid } from '../grid.ts'
import type { Row } from '../row.ts'
import type { Spans } from '../steps.ts'
import type { Window } from '../window.ts'
import { floatExtremes } from './float-extremes.ts'
import { floatRates } from './float-rates.ts'
import type { RangeCall } from './range-function.ts'

/** As a range function, for the steps from `begin` to before `end` whose windows hold no histograms. */
export type ColumnFunction = (
  window: Window,
  spans: Spans,
  reference: Grid,
  row: Row,
  call: RangeCall,
  begin: number,
  end: number,
) => void

export interface Column {
  /** Whether the function is right for this series. */
  readonly fits: (window: Window) => boolean
  readonly fill: ColumnFunction
}

/** From sums of all samples so far, as long as those are exact. */
function sums(isMean: boolean): ColumnFunction {
  return ({ sums: all }, { from, to }, _, row, __, begin, end) => {
    for (let i = begin; i < end; i++) {
      const [first, last] = [from[i] ?? 0, to[i] ?? 0]
      if (first >= last || all === undefined) continue
      const sum = all.sum(first, last)
      row.setFloat(i, isMean ? sum / (last - first) : sum)
    }
  }
}

const counts: ColumnFunction = (_, { from, to }, __, row, ___, begin, end) => {
  for (let i = begin; i < end; i++) {
    const count = (to[i] ?? 0) - (from[i] ?? 0)
    if (count > 0) row.setFloat(i, count)
  }
}

const always = (): boolean => true
const overlapping = (window: Window): boolean => window.overlapping
const hasSums = (window: Window): boolean => window.sums !== undefined

export const COLUMN_FUNCTIONS: ReadonlyMap<string, Column> = new Map(
  Object.entries({
    rate: { fits: always, fill: floatRates(true, true) },
    increase: { fits: always, fill: floatRates(true, false) },
    delta: { fits: always, fill: floatRates(false, false) },
    count_over_time: { fits: always, fill: counts },
    sum_over_time: { fits: hasSums, fill: sums(false) },
    avg_over_time: { fits: hasSums, fill: sums(true) },
    min_over_time: { fits: overlapping, fill: floatExtremes(false, false) },
    max_over_time: { fits: overlapping, fill: floatExtremes(true, false) },
    ts_of_min_over_time: { fits: overlapping, fill: floatExtremes(false, true) },
    ts_of_max_over_time: { fits: overlapping, fill: floatExtremes(true, true) },
  }),
)
