import type { Mergeable } from '../merge/aggregate.ts'
import { outlineOf } from '../merge/outline.ts'
import { type MetricChange, type Rows, rows, type SlotChange } from './message.ts'

/** What the other end knows of a metric. */
interface Known {
  readonly key: number
  readonly epochs: number[]
  readonly began: number[]
}

/** Puts a registry's numbers into messages. Whose they are is told once. */
export class RowsWriter {
  readonly #session: string = Math.random().toString(36).slice(2)
  #known = new Map<Mergeable, Known>()
  #keys = 0
  #sequence = 0
  #state = ''

  /** @param have what the other end knows; undefined: what was told last. */
  write(id: number, metrics: Iterable<Mergeable>, have: string | undefined, asBytes: boolean): Rows {
    if (have !== undefined && have !== this.#state) {
      this.#known.clear()
      this.#state = ''
    }
    const base = this.#state
    this.#state = `${this.#session}:${++this.#sequence}`
    const list = Array.from(metrics, (metric) => metric.fine ?? metric)
    const before = this.#known
    this.#known = new Map()
    const layout: number[] = []
    const changes: MetricChange[] = []
    let total = 0
    for (const metric of list) {
      const told = before.get(metric)
      const known = told ?? { key: ++this.#keys, epochs: [], began: [] }
      this.#known.set(metric, known)
      layout.push(known.key, metric.slots, metric.width)
      total += metric.slots * metric.width
      const slots = changesOf(metric, known)
      if (told === undefined || slots.length > 0) {
        changes.push([known.key, told === undefined ? outlineOf(metric) : null, slots])
      }
    }
    const bytes = new Uint8Array(numbersOf(list, total).buffer)
    const numbers = asBytes ? bytes : Buffer.from(bytes.buffer).toString('base64')
    return rows({ id, base, state: this.#state, layout, changes, numbers })
  }
}

function changesOf(metric: Mergeable, known: Known): SlotChange[] {
  const changes: SlotChange[] = []
  for (let slot = 0; slot < metric.slots; slot++) {
    const epoch = metric.epoch(slot)
    const began = metric.createdAt(slot)
    if (epoch === (known.epochs[slot] ?? 0) && (epoch === 0 || Object.is(began, known.began[slot]))) continue
    known.epochs[slot] = epoch
    known.began[slot] = began
    if (epoch === 0) {
      changes.push([slot, 0])
      continue
    }
    const labels = metric.labelNames.map((_, i) => metric.label(slot, i) ?? null)
    changes.push([slot, epoch, Number.isNaN(began) ? null : began, ...labels])
  }
  // It may have fewer slots than before; then the other end drops the rest by itself.
  known.epochs.length = metric.slots
  known.began.length = metric.slots
  return changes
}

function numbersOf(metrics: readonly Mergeable[], total: number): Float64Array<ArrayBuffer> {
  const numbers = new Float64Array(total)
  let at = 0
  for (const metric of metrics) {
    const { slots, width } = metric
    for (let slot = 0; slot < slots; slot++) {
      const page = metric.page(slot)
      const from = metric.offset(slot)
      for (let k = 0; k < width; k++) numbers[at++] = page[from + k] ?? 0
    }
  }
  return numbers
}
