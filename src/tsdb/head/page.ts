import { ByteWriter } from '../chunk/byte-writer.ts'
import { createColumn } from '../chunk/column.ts'
import { decodeShared, encodeShared, shapeOf } from '../chunk/shared-samples.ts'
import type { FloatSource } from '../read/source.ts'
import { type OpenPage, PAGE_ROWS } from './open-page.ts'

/** A page that takes no more scrapes: a chunk a series, all on the same times. */
export class Page {
  readonly times: Float64Array
  /** Ascending. */
  readonly refs: Uint32Array
  /** Where each reference's chunk begins; one more says where the last ends. Equal neighbours: no samples. */
  readonly #offsets: Uint32Array
  readonly #chunks: Uint8Array
  readonly samples: number
  readonly minTime: number
  readonly maxTime: number

  constructor(times: Float64Array, refs: Uint32Array, offsets: Uint32Array, chunks: Uint8Array, samples: number) {
    this.times = times
    this.refs = refs
    this.samples = samples
    this.minTime = times[0] ?? Infinity
    this.maxTime = times.at(-1) ?? -Infinity
    this.#offsets = offsets
    this.#chunks = chunks
  }

  get bytes(): number {
    return this.#chunks.length + this.#offsets.length * 4 + this.refs.length * 4 + this.times.length * 8 + 400
  }

  /** The series' samples in the page, as a chunk on shared times. */
  chunk(ref: number): Uint8Array | undefined {
    const place = this.#placeOf(ref)
    const from = this.#offsets[place] ?? 0
    const end = this.#offsets[place + 1] ?? 0
    return place < 0 || from === end ? undefined : this.#chunks.subarray(from, end)
  }

  source(ref: number): FloatSource | undefined {
    const place = this.#placeOf(ref)
    const from = this.#offsets[place] ?? 0
    if (place < 0 || from === this.#offsets[place + 1]) return undefined
    return sharedSource(this.#chunks, from, this.times)
  }

  #placeOf(ref: number): number {
    let low = 0
    let high = this.refs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.refs[middle] ?? Infinity) < ref) low = middle + 1
      else high = middle
    }
    return this.refs[low] === ref ? low : -1
  }
}

export function sharedSource(bytes: Uint8Array, from: number, times: Float64Array): FloatSource {
  const { count, hasHoles, hasStarts } = shapeOf(bytes, from, times.length)
  return {
    // Holes may lie at the ends: then the range is wider than the samples, which does no harm.
    minTime: times[0] ?? Infinity,
    maxTime: times.at(-1) ?? -Infinity,
    count,
    hasStarts,
    sharedTimes: hasHoles ? undefined : times,
    read: (into, at) => {
      decodeShared(bytes, from, times, into, at)
    },
  }
}

const scratch = { times: createColumn(PAGE_ROWS), values: createColumn(PAGE_ROWS), starts: createColumn(PAGE_ROWS) }
const present = new Uint8Array(PAGE_ROWS)

/** Makes a Page of an open page in steps, so that no one waits for thousands of series. */
export class PageSealer {
  readonly open: OpenPage
  readonly #order: Uint32Array
  readonly refs: Uint32Array
  readonly #offsets: Uint32Array
  readonly #out: ByteWriter
  #next = 0
  #samples = 0

  /** `like`: the references of a page before; that list is kept when it is the same. */
  constructor(open: OpenPage, like: Uint32Array | undefined) {
    const { refs, width } = open.layout
    this.open = open
    this.#order = orderOf(refs.subarray(0, width))
    const sorted = this.#order.map((slot) => refs[slot] ?? 0)
    this.refs = like !== undefined && sameRefs(like, sorted) ? like : sorted
    this.#offsets = new Uint32Array(width + 1)
    this.#out = new ByteWriter(width * 128)
  }

  get width(): number {
    return this.#order.length
  }

  /** Series that are not sealed yet. */
  get left(): number {
    return this.width - this.#next
  }

  /** Seals `series` more; returns the page when all are sealed. */
  step(series: number): Page | undefined {
    const end = Math.min(this.width, this.#next + series)
    for (; this.#next < end; this.#next++) this.#seal(this.#order[this.#next] ?? 0)
    if (this.#next < this.width) return undefined
    this.#offsets[this.width] = this.#out.length
    return new Page(
      this.open.times.slice(0, this.open.count),
      this.refs,
      this.#offsets,
      this.#out.copy(),
      this.#samples,
    )
  }

  #seal(slot: number): void {
    this.#offsets[this.#next] = this.#out.length
    const starts = this.open.startsOf(slot) ? scratch.starts : undefined
    const columns = { times: scratch.times, values: scratch.values, starts }
    const count = this.open.copy(slot, columns, 0, present)
    this.#samples += count
    if (count > 0) encodeShared(this.#out, columns, count, present, this.open.count)
  }
}

/** Above all that a row has slots. */
const SLOTS = 2 ** 24

/** Slots in order of their references. */
function orderOf(refs: Uint32Array): Uint32Array {
  const ascending = refs.every((ref, i) => i === 0 || ref > (refs[i - 1] ?? 0))
  if (ascending) return refs.map((_, slot) => slot)
  // One number for both: they are sorted without a call for every two.
  const keys = Float64Array.from(refs, (ref, slot) => ref * SLOTS + slot).sort()
  return Uint32Array.from(keys, (key) => key % SLOTS)
}

function sameRefs(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
