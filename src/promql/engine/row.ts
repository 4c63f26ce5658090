import type { HistogramValue, LabelSet } from '../../series/index.ts'

export type SampleValue = number | HistogramValue

export const ABSENT = 0
export const FLOAT = 1
export const HISTOGRAM = 2

/** One series on a grid: at each step a float, a histogram or nothing. */
export class Row {
  readonly labels: LabelSet
  /** The metric's name is to be taken off at the end; until then functions may still use it. */
  readonly dropName: boolean
  readonly values: Float64Array
  /** ABSENT, FLOAT or HISTOGRAM at each step. */
  readonly kinds: Uint8Array
  #histograms: (HistogramValue | undefined)[] | undefined

  /** With the samples of another row, they are shared: a row that has been handed on is not changed any more. */
  constructor(labels: LabelSet, dropName: boolean, samples: number | Row) {
    this.labels = labels
    this.dropName = dropName
    if (typeof samples === 'number') {
      this.values = new Float64Array(samples)
      this.kinds = new Uint8Array(samples)
    } else {
      this.values = samples.values
      this.kinds = samples.kinds
      this.#histograms = samples.#histograms
    }
  }

  get steps(): number {
    return this.kinds.length
  }

  get isEmpty(): boolean {
    return !this.kinds.includes(FLOAT) && !this.kinds.includes(HISTOGRAM)
  }

  has(i: number): boolean {
    return this.kinds[i] !== ABSENT
  }

  isFloat(i: number): boolean {
    return this.kinds[i] === FLOAT
  }

  floatAt(i: number): number {
    return this.values[i] ?? NaN
  }

  histogramAt(i: number): HistogramValue | undefined {
    return this.#histograms?.[i]
  }

  at(i: number): SampleValue | undefined {
    const kind = this.kinds[i]
    return kind === FLOAT ? this.values[i] : kind === HISTOGRAM ? this.histogramAt(i) : undefined
  }

  setFloat(i: number, value: number): void {
    this.values[i] = value
    this.kinds[i] = FLOAT
  }

  setHistogram(i: number, value: HistogramValue): void {
    this.#histograms ??= Array.from({ length: this.steps })
    this.#histograms[i] = value
    this.kinds[i] = HISTOGRAM
  }

  set(i: number, value: SampleValue): void {
    if (typeof value === 'number') this.setFloat(i, value)
    else this.setHistogram(i, value)
  }

  remove(i: number): void {
    this.kinds[i] = ABSENT
  }

  clear(): void {
    this.kinds.fill(ABSENT)
  }

  /** True when all samples are floats. */
  get isPlain(): boolean {
    return this.#histograms === undefined
  }
}
