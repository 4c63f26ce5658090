import { type HistogramValue, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { Ranges } from './ranges.ts'
import { NO_HISTOGRAMS } from './columns.ts'
import { endOf, type Grid, timeAt } from './grid.ts'
import { mergeRows } from './merge-rows.ts'
import type { MatrixSeries, QueryValue, VectorSample } from './result.ts'
import { ABSENT, FLOAT, Row } from './row.ts'
import { sortInSlices } from './sort-in-slices.ts'
import type { Work } from './work.ts'

/** What tells of a metric rather than of a series. */
const RESERVED: ReadonlySet<string> = new Set([METRIC_NAME_LABEL, '__type__', '__unit__'])

/** Units that a series costs beside its steps. */
const PER_SERIES = 50

/** Takes the names off where they are to go. */
async function settled(rows: readonly Row[], work: Work): Promise<readonly Row[]> {
  const named: Row[] = []
  for (const row of rows) {
    if (!row.isEmpty) named.push(row.dropName ? new Row(row.labels.without(RESERVED), false, row) : row)
    if (work.spend(PER_SERIES)) await work.rest()
  }
  return mergeRows(named, work)
}

export async function vectorResult(rows: readonly Row[], at: number, work: Work): Promise<QueryValue> {
  const samples: VectorSample[] = []
  for (const row of await settled(rows, work)) {
    const value = row.at(0)
    if (value !== undefined) samples.push({ labels: row.labels, value })
    if (work.spend(1)) await work.rest()
  }
  return { type: 'vector', at, samples }
}

export async function matrixResult(rows: readonly Row[], grid: Grid, work: Work): Promise<QueryValue> {
  const series: MatrixSeries[] = []
  const times = new Float64Array(grid.count)
  for (let i = 0; i < times.length; i++) times[i] = timeAt(grid, i)
  for (const row of await settled(rows, work)) {
    series.push(seriesOf(row, times))
    if (work.spend(row.steps)) await work.rest()
  }
  return { type: 'matrix', series: await sortInSlices(series, byLabels, work) }
}

function byLabels(a: MatrixSeries, b: MatrixSeries): number {
  return a.labels.compare(b.labels)
}

/** Series without holes share the times of all steps, and are not copied. */
function seriesOf(row: Row, allTimes: Float64Array): MatrixSeries {
  const { labels, kinds } = row
  let floats = 0
  let histograms = 0
  for (const kind of kinds) {
    if (kind === FLOAT) floats++
    else if (kind !== ABSENT) histograms++
  }
  if (floats === row.steps) return { labels, times: allTimes, values: row.values, histograms: undefined }
  const times = new Float64Array(floats)
  const values = new Float64Array(floats)
  const histogramTimes = new Float64Array(histograms)
  const histogramValues: HistogramValue[] = []
  let next = 0
  for (let i = 0; i < row.steps; i++) {
    if (row.isFloat(i)) {
      times[next] = allTimes[i] ?? NaN
      values[next++] = row.floatAt(i)
      continue
    }
    const histogram = row.has(i) ? row.histogramAt(i) : undefined
    if (histogram === undefined) continue
    histogramTimes[histogramValues.length] = allTimes[i] ?? NaN
    histogramValues.push(histogram)
  }
  return {
    labels,
    times,
    values,
    histograms: histograms === 0 ? undefined : { times: histogramTimes, values: histogramValues },
  }
}

/** The samples themselves that a range vector holds at a moment. */
export async function rangeResult({ tracks, rangeMs, reference }: Ranges, work: Work): Promise<QueryValue> {
  const end = endOf(reference)
  const series: MatrixSeries[] = []
  for (const { labels, dropName, times, values, histograms = NO_HISTOGRAMS } of tracks) {
    const [from, to] = [firstAfter(times, end - rangeMs), firstAfter(times, end)]
    const [histogramsFrom, histogramsTo] = [
      firstAfter(histograms.times, end - rangeMs),
      firstAfter(histograms.times, end),
    ]
    if (work.spend(PER_SERIES + to - from)) await work.rest()
    if (to === from && histogramsTo === histogramsFrom) continue
    series.push({
      labels: dropName ? labels.without(RESERVED) : labels,
      times: times.subarray(from, to),
      values: values.subarray(from, to),
      histograms:
        histogramsTo === histogramsFrom
          ? undefined
          : {
              times: histograms.times.subarray(histogramsFrom, histogramsTo),
              values: histograms.values.slice(histogramsFrom, histogramsTo),
            },
    })
  }
  return { type: 'matrix', series: await sortInSlices(series, byLabels, work) }
}

/** Place of the first time after a moment. */
function firstAfter(times: Float64Array, moment: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) <= moment) low = middle + 1
    else high = middle
  }
  return low
}
