/** A value that only grows. Unlabelled, or one series of a {@link LabelledCounter}. */
export interface Counter {
  /** @throws RangeError unless `by` is a finite number >= 0. */
  inc(by?: number): void
}

/** A value that goes up and down. Unlabelled, or one series of a {@link LabelledGauge}. */
export interface Gauge {
  set(value: number): void
  inc(by?: number): void
  dec(by?: number): void
}

/** A distribution in classic buckets. Unlabelled, or one series of a {@link LabelledHistogram}. */
export interface Histogram {
  /** @throws RangeError unless `value` is finite. */
  observe(value: number): void
}

/** A number stands for its decimal text: `200` and `'200'` are one series. */
export type LabelValues<L extends string> = Readonly<Record<L, string | number>>

/** What the labelled instruments share. */
export interface Labelled<L extends string, Child> {
  /**
   * The series of these values, made when first asked for: ask once, keep it, and a record is one addition.
   * Values are copied. Beyond the metric's series limit the answer is the series whose every label is `__overflow__`.
   * @throws TypeError for an unknown or missing label name, with both lists.
   */
  labels(values: LabelValues<L>): Child
  /** Removes the series that carry all these values and returns how many. A child that someone still holds records into nothing. */
  remove(partial: Partial<LabelValues<L>>): number
}

export interface LabelledCounter<L extends string> extends Labelled<L, Counter> {
  inc(values: LabelValues<L>, by?: number): void
}

export interface LabelledGauge<L extends string> extends Labelled<L, Gauge> {
  set(values: LabelValues<L>, value: number): void
  inc(values: LabelValues<L>, by?: number): void
  dec(values: LabelValues<L>, by?: number): void
}

export interface LabelledHistogram<L extends string> extends Labelled<L, Histogram> {
  observe(values: LabelValues<L>, value: number): void
}
