import type { RuleSample } from '../../alerting/index.ts'
import { MemoryStore, parseRow, parseValues, type StoredSample, type StoredValue } from '../../promql/index.ts'
import type { LabelSet } from '../../series/index.ts'

interface Input {
  readonly labels: LabelSet
  readonly samples: readonly StoredSample[]
  next: number
}

/** The series of a test: its input, which comes as time goes on, and what the rules give. */
export class TestStore {
  readonly queryable: MemoryStore = new MemoryStore()
  readonly #inputs = new Map<string, Input>()
  readonly #stored = new Map<string, StoredValue>()

  /** A series that comes twice is the later one. @throws RangeError for what is no series, or no values. */
  addInput(series: string, values: string, startAt: number, intervalMs: number): void {
    const { labels } = parseRow(series)
    const samples = parseValues(values).flatMap((notated, i): readonly StoredSample[] =>
      notated === undefined ? [] : [{ time: startAt + i * intervalMs, value: notated.value, startTime: 0 }],
    )
    this.#inputs.set(labels.key, { labels, samples, next: 0 })
  }

  loadUntil(at: number): void {
    for (const input of this.#inputs.values()) {
      for (let sample = input.samples[input.next]; sample !== undefined && sample.time <= at;) {
        this.#put(input.labels, sample)
        sample = input.samples[++input.next]
      }
    }
  }

  /** Why the last that was not taken was not. */
  append(samples: readonly RuleSample[]): { readonly refused: number; readonly fault: string | undefined } {
    let refused = 0
    for (const { labels, at, value } of samples) {
      if (!this.#put(labels, { time: at, value, startTime: 0 })) refused++
    }
    return { refused, fault: refused > 0 ? 'duplicate sample for timestamp' : undefined }
  }

  #put(labels: LabelSet, sample: StoredSample): boolean {
    const key = `${sample.time} ${labels.key}`
    const known = this.#stored.get(key)
    if (known !== undefined && !Object.is(known, sample.value)) return false
    this.#stored.set(key, sample.value)
    this.queryable.append(labels, sample)
    return true
  }
}
