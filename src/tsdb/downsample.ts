import { type HistogramColumns, type HistogramValue, isStale, type SeriesColumns } from '../series/index.ts'

/** Places of the samples that stay, ascending. */
export interface Kept {
  readonly floats: readonly number[]
  readonly histograms: readonly number[]
}

/**
 * What of a series stays at a coarser resolution: samples as they were, at their own times, so that every function reads them as
 * it reads others. Of each `resolutionMs` the last; the first of all, and the first after an end; an end when nothing follows it
 * there; and of what only grows, the two samples around each reset, so that nothing is lost of what was counted.
 */
export function downsample(columns: SeriesColumns, resolutionMs: number, onlyGrows: boolean): Kept {
  const { times, values, startTimes, histograms } = columns
  const marked = (i: number): boolean => isStale(values, i)
  const fellAt = (i: number): boolean =>
    onlyGrows && ((values[i] ?? 0) < (values[i - 1] ?? 0) || startTimes?.[i] !== startTimes?.[i - 1])
  return {
    floats: keep(times, resolutionMs, marked, fellAt),
    histograms: histograms === undefined ? [] : keepHistograms(histograms, resolutionMs),
  }
}

function keepHistograms({ times, values, startTimes }: HistogramColumns, resolutionMs: number): number[] {
  const fellAt = (i: number): boolean => {
    const [before, value] = [values[i - 1], values[i]]
    if (before === undefined || value === undefined || value.counterReset === 'gauge') return false
    return value.counterReset === 'reset' || fell(before, value) || startTimes?.[i] !== startTimes?.[i - 1]
  }
  return keep(times, resolutionMs, () => false, fellAt)
}

/** Less of anything: the buckets of another layout are not compared, it is taken for a new beginning. */
function fell(before: HistogramValue, value: HistogramValue): boolean {
  if (value.count < before.count || value.zeroCount < before.zeroCount) return true
  return (['positive', 'negative'] as const).some((side) => {
    const [a, b] = [before[side].counts, value[side].counts]
    return a.length !== b.length || b.some((count, i) => count < (a[i] ?? 0))
  })
}

function keep(
  times: Float64Array,
  resolutionMs: number,
  marksEnd: (i: number) => boolean,
  fellAt: (i: number) => boolean,
): number[] {
  const kept: number[] = []
  const add = (i: number): void => {
    if (i >= 0 && (kept.at(-1) ?? -1) < i) kept.push(i)
  }
  let last = -1
  times.forEach((t, i) => {
    const isLastOfSlot = Math.floor((times[i + 1] ?? Infinity) / resolutionMs) !== Math.floor(t / resolutionMs)
    if (marksEnd(i)) {
      if (isLastOfSlot) {
        add(last)
        add(i)
      }
      last = -1
      return
    }
    const begins = i === 0 || marksEnd(i - 1)
    if (!begins && fellAt(i)) add(i - 1)
    if (begins || fellAt(i) || isLastOfSlot) add(i)
    last = i
  })
  return kept
}
