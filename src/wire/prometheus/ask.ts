import type { LabelSet } from '../../series/index.ts'
import type { PrometheusServer } from './server.ts'
import { labelsOf, listOf, recordOf, timeOf } from './values.ts'

/** A value as the server spells it: a number, or a histogram's count and sum. */
export type Shown = string

export interface Point {
  /** ms since the epoch. */
  readonly at: number
  readonly value: Shown
}

export type Reply = {
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
} & (
  | { readonly type: 'scalar' | 'string'; readonly at: number; readonly value: string }
  | { readonly type: 'vector'; readonly samples: readonly ({ readonly labels: LabelSet } & Point)[] }
  | {
      readonly type: 'matrix'
      readonly series: readonly { readonly labels: LabelSet; readonly points: readonly Point[] }[]
    }
)

/** When a question is asked for: seconds since the epoch, RFC 3339, or nothing for now. */
export type Moment =
  | { readonly time?: string }
  | { readonly start: string; readonly end: string; readonly step: string }

/** Has the server evaluate a query. Rejects with a ServerError. */
export async function ask(
  server: PrometheusServer,
  query: string,
  moment: Moment = {},
  signal?: AbortSignal,
): Promise<Reply> {
  const path = 'start' in moment ? '/api/v1/query_range' : '/api/v1/query'
  const { data, warnings, infos } = await server.ask(path, { query, ...moment }, signal)
  const { resultType, result } = recordOf(data)
  const notes = { warnings, infos }
  switch (resultType) {
    case 'scalar':
    case 'string': {
      const [at, value] = listOf(result)
      return { ...notes, type: resultType, at: timeOf(at), value: String(value) }
    }
    case 'vector':
      return { ...notes, type: 'vector', samples: listOf(result).map(sampleOf) }
    default:
      return { ...notes, type: 'matrix', series: listOf(result).map(seriesOf) }
  }
}

function sampleOf(given: unknown): { readonly labels: LabelSet } & Point {
  const { metric, value, histogram } = recordOf(given)
  return { labels: labelsOf(metric), ...(histogram === undefined ? pointOf(value) : histogramPoint(histogram)) }
}

function seriesOf(given: unknown): { readonly labels: LabelSet; readonly points: readonly Point[] } {
  const { metric, values = [], histograms = [] } = recordOf(given)
  const points = [...listOf(values).map(pointOf), ...listOf(histograms).map(histogramPoint)]
  return { labels: labelsOf(metric), points: points.toSorted((a, b) => a.at - b.at) }
}

function pointOf(given: unknown): Point {
  const [at, value] = listOf(given)
  return { at: timeOf(at), value: String(value) }
}

function histogramPoint(given: unknown): Point {
  const [at, histogram] = listOf(given)
  const { count, sum } = recordOf(histogram)
  return { at: timeOf(at), value: `{count:${String(count)}, sum:${String(sum)}}` }
}
