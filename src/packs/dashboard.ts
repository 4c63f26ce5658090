/** What a number is of, so that it can be written as people read it. */
export type Unit =
  | 'none'
  | 'short'
  | 'percent-of-one'
  | 'seconds'
  | 'milliseconds'
  | 'bytes'
  | 'bytes-per-second'
  | 'per-second'
  | 'requests-per-second'
  | 'celsius'
  | 'money'
  | 'timestamp'

/** From this value on. The lowest step of a list begins at -Infinity, stated as undefined. */
export interface ThresholdStep {
  readonly from: number | undefined
  readonly level: 'good' | 'warning' | 'critical' | 'neutral'
}

export interface PanelQuery {
  /**
   * PromQL. `$__rate_interval` stands for a window that holds enough samples, `$NAME` for the variable of that name, to be used
   * with `=~`.
   */
  readonly expr: string
  /** What each series is called: `{{label}}` stands for the label's value. Default: all its labels. */
  readonly legend?: string | undefined
}

export interface PanelLink {
  readonly title: string
  /**
   * A place of the console, such as `traces?operation={{route}}`, or an address. With `{{label}}` it is drawn at each row or line
   * that has the label, whose value it stands for; without, at the head of the panel.
   */
  readonly to: string
}

interface PanelParts {
  readonly title: string
  /** The metric without which it is left out. */
  readonly needs?: string | undefined
  /** What it shows, and when to worry. */
  readonly description?: string | undefined
  /** Of 24 columns; default 8. */
  readonly width?: number | undefined
  readonly unit?: Unit | undefined
  readonly decimals?: number | undefined
  readonly thresholds?: readonly ThresholdStep[] | undefined
  readonly links?: readonly PanelLink[] | undefined
}

/** Lines over time. */
export interface TimeSeriesPanel extends PanelParts {
  readonly kind: 'time-series'
  readonly queries: readonly PanelQuery[]
  /** Stacked on each other; default: lines. */
  readonly stacked?: boolean | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** One number of each series, with its course behind it. */
export interface StatPanel extends PanelParts {
  readonly kind: 'stat'
  readonly queries: readonly PanelQuery[]
}

/** One bar a series. */
export interface BarsPanel extends PanelParts {
  readonly kind: 'bars'
  readonly queries: readonly PanelQuery[]
  readonly max?: number | undefined
  /** Default: by value, the longest first. By name, numbers as numbers. */
  readonly order?: 'value' | 'name' | undefined
  /** What a bar of the same name is to be compared with: a mark on it. */
  readonly reference?: (PanelQuery & { readonly title: string }) | undefined
}

/** A row for each set of labels, a column for each query. */
export interface TablePanel extends PanelParts {
  readonly kind: 'table'
  readonly queries: readonly (PanelQuery & { readonly column: string; readonly unit?: Unit | undefined })[]
  /** The labels that have a column, in order. */
  readonly labels: readonly string[]
}

/** The course of a histogram's buckets; `expr` gives one series by `le`, or native histograms. */
export interface HeatmapPanel extends PanelParts {
  readonly kind: 'heatmap'
  readonly expr: string
}

/**
 * Those whom no metric may name, from a listing of the pack: asked of the process, so that it is nowhere but in its own console, and
 * of now whatever the time range is.
 */
export interface ListPanel extends PanelParts {
  readonly kind: 'list'
  /** The id of a listing. */
  readonly listing: string
}

export type Panel = TimeSeriesPanel | StatPanel | BarsPanel | TablePanel | HeatmapPanel | ListPanel

export interface PanelRow {
  readonly title: string
  /** The metric without which the whole row is left out. */
  readonly needs?: string | undefined
  readonly panels: readonly Panel[]
}

/** A choice at the head of the page, put into the queries as a regular expression of the chosen values. */
export interface DashboardVariable {
  readonly name: string
  readonly title: string
  /** Whose values there are: of this label, in this metric. */
  readonly metric: string
  readonly label: string
}

/**
 * A page as data: the console draws it. Widths are those of a grid of 24 columns; panels flow from left to right in the order in
 * which they stand, row by row.
 */
export interface Dashboard {
  /** In addresses: letters, digits and `-`. */
  readonly id: string
  readonly title: string
  readonly description?: string | undefined
  readonly variables?: readonly DashboardVariable[] | undefined
  readonly rows: readonly PanelRow[]
}
