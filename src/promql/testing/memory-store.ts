import {
  type HistogramValue,
  type LabelSet,
  type Matcher,
  type MetricMetadata,
  METRIC_NAME_LABEL,
  type Queryable,
  type SelectedSeries,
  type SeriesColumns,
  setStale,
} from '../../series/index.ts'

import { isReset } from '../engine/histogram/index.ts'

export type StoredValue = number | 'stale' | HistogramValue

export interface StoredSample {
  readonly time: number
  readonly value: StoredValue
  /** 0: unknown. */
  readonly startTime: number
}

/** Series in memory, for tests: samples may be added in any order. */
export class MemoryStore implements Queryable {
  readonly #series = new Map<string, { readonly labels: LabelSet; readonly samples: Map<number, StoredSample> }>()

  append(labels: LabelSet, sample: StoredSample): void {
    const series = this.#series.get(labels.key) ?? { labels, samples: new Map<number, StoredSample>() }
    this.#series.set(labels.key, series)
    series.samples.set(sample.time, sample)
  }

  clear(): void {
    this.#series.clear()
  }

  select(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[]> {
    const found: SelectedSeries[] = []
    for (const { labels, samples } of this.#series.values()) {
      if (!matchers.every((matcher) => matcher.matchesSet(labels))) continue
      found.push({
        labels,
        columns: () => columnsOf([...samples.values()], from, to),
      })
    }
    return Promise.resolve(found.sort((a, b) => a.labels.compare(b.labels)))
  }

  labelNames(): Promise<readonly string[]> {
    const names = new Set<string>()
    for (const { labels } of this.#series.values()) for (const [name] of labels) names.add(name)
    return Promise.resolve([...names].sort())
  }

  labelValues(name: string): Promise<readonly string[]> {
    const values = new Set(Array.from(this.#series.values(), ({ labels }) => labels.get(name)))
    return Promise.resolve([...values].filter((value) => value !== '').sort())
  }

  metadata(): Promise<ReadonlyMap<string, MetricMetadata>> {
    return Promise.resolve(new Map())
  }

  /** The series of the metrics whose names end so, with the name cut off. */
  ending(suffix: string): readonly { readonly labels: LabelSet; readonly samples: readonly StoredSample[] }[] {
    return Array.from(this.#series.values()).flatMap(({ labels, samples }) => {
      const name = labels.get(METRIC_NAME_LABEL)
      if (!name.endsWith(suffix)) return []
      const base = labels.with(METRIC_NAME_LABEL, name.slice(0, -suffix.length))
      return [{ labels: base, samples: [...samples.values()] }]
    })
  }
}

/** As Prometheus's store has it: a histogram that follows one without a reset is known not to be one. */
function hinted(samples: readonly StoredSample[]): readonly StoredSample[] {
  return samples.map((sample, i) => {
    const previous = samples[i - 1]?.value
    const { value } = sample
    if (typeof value !== 'object' || typeof previous !== 'object' || value.counterReset !== 'unknown') return sample
    if (previous.counterReset === 'gauge' || isReset(value, previous)) return sample
    return { ...sample, value: { ...value, counterReset: 'not-reset' } }
  })
}

function columnsOf(all: StoredSample[], from: number, to: number): SeriesColumns {
  all.sort((a, b) => a.time - b.time)
  const samples = hinted(all).filter(({ time }) => time >= from && time <= to)
  const floats = samples.filter(({ value }) => typeof value !== 'object')
  const histograms = samples.filter(({ value }) => typeof value === 'object')
  const values = Float64Array.from(floats, ({ value }) => (typeof value === 'number' ? value : NaN))
  floats.forEach(({ value }, i) => {
    if (value === 'stale') setStale(values, i)
  })
  const starts = (some: readonly StoredSample[]): Float64Array | undefined =>
    some.some(({ startTime }) => startTime !== 0) ? Float64Array.from(some, ({ startTime }) => startTime) : undefined
  return {
    times: Float64Array.from(floats, ({ time }) => time),
    values,
    startTimes: starts(floats),
    histograms:
      histograms.length === 0
        ? undefined
        : {
            times: Float64Array.from(histograms, ({ time }) => time),
            values: histograms.flatMap(({ value }) => (typeof value === 'object' ? [value] : [])),
            startTimes: starts(histograms),
          },
  }
}
