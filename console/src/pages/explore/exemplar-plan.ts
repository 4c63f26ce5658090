import type { Labels } from '../../data/series.ts'

export interface Exemplar {
  readonly labels: Labels
  readonly value: string
  /** Seconds since the epoch. */
  readonly timestamp: number
}

export interface PlannedMark {
  readonly trace: string
  readonly value: number
  /** Seconds since the epoch. */
  readonly at: number
}

/** As many as can be told apart on a chart. */
const MOST_MARKS = 60

/** Of each stretch of time the greatest, each trace once; those without a trace lead nowhere. */
export function marksPlan(exemplars: readonly Exemplar[]): readonly PlannedMark[] {
  const traced = exemplars.flatMap(({ labels, value, timestamp }): readonly PlannedMark[] => {
    const trace = labels['trace_id'] ?? labels['traceID']
    return trace === undefined ? [] : [{ trace, value: Number(value), at: timestamp }]
  })
  const times = traced.map(({ at }) => at)
  const first = Math.min(...times)
  const width = (Math.max(...times) - first) / MOST_MARKS || 1
  const greatest = new Map<number, PlannedMark>()
  for (const mark of traced) {
    const slot = Math.floor((mark.at - first) / width)
    const before = greatest.get(slot)
    if (before === undefined || mark.value > before.value) greatest.set(slot, mark)
  }
  return [...new Map([...greatest.values()].map((mark) => [mark.trace, mark])).values()]
}
