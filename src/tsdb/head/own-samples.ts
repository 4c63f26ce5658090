import type { HistogramValue } from '../../series/index.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import {
  decodeHistograms,
  encodeHistograms,
  type HistogramSamples,
  sameHistogram,
  sameLayout,
} from '../chunk/histograms.ts'
import { decodeSamples } from '../chunk/samples.ts'
import type { Sources } from '../read/source.ts'
import { CHUNK_SAMPLES, OpenFloats, type OwnChunk } from './open-floats.ts'

export type { OwnChunk } from './open-floats.ts'

/** Roughly what an object and its arrays cost beside their contents. */
const OVERHEAD = 200

interface OpenHistograms {
  readonly times: number[]
  readonly values: HistogramValue[]
  readonly starts: number[]
}

const out = new ByteWriter(4096)

/** Samples of one series that came one by one: closed chunks, an open end, and those that came late. */
export class OwnSamples {
  readonly #windowMs: number
  readonly #grew: (bytes: number) => void
  #firstChunk: number
  #chunks: OwnChunk[] = []
  #floats: OpenFloats | undefined
  #late: OpenFloats | undefined
  #histograms: OpenHistograms | undefined

  /**
   * No chunk reaches over a multiple of `windowMs`. `grew` hears how many bytes are held more, or less. The first chunk is of
   * `firstChunk` samples, so that series that began together do not all close theirs together.
   */
  constructor(windowMs: number, grew: (bytes: number) => void, firstChunk: number = CHUNK_SAMPLES) {
    this.#windowMs = windowMs
    this.#grew = grew
    this.#firstChunk = firstChunk
  }

  /** `at` must be above all times that came in order; the value is `from[i]`. */
  append(at: number, from: Float64Array, i: number, start: number): void {
    this.#closeHistograms()
    this.#floats ??= this.#open()
    this.#put(this.#floats, at, from, i, start)
  }

  appendHistogram(at: number, value: HistogramValue, start: number): void {
    this.#close(this.#floats)
    const open = this.#histograms
    const before = open?.values[0]
    const fits =
      open !== undefined &&
      before !== undefined &&
      open.values.length < this.#firstChunk &&
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
    this.#late ??= this.#open()
    return this.#put(this.#late, at, from, i, start)
  }

  /** Whether the newest sample is a float with these very bits. */
  repeats(from: Float64Array, i: number): boolean {
    const open = this.#floats
    return open !== undefined && open.count > 0 && open.holds(open.count - 1, from, i)
  }

  /** Whether the newest sample is this very histogram. */
  repeatsHistogram(value: HistogramValue): boolean {
    const newest = this.#histograms?.values.at(-1)
    return newest !== undefined && sameHistogram(newest, value)
  }

  get empty(): boolean {
    const open = (this.#floats?.count ?? 0) + (this.#late?.count ?? 0) + (this.#histograms?.times.length ?? 0)
    return this.#chunks.length === 0 && open === 0
  }

  /** Oldest sample that is still here, or Infinity. */
  get minTime(): number {
    const first = this.#chunks.reduce((min, { minTime }) => Math.min(min, minTime), Infinity)
    const open = [this.#floats?.minTime, this.#late?.minTime, this.#histograms?.times[0]]
    return Math.min(first, ...open.map((time) => time ?? Infinity))
  }

  /** Closed chunks. */
  get chunks(): readonly OwnChunk[] {
    return this.#chunks
  }

  /** Lets go of what lies wholly below `floor`; returns how many samples. */
  dropBefore(floor: number): number {
    for (const open of [this.#floats, this.#late]) if ((open?.maxTime ?? floor) < floor) this.#close(open)
    if ((this.#histograms?.times.at(-1) ?? floor) < floor) this.#closeHistograms()
    let dropped = 0
    const kept = this.#chunks.filter((chunk) => {
      if (chunk.maxTime >= floor) return true
      dropped += chunk.count
      this.#grew(-bytesOf(chunk))
      return false
    })
    if (dropped > 0) this.#chunks = kept
    if (this.empty) this.#release()
    return dropped
  }

  /** Chunks that lie wholly below `end`, after closing what is open of them. */
  chunksBefore(end: number): readonly OwnChunk[] {
    for (const open of [this.#floats, this.#late]) if ((open?.minTime ?? end) < end) this.#close(open)
    if ((this.#histograms?.times[0] ?? end) < end) this.#closeHistograms()
    return this.#chunks.filter(({ maxTime }) => maxTime < end)
  }

  collect(sources: Sources, from: number, to: number): void {
    for (const chunk of this.#chunks) if (chunk.minTime <= to && chunk.maxTime >= from) addChunk(chunk, sources)
    if (this.#floats !== undefined && this.#floats.count > 0) sources.floats.push(this.#floats.source())
    const histograms = this.#histograms
    if (histograms !== undefined) {
      sources.histograms.push({
        minTime: histograms.times[0] ?? 0,
        maxTime: histograms.times.at(-1) ?? 0,
        read: () => columnsOf(histograms),
      })
    }
    if (this.#late !== undefined && this.#late.count > 0) sources.floats.push(this.#late.source())
  }

  #window(at: number): number {
    return Math.floor(at / this.#windowMs)
  }

  #open(): OpenFloats {
    const open = new OpenFloats(this.#firstChunk)
    this.#grew(open.bytes)
    return open
  }

  #put(open: OpenFloats, at: number, from: Float64Array, i: number, start: number): boolean {
    if (open.full || (open.count > 0 && this.#window(open.minTime) !== this.#window(at))) this.#close(open)
    const before = open.bytes
    const taken = open.put(at, from, i, start)
    if (open.bytes !== before) this.#grew(open.bytes - before)
    return taken
  }

  #close(open: OpenFloats | undefined): void {
    if (open === undefined || open.count === 0) return
    const before = open.bytes
    this.#keep(open.close())
    this.#grew(open.bytes - before)
  }

  #closeHistograms(): void {
    const open = this.#histograms
    if (open === undefined) return
    const columns = columnsOf(open)
    out.truncate()
    encodeHistograms(out, columns)
    this.#histograms = undefined
    this.#keep({
      kind: 'histograms',
      minTime: open.times[0] ?? 0,
      maxTime: open.times.at(-1) ?? 0,
      count: open.times.length,
      hasStarts: columns.startTimes !== undefined,
      bytes: out.copy(),
    })
    this.#grew(-open.values.reduce((sum, value) => sum + histogramBytes(value), 0))
  }

  #keep(chunk: OwnChunk): void {
    this.#firstChunk = CHUNK_SAMPLES
    this.#chunks.push(chunk)
    this.#grew(bytesOf(chunk))
  }

  #release(): void {
    this.#grew(-(this.#floats?.bytes ?? 0) - (this.#late?.bytes ?? 0))
    this.#floats = undefined
    this.#late = undefined
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

function columnsOf({ times, values, starts }: OpenHistograms): HistogramSamples {
  const known = starts.some((start) => start !== 0)
  return { times: Float64Array.from(times), values, startTimes: known ? Float64Array.from(starts) : undefined }
}

function bytesOf(chunk: OwnChunk): number {
  return OVERHEAD + chunk.bytes.length
}

function histogramBytes({ positive, negative }: HistogramValue): number {
  return OVERHEAD * 2 + (positive.counts.length + negative.counts.length) * 8
}
