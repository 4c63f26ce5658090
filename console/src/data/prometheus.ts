import { askJson } from './ask.ts'
import { bucketLines, type NativeBucket } from './native.ts'
import { type Frame, keyOf, type Labels, type Line, nameOf } from './series.ts'

/** A native histogram, as the API writes it. */
export interface HistogramSample {
  readonly count: string
  readonly sum: string
  readonly buckets?: readonly (readonly [boundary: number, from: string, to: string, count: string])[]
}

export interface VectorItem {
  readonly metric: Labels
  readonly value?: readonly [at: number, value: string]
  readonly histogram?: readonly [at: number, value: HistogramSample]
}

export interface MatrixItem {
  readonly metric: Labels
  readonly values?: readonly (readonly [at: number, value: string])[]
  readonly histograms?: readonly (readonly [at: number, value: HistogramSample])[]
}

export type QueryData =
  | { readonly resultType: 'vector'; readonly result: readonly VectorItem[] }
  | { readonly resultType: 'matrix'; readonly result: readonly MatrixItem[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: readonly [at: number, value: string] }

export interface Answer<T> {
  readonly data: T
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

/** ms since the epoch; `step` in ms. */
export interface RangeAsked {
  readonly from: number
  readonly to: number
  readonly step: number
}

export function instant(expr: string, at?: number, signal?: AbortSignal): Promise<Answer<QueryData>> {
  const form = { query: expr, ...(at === undefined ? {} : { time: seconds(at) }) }
  return askJson('api/v1/query', { form, ...(signal === undefined ? {} : { signal }) })
}

export function overTime(expr: string, asked: RangeAsked, signal?: AbortSignal): Promise<Answer<QueryData>> {
  const form = { query: expr, start: seconds(asked.from), end: seconds(asked.to), step: seconds(asked.step) }
  return askJson('api/v1/query_range', { form, ...(signal === undefined ? {} : { signal }) })
}

export async function labelValues(label: string, metric: string, signal?: AbortSignal): Promise<readonly string[]> {
  const path = `api/v1/label/${encodeURIComponent(label)}/values?match[]=${encodeURIComponent(metric)}`
  const { data } = await askJson<{ readonly data: readonly string[] }>(path, signal === undefined ? {} : { signal })
  return data
}

/** A matrix on the moments that were asked for: a hole where a series has no value. */
export function frameOf(data: QueryData, { from, to, step }: RangeAsked, legend?: string): Frame {
  const count = Math.floor((to - from) / step) + 1
  const times = Array.from({ length: count }, (_, i) => (from + i * step) / 1000)
  if (data.resultType !== 'matrix') return { times, lines: [] }
  const lines = data.result.flatMap(({ metric, values = [], histograms = [] }): Line[] => {
    const indexOf = (at: number): number => Math.round((at * 1000 - from) / step)
    if (histograms.length > 0) {
      return bucketLines(
        metric,
        histograms.map(([at, { buckets = [] }]) => [indexOf(at), buckets.map(bucketFrom)]),
        count,
      )
    }
    const all: (number | null)[] = Array.from({ length: count }, () => null)
    for (const [at, value] of values) all[indexOf(at)] = numberOf(value)
    return [{ key: keyOf(metric), name: nameOf(metric, legend), labels: metric, values: all }]
  })
  return { times, lines }
}

function bucketFrom([, from, to, count]: readonly [unknown, string, string, string]): NativeBucket {
  return { from: Number(from), to: Number(to), count: Number(count) }
}

/** Null for what a chart cannot draw. */
export function numberOf(text: string): number | null {
  const value = Number(text)
  return Number.isFinite(value) ? value : null
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
