import type { Exemplar, NativeSnapshot } from '../reader.ts'
import { OVERFLOW } from '../series/label-value-ids.ts'
import { grown } from '../series/series-index.ts'
import { isCumulative, type Mergeable } from './aggregate.ts'
import { combine } from './combine.ts'
import { outlineOf } from './outline.ts'
import { Outlined } from './outlined.ts'
import { Part, type Whole } from './part.ts'

/** One metric of several threads and processes, read like any other. Its numbers are those of the last `update`. */
export class MergedMetric extends Outlined implements Mergeable, Whole {
  slots = 0
  version = 0
  readonly #stats: { overflowed: number }
  readonly #parts: Part[] = []
  readonly #slotByKey = new Map<string, number>()
  readonly #keys: string[] = []
  readonly #labels: (readonly (string | undefined)[])[] = []
  readonly #epochs: number[] = []
  /** How many slots of parts go to a slot; what ended threads and processes left there is one more. */
  readonly #claims: number[] = []
  readonly #free: number[] = []
  #made = 0
  #numbers = new Float64Array(0)
  /** What ended threads and processes left, and since when. */
  #kept: Float64Array | undefined
  readonly #keptSince: (number | undefined)[] = []

  constructor(like: Mergeable, stats: { overflowed: number }) {
    super(outlineOf(like))
    this.#stats = stats
  }

  /** @param first whether it stands before the others, as the registry's own metric does. */
  add(reader: Mergeable, first: boolean): Part {
    const part = new Part(reader)
    if (first) this.#parts.unshift(part)
    else this.#parts.push(part)
    return part
  }

  drop(part: Part): void {
    part.leave(this)
    this.#parts.splice(this.#parts.indexOf(part), 1)
  }

  /** Drops a part that will not come back; what it counted stays, when it is of the kind that only grows. */
  keep(part: Part): void {
    part.follow(this)
    if (isCumulative(this)) this.#keep(part)
    this.drop(part)
  }

  /** Nobody has a share in it any more, nor left one. */
  isEmpty(): boolean {
    return this.#kept === undefined && this.#parts.length === 0
  }

  /** Who may be read in its place: the one that all of it comes from. */
  get only(): Mergeable | undefined {
    return this.#kept === undefined && this.#parts.length === 1 ? this.#parts[0]?.reader : undefined
  }

  /** Brings series and numbers up to date, at once: who reads between two turns of the event loop sees them whole. */
  update(): void {
    for (const part of this.#parts) part.follow(this)
    combine(this.#numbers, this, this.#parts, this.#kept, this.#keptSince)
  }

  epoch(slot: number): number {
    return this.#epochs[slot] ?? 0
  }

  label(slot: number, i: number): string | undefined {
    return this.#labels[slot]?.[i]
  }

  page(_slot: number): Float64Array {
    return this.#numbers
  }

  offset(slot: number): number {
    return slot * this.width
  }

  /** The earliest known. */
  createdAt(slot: number): number {
    let earliest = this.#keptSince[slot] ?? NaN
    for (const part of this.#parts) {
      const origin = part.origin(slot)
      const at = origin === undefined ? NaN : part.reader.createdAt(origin)
      if (!(at >= earliest)) earliest = Number.isNaN(at) ? earliest : at
    }
    return earliest
  }

  exemplar(slot: number, bucket: number): Exemplar | undefined {
    for (const part of this.#parts) {
      const origin = part.origin(slot)
      const found = origin === undefined ? undefined : part.reader.exemplar(origin, bucket)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** Only of a series that one alone has: native histograms of several are not added up. */
  native(slot: number): NativeSnapshot | undefined {
    if (this.#claims[slot] !== 1 || this.#keptSince[slot] !== undefined) return undefined
    for (const part of this.#parts) {
      const origin = part.origin(slot)
      if (origin !== undefined) return part.reader.native(origin)
    }
    return undefined
  }

  claim(labels: readonly (string | undefined)[]): number {
    // JSON is injective: texts are quoted, and an absent label is a bare null.
    const key = JSON.stringify(labels)
    const known = this.#slotByKey.get(key)
    if (known === undefined) return this.#isFull() ? this.#claimOverflow() : this.#occupy(key, labels)
    this.#claims[known] = (this.#claims[known] ?? 0) + 1
    return known
  }

  release(slot: number): void {
    const claims = (this.#claims[slot] ?? 0) - 1
    this.#claims[slot] = claims
    if (claims > 0) return
    this.#slotByKey.delete(this.#keys[slot] ?? '')
    this.#epochs[slot] = 0
    this.#labels[slot] = []
    this.#free.push(slot)
    this.version++
  }

  #occupy(key: string, labels: readonly (string | undefined)[]): number {
    const slot = this.#free.pop() ?? this.slots++
    const end = (slot + 1) * this.width
    if (end > this.#numbers.length) this.#numbers = grown(this.#numbers, end)
    this.#slotByKey.set(key, slot)
    this.#keys[slot] = key
    this.#labels[slot] = labels
    this.#epochs[slot] = ++this.#made
    this.#claims[slot] = 1
    this.version++
    return slot
  }

  #isFull(): boolean {
    const held = this.#slotByKey.size
    if (held < this.maxSeries) return false
    return held - (this.#slotByKey.has(this.#overflowKey()) ? 1 : 0) >= this.maxSeries
  }

  #claimOverflow(): number {
    this.#stats.overflowed++
    const key = this.#overflowKey()
    const known = this.#slotByKey.get(key)
    if (known === undefined) {
      return this.#occupy(
        key,
        this.labelNames.map(() => OVERFLOW),
      )
    }
    this.#claims[known] = (this.#claims[known] ?? 0) + 1
    return known
  }

  #overflowKey(): string {
    return JSON.stringify(this.labelNames.map(() => OVERFLOW))
  }

  #keep(part: Part): void {
    const { reader, targets } = part
    const kept = new Float64Array(this.#numbers.length)
    kept.set(this.#kept ?? [])
    this.#kept = kept
    targets.forEach((target, slot) => {
      if (target < 0) return
      const page = reader.page(slot)
      const from = reader.offset(slot)
      const to = target * this.width
      for (let k = 0; k < this.width; k++) {
        const value = page[from + k] ?? 0
        const before = kept[to + k] ?? 0
        kept[to + k] = this.aggregate === 'sum' ? before + value : Math.max(before, value)
      }
      const since = this.#keptSince[target]
      if (since === undefined) this.#claims[target] = (this.#claims[target] ?? 0) + 1
      const at = reader.createdAt(slot)
      this.#keptSince[target] = since === undefined || at < since || Number.isNaN(since) ? at : since
    })
  }
}
