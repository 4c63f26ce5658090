import type { HistogramValue, MetricMetadata } from '../../series/index.ts'

/** https://prometheus.io/docs/specs/prw/remote_write_spec/ and .../remote_write_spec_2_0/ */
export type RemoteWriteVersion = '1.0' | '2.0'

/** Field numbers of prometheus.WriteRequest, 1.0. */
export const REQUEST_1 = { series: 1, metadata: 3 } as const
export const SERIES_1 = { label: 1, sample: 2, exemplar: 3, histogram: 4 } as const
export const LABEL_1 = { name: 1, value: 2 } as const
export const METADATA_1 = { type: 1, name: 2, help: 4, unit: 5 } as const

/** Field numbers of io.prometheus.write.v2.Request. */
export const REQUEST_2 = { symbol: 4, series: 5 } as const
export const SERIES_2 = { labels: 1, sample: 2, histogram: 3, exemplar: 4, metadata: 5, created: 6 } as const
export const METADATA_2 = { type: 1, help: 3, unit: 4 } as const

/** The same in both. */
export const SAMPLE = { value: 1, at: 2, start: 3 } as const
export const EXEMPLAR = { labels: 1, value: 2, at: 3 } as const
export const HISTOGRAM = {
  count: 1,
  countFloat: 2,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCount: 6,
  zeroCountFloat: 7,
  negative: { spans: 8, deltas: 9, counts: 10 },
  positive: { spans: 11, deltas: 12, counts: 13 },
  reset: 14,
  at: 15,
  customBounds: 16,
  start: 17,
} as const
export const SPAN = { offset: 1, length: 2 } as const

/** By their numbers on the wire. */
export const RESETS: readonly HistogramValue['counterReset'][] = ['unknown', 'reset', 'not-reset', 'gauge']
export const TYPES: readonly MetricMetadata['type'][] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
]
