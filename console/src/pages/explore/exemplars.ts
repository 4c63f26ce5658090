import type { Unit } from 'boxman/packs'
import type { Mark } from '../../charts/marks.tsx'
import { askJson } from '../../data/ask.ts'
import type { Labels } from '../../data/series.ts'
import { formatExactTime, formatNumber } from '../../format/number.ts'
import { addressOf } from '../../state/place.ts'
import type { Window } from '../../state/time-range.ts'

export interface Exemplar {
  readonly labels: Labels
  readonly value: string
  /** Seconds since the epoch. */
  readonly timestamp: number
}

interface ExemplarAnswer {
  readonly data: readonly { readonly seriesLabels: Labels; readonly exemplars: readonly Exemplar[] }[]
}

/** As many as can be told apart on a chart. */
const MOST_MARKS = 60

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

/** Of each stretch of time the greatest, each trace once. @param unit of the chart, when the exemplars are in it too */
export function marksOf(exemplars: readonly Exemplar[], unit: Unit | undefined): readonly Mark[] {
  const traced = exemplars.filter((each) => traceOf(each) !== undefined)
  const times = traced.map(({ timestamp }) => timestamp)
  const first = Math.min(...times)
  const width = (Math.max(...times) - first) / MOST_MARKS || 1
  const greatest = new Map<number, Exemplar>()
  for (const each of traced) {
    const slot = Math.floor((each.timestamp - first) / width)
    const before = greatest.get(slot)
    if (before === undefined || Number(each.value) > Number(before.value)) greatest.set(slot, each)
  }
  const marks = [...greatest.values()].map((each): Mark => {
    const trace = traceOf(each) ?? ''
    const value = Number(each.value)
    return {
      key: `${trace} ${each.timestamp}`,
      at: each.timestamp,
      value: unit === undefined ? undefined : value,
      title: `${formatExactTime(each.timestamp * 1000)}: ${formatNumber(value, unit ?? 'none')}, trace ${trace.slice(0, 8)}`,
      href: addressOf(`traces/${encodeURIComponent(trace)}`),
    }
  })
  return [...new Map(marks.map((mark) => [mark.href, mark])).values()]
}

function traceOf({ labels }: Exemplar): string | undefined {
  return labels['trace_id'] ?? labels['traceID']
}
