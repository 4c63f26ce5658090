import type { Family, HistogramSeries, SeriesLabels, SummarySeries } from './family.ts'
import { stateLabel } from './exposition/spelling.ts'
import type { MetricReader } from './reader.ts'

/** Copies out what a metric holds, its series in the order in which they were made. */
export function readFamily(metric: MetricReader, constantLabels: SeriesLabels): Family {
  const { kind, name, help } = metric
  const slots = occupied(metric)
  const labels = (slot: number): SeriesLabels => ({ ...readLabels(metric, slot), ...constantLabels })
  switch (kind) {
    case 'counter':
    case 'gauge':
    case 'info':
      return {
        kind,
        name,
        help,
        series: slots.map((slot) => ({ labels: labels(slot), value: number(metric, slot, 0) })),
      }
    case 'histogram':
      return { kind, name, help, series: slots.map((slot) => readHistogram(metric, slot, labels(slot))) }
    case 'summary':
      return { kind, name, help, series: slots.map((slot) => readSummary(metric, slot, labels(slot))) }
    case 'stateset': {
      const own = stateLabel(metric, false)
      const series = slots.flatMap((slot) =>
        metric.states.map((state, i) => ({
          labels: { ...labels(slot), [own]: state },
          value: number(metric, slot, i),
        })),
      )
      return { kind, name, help, series }
    }
  }
}

function occupied(metric: MetricReader): number[] {
  const slots: number[] = []
  for (let slot = 0; slot < metric.slots; slot++) if (metric.epoch(slot) !== 0) slots.push(slot)
  return slots.sort((a, b) => metric.epoch(a) - metric.epoch(b))
}

function readLabels(metric: MetricReader, slot: number): SeriesLabels {
  const labels: Record<string, string> = {}
  metric.labelNames.forEach((name, i) => {
    const value = metric.label(slot, i)
    if (value !== undefined) labels[name] = value
  })
  return labels
}

function readHistogram(metric: MetricReader, slot: number, labels: SeriesLabels): HistogramSeries {
  const page = metric.page(slot)
  const at = metric.offset(slot)
  let count = 0
  const buckets = [...metric.bounds, Infinity].map((le, i) => ({ le, count: (count += page[at + i] ?? NaN) }))
  const native = metric.native(slot)
  return { labels, buckets, sum: page[at + buckets.length] ?? NaN, count, ...(native && { native }) }
}

function readSummary(metric: MetricReader, slot: number, labels: SeriesLabels): SummarySeries {
  const quantiles = metric.quantiles.map((quantile, i) => ({ quantile, value: number(metric, slot, 2 + i) }))
  return { labels, quantiles, sum: number(metric, slot, 1), count: number(metric, slot, 0) }
}

function number(metric: MetricReader, slot: number, i: number): number {
  return metric.page(slot)[metric.offset(slot) + i] ?? NaN
}
