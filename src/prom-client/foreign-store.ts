import { createSeriesStore, type SeriesStore } from '../metrics/index.ts'
import type { MetricData } from './page.ts'

type Kind = 'counter' | 'gauge' | 'histogram' | 'summary'
type Row = NonNullable<MetricData['values']>[number]

/** What a metric of no kind of ours has told, in cells. */
export function foreignStore({ name, help, type, values = [] }: MetricData): SeriesStore {
  const kind: Kind = type === 'counter' || type === 'histogram' || type === 'summary' ? type : 'gauge'
  const own = kind === 'histogram' ? 'le' : kind === 'summary' ? 'quantile' : ''
  const rows = values.map((row) => ({ row, labels: new Map(Object.entries({ ...row.labels, ...row.sharedLabels })) }))
  const steps = rows.map(({ labels }) => Number(labels.get(own))).filter(Number.isFinite)
  const ladder = own === '' ? [] : [...new Set(steps)].sort((a, b) => a - b)
  const labelNames = [...new Set(rows.flatMap(({ labels }) => [...labels.keys()]))].filter((label) => label !== own)
  const store = createSeriesStore({
    kind,
    name,
    help,
    labelNames,
    bounds: kind === 'histogram' ? ladder : [],
    quantiles: kind === 'summary' ? ladder : [],
    maxSeries: Math.max(1, rows.length),
    stats: { overflowed: 0, collectFailures: 0, exemplarsDropped: 0, expired: 0 },
    // Since when it counts it does not tell.
    now: () => NaN,
  })
  for (const { row, labels } of rows) {
    const place = placeOf(row, kind, ladder, labels.get(own))
    if (place === undefined) continue
    const texts = labelNames.map((label) => (labels.has(label) ? String(labels.get(label)) : undefined))
    const slot = labelNames.length === 0 ? 0 : store.enter(texts)
    store.page(slot)[store.offset(slot) + place] = Number(row.value)
  }
  if (kind === 'histogram') separate(store, ladder.length)
  return store
}

/** Which of its series' numbers the row is. */
function placeOf({ metricName = '' }: Row, kind: Kind, ladder: readonly number[], step: unknown): number | undefined {
  switch (kind) {
    case 'counter':
    case 'gauge':
      return 0
    case 'histogram':
      if (step !== undefined) return step === '+Inf' ? ladder.length : ladder.indexOf(Number(step))
      return metricName.endsWith('_sum') ? ladder.length + 1 : undefined
    case 'summary':
      if (step !== undefined) return 2 + ladder.indexOf(Number(step))
      return metricName.endsWith('_sum') ? 1 : 0
  }
}

/** Makes of each bucket's cumulative count its own. */
function separate(store: SeriesStore, last: number): void {
  for (let slot = 0; slot < store.slots; slot++) {
    const page = store.page(slot)
    const at = store.offset(slot)
    for (let i = last; i > 0; i--) page[at + i] = (page[at + i] ?? 0) - (page[at + i - 1] ?? 0)
  }
}
