import { bucketLines, type Frame, type InstantSeries, type Line, nameOf, NO_FRAME } from '../../../charts/index.ts'
import { bucketsOf, type MatrixSeries, type QueryResult } from '../../../promql/index.ts'
import { CEILINGS } from './ceilings.ts'

/** In ms since the epoch. */
export interface Steps {
  readonly from: number
  readonly to: number
  readonly step: number
}

export interface Framed {
  readonly frame: Frame
  /** Series beyond the ceiling. */
  readonly left: number
}

/** The end of the range is one of them: what was recorded last is to be seen. */
export function stepsIn({ from, to }: { readonly from: number; readonly to: number }, step: number): Steps {
  const end = Math.floor(to)
  return { from: end - Math.floor((end - from) / step) * step, to: end, step }
}

/** @throws Error with the engine's words */
export function frameOf(result: QueryResult, steps: Steps, legend?: string): Framed {
  if (!result.ok) throw new Error(result.error.message)
  const { value } = result
  if (value.type !== 'matrix') return { frame: NO_FRAME, left: 0 }
  const count = Math.floor((steps.to - steps.from) / steps.step) + 1
  const times = Array.from({ length: Math.max(0, count) }, (_, i) => (steps.from + i * steps.step) / 1000)
  const lines = value.series.slice(0, CEILINGS.series).flatMap((series) => linesOf(series, steps, count, legend))
  return { frame: { times, lines }, left: Math.max(0, value.series.length - CEILINGS.series) }
}

function linesOf(series: MatrixSeries, { from, step }: Steps, count: number, legend: string | undefined): Line[] {
  const labels = series.labels.toObject()
  const indexOf = (at: number): number => Math.round((at - from) / step)
  const { histograms } = series
  if (histograms !== undefined && histograms.times.length > 0) {
    const moments = Array.from(histograms.times, (at, i) => {
      const histogram = histograms.values[i]
      const buckets = histogram === undefined ? [] : bucketsOf(histogram)
      return [
        indexOf(at),
        buckets.map(({ lower, upper, count: held }) => ({ from: lower, to: upper, count: held })),
      ] as const
    })
    return bucketLines(labels, moments, count)
  }
  const values: (number | null)[] = Array.from({ length: count }, () => null)
  series.times.forEach((at, i) => {
    const value = series.values[i]
    if (value !== undefined && Number.isFinite(value)) values[indexOf(at)] = value
  })
  return [{ key: series.labels.key, name: nameOf(labels, legend), labels, values }]
}

/** What a query came to at one moment. @throws Error with the engine's words */
export function instantOf(result: QueryResult): readonly InstantSeries[] {
  if (!result.ok) throw new Error(result.error.message)
  const { value } = result
  if (value.type === 'scalar') return [{ labels: {}, value: finite(value.value) }]
  if (value.type !== 'vector') return []
  return value.samples.slice(0, CEILINGS.series).map(({ labels, value: sample }) => ({
    labels: labels.toObject(),
    value: typeof sample === 'number' ? finite(sample) : null,
  }))
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
