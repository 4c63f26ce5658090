import { LabelSet } from '../../series/index.ts'
import { CorruptError } from '../chunk/byte-reader.ts'
import type { Head } from '../head/head.ts'
import { addChunk } from '../head/own-samples.ts'
import { sharedSource } from '../head/page.ts'
import type { Sources } from '../read/source.ts'
import {
  END_BYTES,
  type IndexEntry,
  KIND,
  PART,
  readEnd,
  readIndex,
  readSeriesPart,
  readSymbols,
  readTimes,
} from './block-format.ts'
import type { Files, OpenFile } from './files.ts'
import { type Frame, readFrame, readFrames } from './frame.ts'

interface Contents {
  readonly times: readonly Float64Array[]
  readonly symbols: readonly string[]
  readonly index: readonly IndexEntry[]
  /** Something of the block is lost. */
  readonly damage: string | undefined
}

/** A window's samples on disk. In memory are only the places where each series' chunks begin. */
export class Block {
  readonly path: string
  readonly bytes: number
  readonly minTime: number
  readonly maxTime: number
  /** Of what could not be read when it was opened. */
  readonly damage: string | undefined
  readonly #file: OpenFile
  readonly #times: readonly Float64Array[]
  /** Ascending, and where the frame of each begins. */
  readonly #refs: Uint32Array
  readonly #places: Float64Array
  readonly #damaged: (what: string) => void
  #closed = false

  private constructor(path: string, file: OpenFile, contents: Contents, head: Head, damaged: (what: string) => void) {
    this.path = path
    this.#file = file
    this.bytes = file.size
    this.#times = contents.times
    this.damage = contents.damage
    this.#damaged = damaged
    let minTime = Infinity
    let maxTime = -Infinity
    const known: (readonly [ref: number, at: number])[] = []
    for (const entry of contents.index) {
      minTime = Math.min(minTime, entry.minTime)
      maxTime = Math.max(maxTime, entry.maxTime)
      const series = head.series(labelsOf(entry.labels, contents.symbols))
      if (series === undefined) continue
      series.firstTime = Math.min(series.firstTime, entry.minTime)
      series.settledTime = Math.max(series.settledTime, entry.maxTime)
      known.push([series.ref, entry.at])
    }
    known.sort(([a], [b]) => a - b)
    this.minTime = minTime
    this.maxTime = maxTime
    this.#refs = Uint32Array.from(known, ([ref]) => ref)
    this.#places = Float64Array.from(known, ([, at]) => at)
  }

  /**
   * Makes its series known to the head.
   * @throws CorruptError when too little of the file is whole; whatever `files` throws.
   */
  static open(path: string, files: Files, head: Head, damaged: (what: string) => void): Block {
    const file = files.open(path)
    try {
      return new Block(path, file, fromIndex(file) ?? fromScan(file), head, damaged)
    } catch (error) {
      file.close()
      throw error
    }
  }

  collect(ref: number, sources: Sources, from: number, to: number): void {
    if (this.#closed || this.minTime > to || this.maxTime < from) return
    const place = placeOf(this.#refs, ref)
    if (place < 0) return
    try {
      const frame = readFrame(this.#file, this.#places[place] ?? 0, this.bytes)
      if (frame?.type !== PART.series) throw new CorruptError('a series that is not whole')
      this.#add(frame, sources, from, to)
    } catch (error) {
      this.#damaged(`${this.path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#file.close()
  }

  #add({ body }: Frame, sources: Sources, from: number, to: number): void {
    for (const chunk of readSeriesPart(body).chunks()) {
      if (chunk.kind === KIND.shared) {
        const times = this.#times[chunk.times]
        if (times === undefined) throw new CorruptError('a chunk whose times are not there')
        const source = sharedSource(chunk.bytes, 0, times)
        if (source.minTime <= to && source.maxTime >= from) sources.floats.push(source)
      } else if (chunk.minTime <= to && chunk.maxTime >= from) {
        addChunk({ ...chunk, kind: chunk.kind === KIND.floats ? 'floats' : 'histograms' }, sources)
      }
    }
  }
}

function labelsOf(numbers: readonly number[], symbols: readonly string[]): LabelSet {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const name = symbols[numbers[i] ?? -1]
    const value = symbols[numbers[i + 1] ?? -1]
    if (name === undefined || value === undefined) throw new CorruptError('labels that are not among the symbols')
    pairs.push([name, value])
  }
  try {
    return LabelSet.of(pairs)
  } catch (cause) {
    throw new CorruptError('labels that cannot be', { cause })
  }
}

/** The short way: from the end of the file. Undefined: something on it is not whole. */
function fromIndex(file: OpenFile): Contents | undefined {
  const { size } = file
  const part = (at: number, type: number): Uint8Array | undefined => {
    const frame = at >= 0 ? readFrame(file, at, size) : undefined
    return frame?.type === type ? frame.body : undefined
  }
  const end = part(size - END_BYTES, PART.end)
  if (end === undefined) return undefined
  const { timesAt, symbolsAt, indexAt } = readEnd(end)
  const times = part(timesAt, PART.times)
  const symbols = part(symbolsAt, PART.symbols)
  const index = part(indexAt, PART.index)
  if (times === undefined || symbols === undefined || index === undefined) return undefined
  return { times: readTimes(times), symbols: readSymbols(symbols), index: readIndex(index), damage: undefined }
}

/** The long way: every frame that is whole. Without symbols nobody knows whose samples these are. */
function fromScan(file: OpenFile): Contents {
  let times: readonly Float64Array[] = []
  let symbols: readonly string[] | undefined
  const index: IndexEntry[] = []
  const lost: string[] = []
  const frames = readFrames(file, ({ from, to }) => {
    lost.push(`bytes ${from} to ${to}`)
  })
  for (const { type, at, body } of frames) {
    if (type === PART.times) times = readTimes(body)
    else if (type === PART.symbols) symbols = readSymbols(body)
    else if (type === PART.series) index.push({ at, ...readSeriesPart(body).entry })
  }
  if (symbols === undefined) throw new CorruptError('no table of symbols that is whole')
  return { times, symbols, index, damage: lost.slice(0, 3).join(', ') || 'no end' }
}

function placeOf(refs: Uint32Array, ref: number): number {
  let low = 0
  let high = refs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((refs[middle] ?? Infinity) < ref) low = middle + 1
    else high = middle
  }
  return refs[low] === ref ? low : -1
}
