/** What points from a number to one of the events behind it: a trace's id, or labels of up to 128 characters together. */
export type ExemplarInput =
  | string
  | {
      readonly labels: Readonly<Record<string, string>>
      /** Ms since the epoch; else the registry's `now`. */
      readonly at?: number
    }

/** A value that only grows. Unlabelled, or one series of a {@link LabelledCounter}. */
export interface Counter {
  /**
   * An exemplar whose labels are too long or ill-named is left out and counted.
   * @throws RangeError unless `by` is a finite number >= 0.
   */
  inc(by?: number, exemplar?: ExemplarInput): void
}

/** A value that goes up and down. Unlabelled, or one series of a {@link LabelledGauge}. */
export interface Gauge {
  set(value: number): void
  inc(by?: number): void
  dec(by?: number): void
  /** In seconds since the epoch. @throws TypeError when the registry was given no `now`. */
  setToCurrentTime(): void
}

/** A distribution in classic buckets. Unlabelled, or one series of a {@link LabelledHistogram}. */
export interface Histogram {
  /** @throws RangeError unless `value` is finite. */
  observe(value: number, exemplar?: ExemplarInput): void
  /**
   * Starts a timer; the call of what it returns observes and returns the time since: in ms when the metric's name ends
   * in `_ms` or `_milliseconds`, else in seconds.
   * @throws TypeError when the registry was given no `monotonicNow`.
   */
  startTimer(): (exemplar?: ExemplarInput) => number
}

/** Quantiles of what was observed lately, and the count and sum of everything. Unlabelled, or one series of a {@link LabelledSummary}. */
export interface Summary {
  /** @throws RangeError unless `value` is finite. */
  observe(value: number): void
  /** As of a {@link Histogram}. */
  startTimer(): () => number
}

/** What is so, as labels: each series is worth 1. */
export interface Info<L extends string> {
  /** In place of all that it said before. @throws TypeError for an unknown or missing label name, with both lists. */
  set(values: LabelValues<L>): void
  /** Beside what it said before. */
  add(values: LabelValues<L>): void
  /** Takes back what carries all these values. @returns how many series that were. */
  remove(partial: Partial<LabelValues<L>>): number
  clear(): void
}

/** Which of its states are on: each is a 0 or 1 on the page. All are off at first. */
export interface StateSet<S extends string> {
  /** @throws RangeError for a state that it does not have. */
  set(state: S, on: boolean): void
  /** This one on, all others off. @throws RangeError for a state that it does not have. */
  switchTo(state: S): void
}

/** A number stands for its decimal text: `200` and `'200'` are one series. */
export type LabelValue = string | number

export type LabelValues<L extends string> = Readonly<Record<L, LabelValue>>

/** One value a name, in the order of the names. */
export type LabelList<Names extends readonly string[]> = { readonly [I in keyof Names]: LabelValue }

/** What the labelled instruments share. */
export interface Labelled<L extends string, Child, Names extends readonly L[] = readonly L[]> {
  /**
   * The series of these values, made when first asked for: ask once, keep it, and a record is one addition.
   * Values are copied. Beyond the metric's series limit the answer is the series whose every label is `__overflow__`;
   * a label that is beyond its own limit of values is `__overflow__` alone.
   * @throws TypeError for an unknown or missing label name, with both lists.
   */
  labels(values: LabelValues<L>): Child
  /** The same, values in the order of `labelNames`. */
  labels(...values: LabelList<Names>): Child
  /** Removes the series that carry all these values and returns how many. A child that someone still holds records into nothing. */
  remove(partial: Partial<LabelValues<L>>): number
  /** Removes every series. */
  clear(): void
  /** Every series starts anew from zero. */
  reset(): void
}

export interface LabelledCounter<L extends string, Names extends readonly L[] = readonly L[]> extends Labelled<
  L,
  Counter,
  Names
> {
  inc(values: LabelValues<L>, by?: number, exemplar?: ExemplarInput): void
}

export interface LabelledGauge<L extends string, Names extends readonly L[] = readonly L[]> extends Labelled<
  L,
  Gauge,
  Names
> {
  set(values: LabelValues<L>, value: number): void
  inc(values: LabelValues<L>, by?: number): void
  dec(values: LabelValues<L>, by?: number): void
  setToCurrentTime(values: LabelValues<L>): void
}

export interface LabelledHistogram<L extends string, Names extends readonly L[] = readonly L[]> extends Labelled<
  L,
  Histogram,
  Names
> {
  observe(values: LabelValues<L>, value: number, exemplar?: ExemplarInput): void
  /** As of a {@link Histogram}; labels that are known at its end only may be left to it. */
  startTimer(): (values: LabelValues<L>, exemplar?: ExemplarInput) => number
}

export interface LabelledSummary<L extends string, Names extends readonly L[] = readonly L[]> extends Labelled<
  L,
  Summary,
  Names
> {
  observe(values: LabelValues<L>, value: number): void
  startTimer(): (values: LabelValues<L>) => number
}

export interface LabelledStateSet<
  L extends string,
  S extends string,
  Names extends readonly L[] = readonly L[],
> extends Labelled<L, StateSet<S>, Names> {
  set(values: LabelValues<L>, state: S, on: boolean): void
  switchTo(values: LabelValues<L>, state: S): void
}
