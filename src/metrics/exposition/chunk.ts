import type { Exemplar, MetricReader } from '../reader.ts'
import { Scratch } from './scratch.ts'
import type { Revision, SeriesWriter } from './series-writer.ts'

/** One for all pages: a chunk is put together without a pause. */
const scratch = new Scratch()

const NONE = new Uint8Array()

/** What a chunk was last rendered as, and from what. */
interface Rendered {
  bytes: Uint8Array
  /** Pages that are handing the bytes out just now; Infinity: somebody may keep them. Not to be written to meanwhile. */
  readers: number
  /** The numbers they show, as the metric's pages hold them. */
  readonly values: Float64Array
  /** Of the series at hand while it is brought up to date: one object for all. */
  readonly revision: Revision
  /** Where each series begins. */
  readonly starts: Uint32Array
  readonly marks: Uint32Array
  readonly created: Float64Array | undefined
  /** By series, then by bucket; undefined for a series that has none. */
  readonly exemplars: (readonly (Exemplar | undefined)[] | undefined)[] | undefined
}

/** A series, as it was found in its slot. */
export interface Found {
  readonly slot: number
  readonly epoch: number
}

/** Of a chunk's lines: all of them anew, numbers in some of them, or nothing. */
export type Wrote = 'all' | 'some' | 'none'

/** Some series of a metric, as they were at one moment, and their bytes. */
export class Chunk {
  /** Of its bytes, what the ledger knows of. */
  held = 0
  /** Belongs to no plan but those of pages that are under way. */
  retired = false
  readonly #metric: MetricReader
  readonly #writer: SeriesWriter
  readonly #slots: Uint32Array
  readonly #epochs: Float64Array
  #rendered: Rendered | undefined

  constructor(metric: MetricReader, writer: SeriesWriter, found: readonly Found[]) {
    this.#metric = metric
    this.#writer = writer
    this.#slots = Uint32Array.from(found, ({ slot }) => slot)
    this.#epochs = Float64Array.from(found, ({ epoch }) => epoch)
  }

  get series(): number {
    return this.#slots.length
  }

  /** What it occupies to be rendered again cheaply. */
  get heldBytes(): number {
    if (this.#rendered === undefined) return 0
    const { bytes, values, starts, marks, created } = this.#rendered
    return (
      bytes.buffer.byteLength +
      values.byteLength +
      starts.byteLength +
      marks.byteLength +
      (created?.byteLength ?? 0) +
      256
    )
  }

  /** Those of its series that are still there. */
  survivors(): Found[] {
    const found: Found[] = []
    this.#slots.forEach((slot, i) => {
      if (this.#survives(slot, i)) found.push({ slot, epoch: this.#epochs[i] ?? 0 })
    })
    return found
  }

  forget(): void {
    this.#rendered = undefined
  }

  /**
   * Its bytes as of now. Only right while all its series survive. They are to be given back when `transient`, else they are
   * never changed any more. `wrote` tells how much had to be written.
   */
  render(transient: boolean): { readonly bytes: Uint8Array; readonly wrote: Wrote } {
    const { rendered, wrote } = this.#current()
    rendered.readers += transient ? 1 : Infinity
    return { bytes: rendered.bytes, wrote }
  }

  /** Nobody looks any more at what a transient rendering returned. */
  giveBack(bytes: Uint8Array): void {
    if (this.#rendered?.bytes.buffer === bytes.buffer) this.#rendered.readers--
  }

  #current(): { readonly rendered: Rendered; readonly wrote: Wrote } {
    const rendered = this.#rendered
    // Somebody may have taken the memory away from under us by transferring what we handed out.
    if (rendered !== undefined && (rendered.bytes.length > 0 || this.#slots.length === 0)) {
      return { rendered, wrote: this.#revise(rendered) ? 'some' : 'none' }
    }
    this.#rendered = this.#renderAnew(this.#slots)
    return { rendered: this.#rendered, wrote: 'all' }
  }

  /** The bytes of those of its series that are still there, remembering nothing. */
  renderRest(): Uint8Array {
    return this.#renderAnew(this.#slots.filter(this.#survives)).bytes
  }

  readonly #survives = (slot: number, i: number): boolean =>
    slot < this.#metric.slots && this.#metric.epoch(slot) === this.#epochs[i]

  #renderAnew(slots: Uint32Array): Rendered {
    const metric = this.#metric
    const writer = this.#writer
    const { length } = slots
    const values = new Float64Array(length * metric.width)
    const marks = new Uint32Array(length * writer.marks)
    const rendered: Rendered = {
      bytes: NONE,
      readers: 0,
      values,
      revision: { metric, slot: 0, values, value: 0, marks, mark: 0, start: 0, end: 0 },
      starts: new Uint32Array(length),
      marks,
      created: writer.created ? new Float64Array(length) : undefined,
      exemplars: writer.exemplars > 0 ? [] : undefined,
    }
    scratch.start()
    for (let i = 0; i < length; i++) {
      const slot = slots[i] ?? 0
      rendered.starts[i] = scratch.at
      this.#remember(rendered, i, slot)
      writer.write(scratch, slot, rendered.marks, i * writer.marks)
    }
    rendered.bytes = scratch.take()
    return rendered
  }

  /** Brings the bytes up to date. False when they were. */
  #revise(rendered: Rendered): boolean {
    const metric = this.#metric
    const writer = this.#writer
    const slots = this.#slots
    const { bytes, values, starts, marks, revision } = rendered
    const { width } = metric
    const { length } = slots
    let wrote = false
    for (let i = 0; i < length; i++) {
      const slot = slots[i] ?? 0
      const end = (i + 1 < length ? starts[i + 1] : bytes.length) ?? 0
      const renew = (rendered.created !== undefined || rendered.exemplars !== undefined) && this.#altered(rendered, i)
      if (!renew && isSame(metric.page(slot), metric.offset(slot), values, i * width, width)) {
        if (wrote) move(starts, marks, i, writer.marks, scratch.at - scratch.from)
        continue
      }
      if (!wrote) scratch.load(bytes, length * writer.lines * 32)
      wrote = true
      const start = starts[i] ?? 0
      starts[i] = start + scratch.at - scratch.from
      if (renew) {
        scratch.keepTo(start)
        scratch.from = end
        this.#remember(rendered, i, slot)
        writer.write(scratch, slot, marks, i * writer.marks)
      } else {
        revision.slot = slot
        revision.value = i * width
        revision.mark = i * writer.marks
        revision.start = start
        revision.end = end
        writer.rewrite(scratch, revision)
        copyNumbers(metric.page(slot), metric.offset(slot), values, i * width, width)
      }
    }
    if (!wrote) return false
    scratch.keepTo(bytes.length)
    const before = rendered.bytes
    rendered.bytes = scratch.take(rendered.readers === 0 ? before : undefined)
    if (rendered.bytes.buffer !== before.buffer) rendered.readers = 0
    return true
  }

  /** Whether a series has changed in what is not among its numbers. */
  #altered({ created, exemplars }: Rendered, i: number): boolean {
    const metric = this.#metric
    const slot = this.#slots[i] ?? 0
    if (created !== undefined && !Object.is(created[i], metric.createdAt(slot))) return true
    if (exemplars === undefined) return false
    const known = exemplars[i]
    for (let bucket = 0; bucket < this.#writer.exemplars; bucket++) {
      if (metric.exemplar(slot, bucket) !== known?.[bucket]) return true
    }
    return false
  }

  #remember({ values, created, exemplars }: Rendered, i: number, slot: number): void {
    const metric = this.#metric
    const { width } = metric
    copyNumbers(metric.page(slot), metric.offset(slot), values, i * width, width)
    if (created !== undefined) created[i] = metric.createdAt(slot)
    if (exemplars === undefined) return
    let found: (Exemplar | undefined)[] | undefined
    for (let bucket = 0; bucket < this.#writer.exemplars; bucket++) {
      const exemplar = metric.exemplar(slot, bucket)
      if (exemplar === undefined) continue
      found ??= Array.from({ length: this.#writer.exemplars }, () => undefined)
      found[bucket] = exemplar
    }
    exemplars[i] = found
  }
}

/** NaN equals itself here. */
function isSame(page: Float64Array, at: number, values: Float64Array, value: number, width: number): boolean {
  for (let i = 0; i < width; i++) {
    const now = page[at + i] ?? 0
    const then = values[value + i] ?? 0
    if (now !== then && (now === now || then === then)) return false // oxlint-disable-line no-self-compare -- for NaN
  }
  return true
}

function copyNumbers(page: Float64Array, at: number, values: Float64Array, value: number, width: number): void {
  for (let i = 0; i < width; i++) values[value + i] = page[at + i] ?? 0
}

function move(starts: Uint32Array, marks: Uint32Array, series: number, width: number, shift: number): void {
  if (shift === 0) return
  starts[series] = (starts[series] ?? 0) + shift
  for (let i = series * width; i < (series + 1) * width; i++) marks[i] = (marks[i] ?? 0) + shift
}
