import { type HistogramValue, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { Ranges } from './ranges.ts'
import { endOf, type Grid, timeAt } from './grid.ts'
import { mergeRows } from './merge-rows.ts'
import type { MatrixSeries, QueryValue } from './result.ts'
import { ABSENT, HISTOGRAM, Row } from './row.ts'
import { Window } from './window.ts'
import type { Work } from './work.ts'

/** What tells of a metric rather than of a series. */
const RESERVED: ReadonlySet<string> = new Set([METRIC_NAME_LABEL, '__type__', '__unit__'])

/** Takes the names off where they are to go. */
function settled(rows: readonly Row[]): readonly Row[] {
  const named = rows
    .filter((row) => !row.isEmpty)
    .map((row) => (row.dropName ? new Row(row.labels.without(RESERVED), false, row) : row))
  return mergeRows(named)
}

export function vectorResult(rows: readonly Row[], at: number): QueryValue {
  const samples = settled(rows).flatMap((row) => {
    const value = row.at(0)
    return value === undefined ? [] : [{ labels: row.labels, value }]
  })
  return { type: 'vector', at, samples }
}

export async function matrixResult(rows: readonly Row[], grid: Grid, work: Work): Promise<QueryValue> {
  const series: MatrixSeries[] = []
  for (const row of settled(rows)) {
    series.push(seriesOf(row, grid))
    if (work.spend(row.steps)) await work.rest()
  }
  return { type: 'matrix', series: series.sort((a, b) => a.labels.compare(b.labels)) }
}

function seriesOf(row: Row, grid: Grid): MatrixSeries {
  let floats = 0
  let histograms = 0
  for (const kind of row.kinds) {
    if (kind === HISTOGRAM) histograms++
    else if (kind !== ABSENT) floats++
  }
  const times = new Float64Array(floats)
  const values = new Float64Array(floats)
  const histogramTimes = new Float64Array(histograms)
  const histogramValues: HistogramValue[] = []
  let next = 0
  for (let i = 0; i < row.steps; i++) {
    if (row.isFloat(i)) {
      times[next] = timeAt(grid, i)
      values[next++] = row.floatAt(i)
      continue
    }
    const histogram = row.has(i) ? row.histogramAt(i) : undefined
    if (histogram === undefined) continue
    histogramTimes[histogramValues.length] = timeAt(grid, i)
    histogramValues.push(histogram)
  }
  return {
    labels: row.labels,
    times,
    values,
    histograms: histograms === 0 ? undefined : { times: histogramTimes, values: histogramValues },
  }
}

/** The samples themselves that a range vector holds at a moment. */
export function rangeResult({ tracks, rangeMs, reference }: Ranges): QueryValue {
  const end = endOf(reference)
  const series = tracks.flatMap((track): readonly MatrixSeries[] => {
    const window = new Window(track)
    window.slide(end - rangeMs, end, end)
    if (window.isEmpty) return []
    const { from, to, histogramsFrom, histogramsTo } = window
    return [
      {
        labels: track.dropName ? track.labels.without(RESERVED) : track.labels,
        times: window.times.slice(from, to),
        values: window.values.slice(from, to),
        histograms:
          window.histogramCount === 0
            ? undefined
            : {
                times: window.histograms.times.slice(histogramsFrom, histogramsTo),
                values: window.histograms.values.slice(histogramsFrom, histogramsTo),
              },
      },
    ]
  })
  return { type: 'matrix', series: series.sort((a, b) => a.labels.compare(b.labels)) }
}
