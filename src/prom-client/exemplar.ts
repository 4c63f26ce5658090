import type { SeriesStore } from '../metrics/index.ts'

/** As `get()` shows it. */
export interface ExemplarValue {
  readonly labelSet: Readonly<Record<string, string>>
  readonly value: number
  /** Seconds since the epoch. */
  readonly timestamp: number
}

/** Keeps the exemplar of what was just recorded. @throws RangeError when its labels are too long. */
export function mark(store: SeriesStore, slot: number, bucket: number, given: object, value: number): void {
  const labels: Record<string, string> = {}
  let length = 0
  for (const [name, text] of Object.entries(given)) {
    labels[name] = String(text)
    length += name.length + String(text).length
  }
  if (length > 128) throw new RangeError('Label set size must be smaller than 128 UTF-8 chars')
  store.mark(slot, bucket, { labels, at: Date.now() }, value)
}

export function exemplarOf(store: SeriesStore, slot: number, bucket: number): ExemplarValue | undefined {
  const exemplar = store.exemplar(slot, bucket)
  return exemplar && { labelSet: exemplar.labels, value: exemplar.value, timestamp: exemplar.at / 1000 }
}
