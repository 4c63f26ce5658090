import {
  CUSTOM_BOUNDS_SCHEMA,
  type HistogramValue,
  isStale,
  type LabelSet,
  type MetricMetadata,
  setStale,
} from '../../series/index.ts'
import type { SeriesToWrite } from './encode.ts'
import type { RemoteWriteVersion } from './fields.ts'
import type { SourceExemplar } from './send-source.ts'

/** Samples on their way, in the order in which they are to arrive. */
export class Outgoing {
  readonly labels: LabelSet[] = []
  readonly histograms: Map<number, HistogramValue> = new Map()
  readonly exemplars: { readonly labels: LabelSet; readonly exemplar: SourceExemplar }[] = []
  readonly times: Float64Array
  readonly starts: Float64Array
  /** 0 where there is a histogram. */
  readonly values: Float64Array
  /** Infinity when there is none. */
  minTime: number = Infinity
  maxTime: number = -Infinity

  constructor(capacity: number) {
    this.times = new Float64Array(capacity)
    this.starts = new Float64Array(capacity)
    this.values = new Float64Array(capacity)
  }

  get size(): number {
    return this.labels.length
  }

  get full(): boolean {
    return this.size >= this.times.length
  }

  /** The value is `from[i]`, to the last bit. Must not be full. */
  add(labels: LabelSet, at: number, from: Float64Array, i: number, start: number): void {
    const place = this.#place(labels, at, start)
    if (isStale(from, i)) setStale(this.values, place)
    else this.values[place] = from[i] ?? 0
  }

  addHistogram(labels: LabelSet, at: number, value: HistogramValue, start: number): void {
    this.histograms.set(this.#place(labels, at, start), value)
  }

  /** By series, which come in the order of their first samples; what this version has no place for is left out. */
  series(version: RemoteWriteVersion, metadataOf: (labels: LabelSet) => MetricMetadata | undefined): SeriesToWrite[] {
    const places = new Map<string, number[]>()
    this.labels.forEach(({ key }, i) => {
      const own = places.get(key)
      if (own === undefined) places.set(key, [i])
      else own.push(i)
    })
    const exemplars = new Map<string, Outgoing['exemplars']>()
    for (const each of this.exemplars) {
      const own = exemplars.get(each.labels.key)
      if (own === undefined) exemplars.set(each.labels.key, [each])
      else own.push(each)
    }
    const series: SeriesToWrite[] = []
    for (const [key, own] of places) {
      const labels = this.labels[own[0] ?? 0]
      if (labels === undefined) continue
      series.push({
        labels,
        ...this.#samplesAt(own, version),
        exemplars: exemplars.get(key)?.map(({ exemplar }) => exemplar) ?? [],
        metadata: metadataOf(labels),
      })
      exemplars.delete(key)
    }
    const none = new Float64Array(0)
    for (const own of exemplars.values()) {
      const labels = own[0]?.labels
      if (labels !== undefined)
        series.push({ labels, times: none, values: none, exemplars: own.map(({ exemplar }) => exemplar) })
    }
    return series
  }

  /** Histograms that this version has no place for. */
  unsendable(version: RemoteWriteVersion): number {
    let count = 0
    if (version === '1.0')
      for (const { schema } of this.histograms.values()) if (schema === CUSTOM_BOUNDS_SCHEMA) count++
    return count
  }

  #samplesAt(
    places: readonly number[],
    version: RemoteWriteVersion,
  ): Pick<SeriesToWrite, 'times' | 'values' | 'starts' | 'histograms'> {
    const [only = 0] = places
    if (places.length === 1 && !this.histograms.has(only)) {
      const part = (column: Float64Array): Float64Array => column.subarray(only, only + 1)
      return { times: part(this.times), values: part(this.values), starts: part(this.starts) }
    }
    const floats = places.filter((place) => !this.histograms.has(place))
    const values = new Float64Array(floats.length)
    floats.forEach((place, i) => {
      if (isStale(this.values, place)) setStale(values, i)
      else values[i] = this.values[place] ?? 0
    })
    const column = (from: Float64Array): Float64Array => Float64Array.from(floats, (place) => from[place] ?? 0)
    const histograms = places.flatMap((place) => {
      const value = this.histograms.get(place)
      if (value === undefined || (version === '1.0' && value.schema === CUSTOM_BOUNDS_SCHEMA)) return []
      return [{ at: this.times[place] ?? 0, value, start: this.starts[place] ?? 0 }]
    })
    return { times: column(this.times), values, starts: column(this.starts), histograms }
  }

  #place(labels: LabelSet, at: number, start: number): number {
    const place = this.labels.length
    this.labels.push(labels)
    this.times[place] = at
    this.starts[place] = start
    this.minTime = Math.min(this.minTime, at)
    this.maxTime = Math.max(this.maxTime, at)
    return place
  }
}
