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
import { nextTurn } from './next-turn.ts'

interface Contents {
  readonly times: readonly Float64Array[]
  readonly symbols: readonly string[]
  readonly index: readonly IndexEntry[]
  /** Something of the block is lost. */
  readonly damage: string | undefined
}

interface Places {
  minTime: number
  maxTime: number
  readonly known: (readonly [ref: number, at: number])[]
}

type Told = (what: string) => void

/** Series between two pauses. */
const PAUSE_SERIES = 500

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
  readonly #damaged: Told
  #closed = false

  private constructor(path: string, file: OpenFile, { times, damage }: Contents, places: Places, damaged: Told) {
    this.path = path
    this.#file = file
    this.bytes = file.size
    this.#times = times
    this.damage = damage
    this.#damaged = damaged
    this.minTime = places.minTime
    this.maxTime = places.maxTime
    places.known.sort(([a], [b]) => a - b)
    this.#refs = Uint32Array.from(places.known, ([ref]) => ref)
    this.#places = Float64Array.from(places.known, ([, at]) => at)
  }

  /**
   * Makes its series known to the head.
   * @throws CorruptError when too little of the file is whole; whatever `files` throws.
   */
  static async open(path: string, files: Files, head: Head, damaged: Told): Promise<Block> {
    const file = files.open(path)
    try {
      const contents = fromIndex(file) ?? fromScan(file)
      return new Block(path, file, contents, await introduce(contents, head), damaged)
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

/** Makes the block's series known to the head, and returns where they are under its references. */
async function introduce({ index, symbols }: Contents, head: Head): Promise<Places> {
  const places: Places = { minTime: Infinity, maxTime: -Infinity, known: [] }
  for (const [i, { at, minTime, maxTime, labels }] of index.entries()) {
    if (i % PAUSE_SERIES === PAUSE_SERIES - 1) await nextTurn()
    places.minTime = Math.min(places.minTime, minTime)
    places.maxTime = Math.max(places.maxTime, maxTime)
    const series = head.series(labelsOf(labels, symbols))
    if (series === undefined) continue
    series.firstTime = Math.min(series.firstTime, minTime)
    series.settledTime = Math.max(series.settledTime, maxTime)
    places.known.push([series.ref, at])
  }
  return places
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
