import { type HistogramValue, isStale, setStale } from '../../series/index.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import { type Column, createColumn } from '../chunk/column.ts'
import { decodeHistograms, encodeHistograms, sameLayout } from '../chunk/histograms.ts'
import { decodeSamples, encodeSamples } from '../chunk/samples.ts'
import type { FloatSource, Sources } from '../read/source.ts'

/** Samples to a chunk. */
const CHUNK = 120
const FIRST_CAPACITY = 8
/** Roughly what an object and its arrays cost beside their contents. */
const OVERHEAD = 200

/** A closed chunk with times of its own. */
export interface OwnChunk {
  readonly kind: 'floats' | 'histograms'
  readonly minTime: number
  readonly maxTime: number
  readonly count: number
  readonly hasStarts: boolean
  readonly bytes: Uint8Array
}

interface Floats {
  times: Column
  values: Column
  starts: Column
  count: number
  hasStarts: boolean
}

interface Histograms {
  readonly times: number[]
  readonly values: HistogramValue[]
  readonly starts: number[]
}

const out = new ByteWriter(4096)

function noFloats(): Floats {
  return {
    times: createColumn(FIRST_CAPACITY),
    values: createColumn(FIRST_CAPACITY),
    starts: createColumn(FIRST_CAPACITY),
    count: 0,
    hasStarts: false,
  }
}

/** Samples of one series that came one by one: closed chunks, an open end, and those that came late. */
export class OwnSamples {
  readonly #windowMs: number
  readonly #grew: (bytes: number) => void
  #chunks: OwnChunk[] = []
  #floats: Floats | undefined
  #late: Floats | undefined
  #histograms: Histograms | undefined

  /** No chunk reaches over a multiple of `windowMs`. `grew` hears how many bytes are held more, or less. */
  constructor(windowMs: number, grew: (bytes: number) => void) {
    this.#windowMs = windowMs
    this.#grew = grew
  }

  /** `at` must be above all times that came in order; the value is `from[i]`. */
  append(at: number, from: Float64Array, i: number, start: number): void {
    this.#closeHistograms()
    if (this.#floats !== undefined && this.#mustClose(this.#floats, at)) this.#closeFloats()
    this.#floats ??= this.#open()
    put(this.#floats, this.#floats.count, at, from, i, start, this.#grew)
  }

  appendHistogram(at: number, value: HistogramValue, start: number): void {
    this.#closeFloats()
    const open = this.#histograms
    const before = open?.values[0]
    const fits =
      open !== undefined &&
      before !== undefined &&
      open.values.length < CHUNK &&
      sameLayout(before, value) &&
      this.#window(open.times[0] ?? 0) === this.#window(at)
    if (!fits) this.#closeHistograms()
    this.#histograms ??= { times: [], values: [], starts: [] }
    this.#histograms.times.push(at)
    this.#histograms.values.push(value)
    this.#histograms.starts.push(start)
    this.#grew(histogramBytes(value))
  }

  /** A sample older than the newest. False: another value is there at that time. */
  appendLate(at: number, from: Float64Array, i: number, start: number): boolean {
    if (this.#late !== undefined && this.#mustClose(this.#late, at)) this.#closeLate()
    this.#late ??= this.#open()
    const late = this.#late
    let place = late.count
    while (place > 0 && (late.times.values[place - 1] ?? 0) >= at) place--
    if (place < late.count && late.times.values[place] === at) return sameBits(late.values, place, from, i)
    put(late, place, at, from, i, start, this.#grew)
    return true
  }

  /** Whether the newest sample is a float with these very bits. */
  repeats(from: Float64Array, i: number): boolean {
    const open = this.#floats
    return open !== undefined && open.count > 0 && sameBits(open.values, open.count - 1, from, i)
  }

  get empty(): boolean {
    return this.#chunks.length === 0 && [this.#floats, this.#late, this.#histograms].every((one) => one === undefined)
  }

  /** Oldest sample that is still here, or Infinity. */
  get minTime(): number {
    const first = this.#chunks.reduce((min, { minTime }) => Math.min(min, minTime), Infinity)
    const open = [this.#floats?.times.values[0], this.#late?.times.values[0], this.#histograms?.times[0]]
    return Math.min(first, ...open.map((time) => time ?? Infinity))
  }

  /** Lets go of what lies wholly below `floor`; returns how many samples. */
  dropBefore(floor: number): number {
    let dropped = 0
    const old = (maxTime: number): boolean => maxTime < floor
    for (const chunk of this.#chunks) {
      if (!old(chunk.maxTime)) continue
      dropped += chunk.count
      this.#grew(-bytesOf(chunk))
    }
    if (dropped > 0) this.#chunks = this.#chunks.filter(({ maxTime }) => !old(maxTime))
    for (const open of [this.#floats, this.#late]) {
      if (open === undefined || !old(open.times.values[open.count - 1] ?? Infinity)) continue
      dropped += open.count
      this.#grew(-floatBytes(open))
      if (open === this.#floats) this.#floats = undefined
      else this.#late = undefined
    }
    if (this.#histograms !== undefined && old(this.#histograms.times.at(-1) ?? Infinity)) {
      dropped += this.#histograms.times.length
      this.#grew(-this.#histograms.values.reduce((sum, value) => sum + histogramBytes(value), 0))
      this.#histograms = undefined
    }
    return dropped
  }

  /** Closed chunks, with what is open closed for the purpose: that lie wholly below `end`. */
  chunksBefore(end: number): readonly OwnChunk[] {
    if ((this.#floats?.times.values[0] ?? end) < end) this.#closeFloats()
    if ((this.#late?.times.values[0] ?? end) < end) this.#closeLate()
    if ((this.#histograms?.times[0] ?? end) < end) this.#closeHistograms()
    return this.#chunks.filter(({ maxTime }) => maxTime < end)
  }

  /** Closed chunks' times and sizes: what may be dropped. */
  get chunks(): readonly OwnChunk[] {
    return this.#chunks
  }

  collect(sources: Sources, from: number, to: number): void {
    for (const chunk of this.#chunks) if (chunk.minTime <= to && chunk.maxTime >= from) addChunk(chunk, sources)
    if (this.#floats !== undefined) sources.floats.push(openSource(this.#floats))
    const histograms = this.#histograms
    if (histograms !== undefined) {
      sources.histograms.push({
        minTime: histograms.times[0] ?? 0,
        maxTime: histograms.times.at(-1) ?? 0,
        read: () => columnsOf(histograms),
      })
    }
    // Last, so that what came in order counts.
    if (this.#late !== undefined) sources.floats.push(openSource(this.#late))
  }

  #window(at: number): number {
    return Math.floor(at / this.#windowMs)
  }

  #mustClose(open: Floats, at: number): boolean {
    return open.count >= CHUNK || this.#window(open.times.values[0] ?? 0) !== this.#window(at)
  }

  #open(): Floats {
    const open = noFloats()
    this.#grew(floatBytes(open))
    return open
  }

  #closeFloats(): void {
    if (this.#floats === undefined) return
    this.#keep(closeFloats(this.#floats), floatBytes(this.#floats))
    this.#floats = undefined
  }

  #closeLate(): void {
    if (this.#late === undefined) return
    this.#keep(closeFloats(this.#late), floatBytes(this.#late))
    this.#late = undefined
  }

  #closeHistograms(): void {
    const open = this.#histograms
    if (open === undefined) return
    const columns = columnsOf(open)
    out.truncate()
    encodeHistograms(out, columns)
    this.#keep(
      {
        kind: 'histograms',
        minTime: open.times[0] ?? 0,
        maxTime: open.times.at(-1) ?? 0,
        count: open.times.length,
        hasStarts: columns.startTimes !== undefined,
        bytes: out.copy(),
      },
      open.values.reduce((sum, value) => sum + histogramBytes(value), 0),
    )
    this.#histograms = undefined
  }

  #keep(chunk: OwnChunk, replaced: number): void {
    this.#chunks.push(chunk)
    this.#grew(bytesOf(chunk) - replaced)
  }
}

function put(
  open: Floats,
  place: number,
  at: number,
  from: Float64Array,
  i: number,
  start: number,
  grew: (bytes: number) => void,
): void {
  const capacity = open.times.values.length
  if (open.count === capacity) {
    const before = floatBytes(open)
    for (const name of ['times', 'values', 'starts'] as const) {
      const grown = createColumn(Math.min(CHUNK, capacity * 2))
      grown.words.set(open[name].words)
      open[name] = grown
    }
    grew(floatBytes(open) - before)
  }
  if (place < open.count) {
    for (const { words } of [open.times, open.values, open.starts])
      words.copyWithin(place * 2 + 2, place * 2, open.count * 2)
  }
  open.times.values[place] = at
  open.values.values[place] = from[i] ?? 0
  if (isStale(from, i)) setStale(open.values.values, place)
  open.starts.values[place] = start
  if (start !== 0) open.hasStarts = true
  open.count++
}

function sameBits(column: Column, place: number, from: Float64Array, i: number): boolean {
  const value = column.values[place] ?? 0
  return Object.is(value, from[i]) && isStale(column.values, place) === isStale(from, i)
}

function closeFloats(open: Floats): OwnChunk {
  const { times, values, starts, count, hasStarts } = open
  out.truncate()
  encodeSamples(out, { times, values, starts: hasStarts ? starts : undefined }, count)
  return {
    kind: 'floats',
    minTime: times.values[0] ?? 0,
    maxTime: times.values[count - 1] ?? 0,
    count,
    hasStarts,
    bytes: out.copy(),
  }
}

function openSource(open: Floats): FloatSource {
  const { times, values, starts, count, hasStarts } = open
  return {
    minTime: times.values[0] ?? 0,
    maxTime: times.values[count - 1] ?? 0,
    count,
    hasStarts,
    sharedTimes: undefined,
    read: (into, at) => {
      into.times.words.set(times.words.subarray(0, count * 2), at * 2)
      into.values.words.set(values.words.subarray(0, count * 2), at * 2)
      into.starts?.words.set(starts.words.subarray(0, count * 2), at * 2)
    },
  }
}

/** A closed chunk, as something to read. */
export function addChunk({ kind, minTime, maxTime, count, hasStarts, bytes }: OwnChunk, sources: Sources): void {
  if (kind === 'histograms') {
    sources.histograms.push({ minTime, maxTime, read: () => decodeHistograms(bytes) })
    return
  }
  sources.floats.push({
    minTime,
    maxTime,
    count,
    hasStarts,
    sharedTimes: undefined,
    read: (into, at) => {
      decodeSamples(bytes, 0, into, at)
    },
  })
}

function columnsOf({ times, values, starts }: Histograms): {
  times: Float64Array
  values: readonly HistogramValue[]
  startTimes: Float64Array | undefined
} {
  const known = starts.some((start) => start !== 0)
  return {
    times: Float64Array.from(times),
    values,
    startTimes: known ? Float64Array.from(starts) : undefined,
  }
}

function floatBytes(open: Floats): number {
  return OVERHEAD * 3 + open.times.values.length * 24
}

function bytesOf(chunk: OwnChunk): number {
  return OVERHEAD + chunk.bytes.length
}

function histogramBytes({ positive, negative }: HistogramValue): number {
  return OVERHEAD * 2 + (positive.counts.length + negative.counts.length) * 8
}
