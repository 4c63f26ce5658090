import type { Mergeable } from '../merge/aggregate.ts'
import { MOST_SERIES, readOutline } from '../merge/outline.ts'
import { RemoteMetric } from '../merge/remote-metric.ts'
import type { SourceStats } from '../merge/source.ts'
import type { Claimed } from './message.ts'

/** What came in a message of another process, checked. */
interface Received {
  readonly state: string
  readonly layout: readonly number[]
  readonly numbers: Float64Array
}

interface Extent {
  readonly slots: number
  readonly width: number
}

/** Reads what another process says that it counts. Whatever it says, this does not throw. */
export class RowsReader {
  readonly #stats: SourceStats
  /** By key; undefined: a metric that was refused. */
  #metrics = new Map<number, RemoteMetric | undefined>()
  /** What of the other process's state is known here; empty: nothing. */
  state = ''

  constructor(stats: SourceStats) {
    this.#stats = stats
  }

  metrics(): Iterable<Mergeable> {
    return Array.from(this.#metrics.values()).filter((metric) => metric !== undefined)
  }

  read(message: Claimed): void {
    const { base, changes } = message
    // Something was lost on the way: the next pull says so, and is answered in full.
    if (base !== '' && base !== this.state) return
    const received = receive(message)
    if (received === undefined || !Array.isArray(changes)) {
      this.#stats.refused++
      this.state = ''
      return
    }
    const metrics = base === '' ? new Map<number, RemoteMetric | undefined>() : this.#metrics
    const present = new Map<number, Extent>()
    for (let i = 0; i < received.layout.length; i += 3) {
      const [key = 0, slots = 0, width = 0] = received.layout.slice(i, i + 3)
      present.set(key, { slots, width })
    }
    for (const change of changes) this.#change(metrics, present, change)
    for (const key of metrics.keys()) if (!present.has(key)) metrics.delete(key)
    this.#metrics = metrics
    this.state = received.state
    this.#setNumbers(received)
  }

  #change(metrics: Map<number, RemoteMetric | undefined>, present: ReadonlyMap<number, Extent>, change: unknown): void {
    const [key, told, slots]: readonly unknown[] = Array.isArray(change) ? change : []
    if (typeof key !== 'number' || !Array.isArray(slots)) {
      this.#stats.refused++
      return
    }
    if (told !== null) {
      const outline = readOutline(told)
      const isWhole = outline !== undefined && outline.width === present.get(key)?.width
      if (!isWhole) this.#stats.refused++
      metrics.set(key, isWhole ? new RemoteMetric(outline) : undefined)
    }
    const metric = metrics.get(key)
    const extent = present.get(key)
    if (metric === undefined || extent?.width !== metric.width) return
    for (const slot of slots) if (!changeSlot(metric, extent.slots, slot)) this.#stats.refused++
  }

  #setNumbers({ layout, numbers }: Received): void {
    let at = 0
    for (let i = 0; i < layout.length; i += 3) {
      const [key = 0, slots = 0, width = 0] = layout.slice(i, i + 3)
      const metric = this.#metrics.get(key)
      if (metric?.width === width) setNumbers(metric, slots, numbers, at)
      at += slots * width
    }
  }
}

function setNumbers(metric: RemoteMetric, slots: number, numbers: Float64Array, start: number): void {
  const { width } = metric
  let at = start
  for (let slot = 0; slot < metric.slots; slot++) {
    if (slot >= slots) {
      metric.vacate(slot)
      continue
    }
    const page = metric.page(slot)
    const to = metric.offset(slot)
    for (let k = 0; k < width; k++) page[to + k] = numbers[at++] ?? 0
  }
}

/** False: it says what cannot be. */
function changeSlot(metric: RemoteMetric, slots: number, change: unknown): boolean {
  const [slot, epoch, began, ...labels]: readonly unknown[] = Array.isArray(change) ? change : []
  const isSlot = typeof slot === 'number' && Number.isInteger(slot) && slot >= 0 && slot < slots
  if (!isSlot || typeof epoch !== 'number' || !Number.isFinite(epoch)) return false
  if (metric.labelNames.length === 0 && slot > 0) return false
  metric.vacate(slot)
  if (epoch === 0) return true
  const texts = labels.map((label) => (typeof label === 'string' ? label.toWellFormed() : undefined))
  if (
    labels.length !== metric.labelNames.length ||
    labels.some((label, i) => label !== null && texts[i] === undefined)
  ) {
    return false
  }
  metric.place(slot, epoch, texts)
  if (typeof began === 'number') metric.began(slot, began)
  return true
}

function receive({ state, layout, numbers }: Claimed): Received | undefined {
  if (typeof state !== 'string' || state === '' || !isLayout(layout)) return undefined
  const bytes = typeof numbers === 'string' ? Buffer.from(numbers, 'base64') : numbers
  if (!(bytes instanceof Uint8Array)) return undefined
  let total = 0
  for (let i = 0; i < layout.length; i += 3) total += (layout[i + 1] ?? 0) * (layout[i + 2] ?? 0)
  if (bytes.length !== total * 8) return undefined
  const aligned = new Float64Array(total)
  new Uint8Array(aligned.buffer).set(bytes)
  return { state, layout, numbers: aligned }
}

function isLayout(layout: unknown): layout is readonly number[] {
  if (!Array.isArray(layout) || layout.length % 3 !== 0) return false
  return layout.every((item) => typeof item === 'number' && Number.isInteger(item) && item >= 0 && item <= MOST_SERIES)
}
