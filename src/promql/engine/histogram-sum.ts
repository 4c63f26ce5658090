import type { HistogramBuckets, HistogramValue } from '../../series/index.ts'
import type { Span } from '../source.ts'
import { type Annotations, forMetric } from './annotations.ts'
import { addHistograms, compact, fromMap, inLayoutOf, isCustom, toMap } from './histogram/index.ts'
import { CompensatedMean, CompensatedSum } from './kahan.ts'

/** Adds histograms up, each of their numbers compensated, and remembers what there is to say about them. */
export class HistogramSum {
  readonly #values: HistogramValue[] = []
  /** Its buckets are those that all can be brought into. */
  #layout: HistogramValue | undefined
  #incompatible = false
  #reconciled = false
  readonly #hints = new Set<HistogramValue['counterReset']>()

  add(value: HistogramValue): void {
    this.#hints.add(value.counterReset)
    this.#values.push(value)
    if (this.#incompatible) return
    if (this.#layout === undefined) {
      this.#layout = value
      return
    }
    const combined = addHistograms(this.#layout, value)
    if (combined === undefined) {
      this.#incompatible = true
      return
    }
    this.#reconciled ||= combined.boundsReconciled
    this.#layout = combined.value
  }

  get sum(): HistogramValue | undefined {
    return this.#combine(() => new CompensatedSum())
  }

  get mean(): HistogramValue | undefined {
    return this.#combine(() => new CompensatedMean())
  }

  #combine(make: () => CompensatedSum | CompensatedMean): HistogramValue | undefined {
    const layout = this.#layout
    if (this.#incompatible || layout === undefined) return undefined
    const aligned = this.#values.map((value) => inLayoutOf(layout, value))
    const total = (part: (value: HistogramValue) => number): number => {
      const state = make()
      for (const value of aligned) state.add(part(value))
      return state.value
    }
    const buckets = (part: (value: HistogramValue) => HistogramBuckets): HistogramBuckets => {
      const maps = aligned.map((value) => toMap(part(value)))
      const states = new Map<number, CompensatedSum | CompensatedMean>()
      for (const key of new Set(maps.flatMap((map) => [...map.keys()]))) states.set(key, make())
      for (const map of maps) for (const [key, state] of states) state.add(map.get(key) ?? 0)
      return fromMap(new Map(Array.from(states, ([key, { value }]) => [key, value])))
    }
    return compact({
      ...layout,
      count: total(({ count }) => count),
      sum: total(({ sum }) => sum),
      zeroCount: total(({ zeroCount }) => zeroCount),
      positive: buckets(({ positive }) => positive),
      negative: buckets(({ negative }) => negative),
    })
  }

  note(notes: Annotations, metric: string, span: Span): void {
    if (this.#incompatible) {
      notes.warn(
        `vector contains a mix of histograms with exponential and custom buckets schemas${forMetric(metric)}`,
        span,
      )
    }
    if (this.#hints.has('reset') && this.#hints.has('not-reset')) {
      notes.warn('conflicting counter resets during histogram aggregation', span)
    }
    if (this.#reconciled && this.#layout !== undefined && isCustom(this.#layout)) {
      notes.info('mismatched custom buckets were reconciled during aggregation', span)
    }
  }
}
