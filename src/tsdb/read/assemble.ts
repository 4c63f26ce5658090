import type { HistogramColumns, HistogramValue, SeriesColumns } from '../../series/index.ts'
import { type Column, createColumn } from '../chunk/column.ts'
import type { FloatSource, HistogramSource, Sources } from './source.ts'

/** What the series of one selection have in common: their array of times, and where their samples pass through. */
export class Shared {
  #parts: readonly (Float64Array | undefined)[] = []
  #whole: Column | undefined
  #times: Float64Array = new Float64Array(0)
  #values: Column | undefined
  #starts: Column | undefined

  /** Where the times of these sources are to be written: where they stand already, when the series before had the same ones. */
  timesOf(sources: readonly FloatSource[], total: number): Column {
    const parts = this.#parts
    const same =
      this.#whole?.values.length === total &&
      sources.length === parts.length &&
      sources.every(({ sharedTimes }, i) => sharedTimes !== undefined && sharedTimes === parts[i])
    if (same && this.#whole !== undefined) return this.#whole
    this.#parts = sources.map(({ sharedTimes }) => sharedTimes)
    this.#whole = createColumn(total)
    return this.#whole
  }

  /** The array that was given before for the same part of the same times. */
  settle(whole: Float64Array, first: number, end: number): Float64Array {
    const times = this.#times
    const same =
      times.buffer === whole.buffer &&
      times.byteOffset === whole.byteOffset + first * whole.BYTES_PER_ELEMENT &&
      times.length === end - first
    if (!same) this.#times = whole.subarray(first, end)
    return this.#times
  }

  passingValues(total: number): Column {
    if ((this.#values?.values.length ?? -1) < total) this.#values = createColumn(total)
    return this.#values ?? createColumn(total)
  }

  passingStarts(total: number): Column {
    if ((this.#starts?.values.length ?? -1) < total) this.#starts = createColumn(total)
    return this.#starts ?? createColumn(total)
  }
}

/** All samples of the sources from `from` to `to`, each time once. `passing`: see `SelectedSeries.columns`. */
export function assemble(
  { floats, histograms }: Sources,
  from: number,
  to: number,
  shared: Shared,
  passing: boolean,
): SeriesColumns {
  const found = inRange(floats, from, to)
  const ordered = found.toSorted((a, b) => a.minTime - b.minTime)
  const columns = overlaps(ordered) ? merged(found) : concatenated(ordered, shared, passing)
  const times = columns.times.values
  const first = lowerBound(times, from)
  const end = lowerBound(times, to + 1)
  return {
    times: shared.settle(times, first, end),
    values: columns.values.values.subarray(first, end),
    startTimes: columns.starts?.values.subarray(first, end),
    histograms: assembleHistograms(inRange(histograms, from, to), from, to),
  }
}

interface Range {
  readonly minTime: number
  readonly maxTime: number
}

function inRange<R extends Range>(sources: readonly R[], from: number, to: number): R[] {
  return sources.filter(({ minTime, maxTime }) => minTime <= to && maxTime >= from)
}

function overlaps(sources: readonly Range[]): boolean {
  return sources.some(({ minTime }, i) => i > 0 && minTime <= (sources[i - 1]?.maxTime ?? -Infinity))
}

interface Assembled {
  readonly times: Column
  readonly values: Column
  readonly starts: Column | undefined
}

function concatenated(sources: readonly FloatSource[], shared: Shared, passing: boolean): Assembled {
  const total = sources.reduce((sum, { count }) => sum + count, 0)
  const hasStarts = sources.some((source) => source.hasStarts)
  const into = {
    times: shared.timesOf(sources, total),
    values: passing ? shared.passingValues(total) : createColumn(total),
    starts: hasStarts ? (passing ? shared.passingStarts(total) : createColumn(total)) : undefined,
  }
  let at = 0
  for (const source of sources) {
    source.read(into, at)
    at += source.count
  }
  return into
}

function merged(sources: readonly FloatSource[]): Assembled {
  const all = concatenated(sources, new Shared(), false)
  const times = all.times.values
  // The sort is stable: of samples at one time the first source's stays first.
  const order = Uint32Array.from(times, (_, i) => i).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b)
  const kept = order.filter((i, place) => place === 0 || times[i] !== times[order[place - 1] ?? 0])
  const pick = (column: Column): Column => {
    const into = createColumn(kept.length)
    kept.forEach((i, place) => into.words.set(column.words.subarray(i * 2, i * 2 + 2), place * 2))
    return into
  }
  return { times: pick(all.times), values: pick(all.values), starts: all.starts && pick(all.starts) }
}

function assembleHistograms(
  sources: readonly HistogramSource[],
  from: number,
  to: number,
): HistogramColumns | undefined {
  if (sources.length === 0) return undefined
  const rows: { t: number; value: HistogramValue; start: number }[] = []
  for (const source of sources) {
    const { times, values, startTimes } = source.read()
    values.forEach((value, i) => {
      const t = times[i] ?? 0
      if (t >= from && t <= to) rows.push({ t, value, start: startTimes?.[i] ?? 0 })
    })
  }
  const kept = rows.sort((a, b) => a.t - b.t).filter(({ t }, i) => t !== rows[i - 1]?.t)
  if (kept.length === 0) return undefined
  return {
    times: Float64Array.from(kept, ({ t }) => t),
    values: kept.map(({ value }) => value),
    startTimes: kept.some(({ start }) => start !== 0) ? Float64Array.from(kept, ({ start }) => start) : undefined,
  }
}

/** First place that holds `time` or more. */
export function lowerBound(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}
