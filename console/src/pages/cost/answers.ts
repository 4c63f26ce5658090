/** As `/api/v1/status/tsdb` answers. */
export interface StoreStatus {
  readonly data: {
    readonly headStats: { readonly numSeries: number }
    readonly seriesCountByMetricName: readonly { readonly name: string; readonly value: number }[]
  }
}

/** Of `/config`, what is needed here. */
export interface Configured {
  readonly values: Readonly<Record<string, unknown>>
}
