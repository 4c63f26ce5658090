import { type HistogramColumns, type HistogramValue, isStale, type SeriesColumns } from '../../series/index.ts'
import { isReset } from './histogram/index.ts'

export function sampleCount({ times, histograms }: SeriesColumns): number {
  return times.length + (histograms?.times.length ?? 0)
}

/** The columns without stale markers; the same ones when there are none. */
export function withoutStale(columns: SeriesColumns): SeriesColumns {
  const { times, values, startTimes } = columns
  let stale = 0
  for (let i = 0; i < values.length; i++) if (isStale(values, i)) stale++
  if (stale === 0) return columns
  const kept = { times: new Float64Array(times.length - stale), values: new Float64Array(times.length - stale) }
  const starts = startTimes === undefined ? undefined : new Float64Array(times.length - stale)
  let to = 0
  for (let i = 0; i < values.length; i++) {
    if (isStale(values, i)) continue
    kept.times[to] = times[i] ?? 0
    kept.values[to] = values[i] ?? 0
    if (starts !== undefined) starts[to] = startTimes?.[i] ?? 0
    to++
  }
  return { ...kept, startTimes: starts, histograms: columns.histograms }
}

/** The columns with every histogram's hint set: a reset or not, but for the first, as far as that can be told. */
export function withFreshHints(columns: SeriesColumns): SeriesColumns {
  const { histograms } = columns
  if (histograms === undefined) return columns
  const values = histograms.values.map((value, i): HistogramValue => {
    const previous = histograms.values[i - 1]
    if (value.counterReset !== 'unknown' || previous === undefined) return value
    return { ...value, counterReset: isReset(value, previous) ? 'reset' : 'not-reset' }
  })
  return { ...columns, histograms: { ...histograms, values } }
}

export const NO_HISTOGRAMS: HistogramColumns = Object.freeze({
  times: new Float64Array(0),
  values: Object.freeze([]),
  startTimes: undefined,
})
