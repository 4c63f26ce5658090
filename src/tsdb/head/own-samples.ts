import type { HistogramValue } from '../../series/index.ts'
import { decodeHistograms } from '../chunk/histograms.ts'
import { decodeSamples } from '../chunk/samples.ts'
import type { Sources } from '../read/source.ts'
import { CHUNK_SAMPLES, OpenFloats, type OwnChunk } from './open-floats.ts'
import { OpenHistograms } from './open-histograms.ts'

export type { OwnChunk } from './open-floats.ts'

/** Roughly what an object and its arrays cost beside their contents. */
const OVERHEAD = 200

/** Samples of one series that came one by one: closed chunks, an open end, and those that came late. */
export class OwnSamples {
  readonly #windowMs: number
  readonly #grew: (bytes: number) => void
  #firstChunk: number
  #chunks: OwnChunk[] = []
  #floats: OpenFloats | undefined
  #late: OpenFloats | undefined
  #histograms: OpenHistograms | undefined
  #lateHistograms: OpenHistograms | undefined

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
    this.#close(this.#histograms)
    this.#floats ??= this.#open()
    this.#put(this.#floats, at, from, i, start)
  }

  appendHistogram(at: number, value: HistogramValue, start: number): void {
    this.#close(this.#floats)
    this.#histograms ??= new OpenHistograms(this.#firstChunk)
    this.#putHistogram(this.#histograms, at, value, start)
  }

  /** A sample older than the newest. False: another value is there at that time. */
  appendLate(at: number, from: Float64Array, i: number, start: number): boolean {
    this.#late ??= this.#open()
    return this.#put(this.#late, at, from, i, start)
  }

  appendLateHistogram(at: number, value: HistogramValue, start: number): boolean {
    this.#lateHistograms ??= new OpenHistograms()
    return this.#putHistogram(this.#lateHistograms, at, value, start)
  }

  /** Whether the newest sample is a float with these very bits. */
  repeats(from: Float64Array, i: number): boolean {
    const open = this.#floats
    return open !== undefined && open.count > 0 && open.holds(open.count - 1, from, i)
  }

  /** Whether the newest sample is this very histogram. */
  repeatsHistogram(value: HistogramValue): boolean {
    return this.#histograms?.repeats(value) === true
  }

  get empty(): boolean {
    return this.#chunks.length === 0 && this.#opens.every(({ count }) => count === 0)
  }

  /** Oldest sample that is still here, or Infinity. */
  get minTime(): number {
    return [...this.#chunks, ...this.#opens].reduce((min, { minTime }) => Math.min(min, minTime), Infinity)
  }

  get #opens(): (OpenFloats | OpenHistograms)[] {
    return [this.#floats, this.#late, this.#histograms, this.#lateHistograms].filter((open) => open !== undefined)
  }

  /** Closed chunks. */
  get chunks(): readonly OwnChunk[] {
    return this.#chunks
  }

  /** Lets go of what lies wholly below `floor`; returns how many samples. */
  dropBefore(floor: number): number {
    for (const open of this.#opens) if (open.maxTime < floor) this.#close(open)
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
    for (const open of this.#opens) if (open.minTime < end) this.#close(open)
    return this.#chunks.filter(({ maxTime }) => maxTime < end)
  }

  collect(sources: Sources, from: number, to: number): void {
    for (const chunk of this.#chunks) if (chunk.minTime <= to && chunk.maxTime >= from) addChunk(chunk, sources)
    if (this.#floats !== undefined && this.#floats.count > 0) sources.floats.push(this.#floats.source())
    for (const open of [this.#histograms, this.#lateHistograms])
      if (open !== undefined && open.count > 0) sources.histograms.push(open.source())
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

  #putHistogram(open: OpenHistograms, at: number, value: HistogramValue, start: number): boolean {
    if (!open.suits(value) || (open.count > 0 && this.#window(open.minTime) !== this.#window(at))) this.#close(open)
    const before = open.bytes
    const taken = open.put(at, value, start)
    this.#grew(open.bytes - before)
    return taken
  }

  #close(open: OpenFloats | OpenHistograms | undefined): void {
    if (open === undefined || open.count === 0) return
    const before = open.bytes
    this.#keep(open.close())
    this.#grew(open.bytes - before)
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
    this.#histograms = undefined
    this.#lateHistograms = undefined
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

function bytesOf(chunk: OwnChunk): number {
  return OVERHEAD + chunk.bytes.length
}
