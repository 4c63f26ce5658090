import { CounterCell, GaugeCell, HistogramCell } from './cell.ts'
import { Children, type RegistryStats } from './children.ts'
import type { Family, HistogramSeries, SeriesLabels } from './family.ts'
import type { LabelledCounter, LabelledGauge, LabelledHistogram, LabelValues } from './instrument.ts'

export interface Definition<L extends string = string> {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly name: string
  readonly help: string
  readonly labelNames: readonly L[]
  /** Empty but for histograms. */
  readonly bounds: readonly number[]
}

/** What the registry keeps: the instrument that the user holds, and how to read it. */
export interface Metric {
  readonly definition: Definition
  readonly instrument: object
  read(constantLabels: SeriesLabels): Family
}

interface Limits {
  readonly maxSeries: number
  readonly stats: RegistryStats
}

abstract class LabelledMetric<L extends string, Cell> {
  readonly children: Children<L, Cell>

  constructor(definition: Definition<L>, make: () => Cell, limits: Limits) {
    this.children = new Children(definition.name, definition.labelNames, limits.maxSeries, make, limits.stats)
  }

  labels(values: LabelValues<L>): Cell {
    return this.children.get(values)
  }

  remove(partial: Partial<LabelValues<L>>): number {
    return this.children.remove(partial)
  }
}

class CounterVector<L extends string> extends LabelledMetric<L, CounterCell> implements LabelledCounter<L> {
  inc(values: LabelValues<L>, by?: number): void {
    this.children.get(values).inc(by)
  }
}

class GaugeVector<L extends string> extends LabelledMetric<L, GaugeCell> implements LabelledGauge<L> {
  set(values: LabelValues<L>, value: number): void {
    this.children.get(values).set(value)
  }

  inc(values: LabelValues<L>, by?: number): void {
    this.children.get(values).inc(by)
  }

  dec(values: LabelValues<L>, by?: number): void {
    this.children.get(values).dec(by)
  }
}

class HistogramVector<L extends string> extends LabelledMetric<L, HistogramCell> implements LabelledHistogram<L> {
  observe(values: LabelValues<L>, value: number): void {
    this.children.get(values).observe(value)
  }
}

function readHistogram(labels: SeriesLabels, cell: HistogramCell): HistogramSeries {
  const buckets = cell.buckets()
  return { labels, buckets, sum: cell.sum, count: buckets.at(-1)?.count ?? 0 }
}

export function createMetric(definition: Definition, limits: Limits): Metric {
  const { kind, name, help, labelNames, bounds } = definition
  const labelled = labelNames.length > 0
  switch (kind) {
    case 'counter':
    case 'gauge': {
      const Cell = kind === 'counter' ? CounterCell : GaugeCell
      if (!labelled) {
        const cell = new Cell(name)
        return {
          definition,
          instrument: cell,
          read: (labels) => ({ kind, name, help, series: [{ labels, value: cell.value }] }),
        }
      }
      const vector =
        kind === 'counter'
          ? new CounterVector(definition, () => new CounterCell(name), limits)
          : new GaugeVector(definition, () => new GaugeCell(name), limits)
      return {
        definition,
        instrument: vector,
        read: (constant) => ({
          kind,
          name,
          help,
          series: vector.children.map((labels, { value }) => ({ labels: { ...labels, ...constant }, value })),
        }),
      }
    }
    case 'histogram': {
      if (!labelled) {
        const cell = new HistogramCell(name, bounds)
        return {
          definition,
          instrument: cell,
          read: (labels) => ({ kind, name, help, series: [readHistogram(labels, cell)] }),
        }
      }
      const vector = new HistogramVector(definition, () => new HistogramCell(name, bounds), limits)
      return {
        definition,
        instrument: vector,
        read: (constant) => ({
          kind,
          name,
          help,
          series: vector.children.map((labels, cell) => readHistogram({ ...labels, ...constant }, cell)),
        }),
      }
    }
  }
}
