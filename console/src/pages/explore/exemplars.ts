import type { Unit } from 'boxman/packs'
import type { Mark } from '../../charts/marks.tsx'
import { askJson } from '../../data/ask.ts'
import type { Labels } from '../../data/series.ts'
import { formatExactTime, formatNumber } from '../../format/number.ts'
import { addressOf } from '../../state/place.ts'
import type { Window } from '../../state/time-range.ts'
import { type Exemplar, marksPlan } from './exemplar-plan.ts'

interface ExemplarAnswer {
  readonly data: readonly { readonly seriesLabels: Labels; readonly exemplars: readonly Exemplar[] }[]
}

export async function loadExemplars(
  exprs: readonly string[],
  { from, to }: Window,
  signal: AbortSignal,
): Promise<readonly Exemplar[]> {
  const answers = await Promise.all(
    exprs.map((query) => {
      const form = { query, start: String(from / 1000), end: String(to / 1000) }
      return askJson<ExemplarAnswer>('api/v1/query_exemplars', { form, signal })
    }),
  )
  return answers.flatMap(({ data }) => data.flatMap(({ exemplars }) => exemplars))
}

/** @param unit of the chart, when the exemplars are in it too; otherwise they stand at its bottom */
export function marksOf(exemplars: readonly Exemplar[], unit: Unit | undefined): readonly Mark[] {
  return marksPlan(exemplars).map(({ trace, value, at }) => ({
    key: trace,
    at,
    value: unit === undefined ? undefined : value,
    title: `${formatExactTime(at * 1000)}: ${formatNumber(value, unit ?? 'none')}, trace ${trace.slice(0, 8)}`,
    href: addressOf(`traces/${encodeURIComponent(trace)}`),
  }))
}
