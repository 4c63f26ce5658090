import { CUSTOM_BOUNDS_SCHEMA, type HistogramValue, type LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { MemoryStore } from './memory-store.ts'
import { goNumber, parseRow } from './series-notation.ts'
import type { StoredSample } from './memory-store.ts'

interface Classic {
  readonly labels: LabelSet
  /** Cumulative counts by bound. */
  readonly buckets: Map<number, number>
  count: number | undefined
  sum: number
}

/** Stores the classic histograms of the rows as native ones with bounds of their own beside. */
export function loadNative(store: MemoryStore, rows: readonly string[]): void {
  const families = new Set(rows.map((row) => familyOf(parseRow(row).labels.get(METRIC_NAME_LABEL))))
  const found = new Map<string, Map<number, Classic>>()
  const classicAt = (labels: LabelSet, time: number): Classic => {
    const times = found.get(labels.key) ?? new Map<number, Classic>()
    found.set(labels.key, times)
    const classic = times.get(time) ?? { labels, buckets: new Map<number, number>(), count: undefined, sum: 0 }
    times.set(time, classic)
    return classic
  }
  const each = (suffix: string, take: (classic: Classic, value: number, labels: LabelSet) => void): void => {
    for (const { labels, samples } of store.ending(suffix)) {
      if (!families.has(labels.get(METRIC_NAME_LABEL))) continue
      const base = labels.without(new Set(['le']))
      for (const { time, value } of samples) if (typeof value === 'number') take(classicAt(base, time), value, labels)
    }
  }
  each('_bucket', ({ buckets }, value, labels) => {
    const upper = goNumber(labels.get('le'))
    if (!Number.isNaN(upper) && !buckets.has(upper)) buckets.set(upper, value)
  })
  each('_count', (classic, value) => {
    classic.count = value
  })
  each('_sum', (classic, value) => {
    classic.sum = value
  })
  for (const times of found.values()) {
    for (const [time, classic] of times) {
      const value = nativeOf(classic)
      const sample: StoredSample = { time, value, startTime: 0 }
      store.append(classic.labels, sample)
    }
  }
}

function familyOf(name: string): string {
  return name.replace(/_(bucket|count|sum)$/, '')
}

function nativeOf({ buckets, count, sum }: Classic): HistogramValue {
  const bounds = [...buckets.keys()].filter((bound) => bound !== Infinity).sort((a, b) => a - b)
  const total = buckets.get(Infinity) ?? count ?? Math.max(0, ...buckets.values())
  let before = 0
  const counts = [...bounds, Infinity].map((bound) => {
    const cumulative = bound === Infinity ? total : (buckets.get(bound) ?? 0)
    const own = cumulative - before
    before = cumulative
    return own
  })
  return {
    schema: CUSTOM_BOUNDS_SCHEMA,
    count: count ?? total,
    sum,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: { spans: [{ offset: 0, length: counts.length }], counts },
    negative: { spans: [], counts: [] },
    customBounds: bounds,
    counterReset: 'unknown',
  }
}
