import path from 'node:path'
import { LabelSet } from '../../series/index.ts'
import { CorruptError } from '../chunk/byte-reader.ts'
import type { Head } from '../head/head.ts'
import { addChunk } from '../head/own-samples.ts'
import { sharedSource } from '../head/page.ts'
import { sortInTurns } from '../merge-runs.ts'
import { nextTurn, type Pace } from '../pace.ts'
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
import { type Frame, HEAD_BYTES, readFrame, readFrames } from './frame.ts'
import type { Places } from './write-block.ts'

interface Contents {
  readonly times: readonly Float64Array[]
  readonly symbols: ReadonlyMap<number, string>
  readonly index: Iterable<IndexEntry>
  /** Something of the block is lost. */
  readonly damage: string | undefined
}

type Told = (what: string) => void

/** Microseconds that it takes to make a series known, and to read a frame of symbols. */
const INTRODUCE_COST = 10
const FRAME_COST = 300

/** What the name of a block's file says. */
export interface BlockName {
  /** Of its window, ms since the epoch. */
  readonly start: number
  /** 0: samples as they came. */
  readonly resolutionMs: number
}

const NAME = /^(-?\d+)-\d+(?:-(\d+))?\.block$/

export function isBlockName(name: string): boolean {
  return NAME.test(name)
}

export function blockNameOf(file: string): BlockName {
  const [, start, resolution = '0'] = NAME.exec(path.basename(file)) ?? []
  return { start: Number(start), resolutionMs: Number(resolution) }
}

/** A window's samples on disk. In memory are only the places where each series' chunks begin. */
export class Block {
  readonly path: string
  readonly name: BlockName
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

  private constructor(
    path: string,
    file: OpenFile,
    { times, damage }: Pick<Contents, 'times' | 'damage'>,
    places: Places,
    damaged: Told,
  ) {
    this.path = path
    this.name = blockNameOf(path)
    this.#file = file
    this.bytes = file.size
    this.#times = times
    this.damage = damage
    this.#damaged = damaged
    this.minTime = places.minTime
    this.maxTime = places.maxTime
    this.#refs = Uint32Array.from(places.known, ([ref]) => ref)
    this.#places = Float64Array.from(places.known, ([, at]) => at)
  }

  /** One that was just written. */
  static async written(
    path: string,
    files: Files,
    times: readonly Float64Array[],
    places: Places,
    damaged: Told,
    pace: Pace,
  ): Promise<Block> {
    const known = await sortInTurns(places.known, ([a], [b]) => a - b, pace)
    return new Block(path, files.open(path), { times, damage: undefined }, { ...places, known }, damaged)
  }

  /**
   * Makes its series known to the head.
   * @throws CorruptError when too little of the file is whole; whatever `files` throws.
   */
  static async open(path: string, files: Files, head: Head, damaged: Told, pace: Pace): Promise<Block> {
    const file = files.open(path)
    try {
      const contents = (await fromIndex(file, pace)) ?? (await fromScan(file, pace))
      const places = await introduce(contents, head, pace)
      const known = await sortInTurns(places.known, ([a], [b]) => a - b, pace)
      return new Block(path, file, contents, { ...places, known }, damaged)
    } catch (error) {
      file.close()
      throw error
    }
  }

  /** Of its series, ascending. */
  get refs(): Uint32Array {
    return this.#refs
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
async function introduce({ index, symbols }: Contents, head: Head, pace: Pace): Promise<Places> {
  const known: [number, number][] = []
  let least = Infinity
  let greatest = -Infinity
  for (const { at, minTime, maxTime, labels } of index) {
    if (pace.spent(INTRODUCE_COST)) await nextTurn()
    least = Math.min(least, minTime)
    greatest = Math.max(greatest, maxTime)
    const set = labelsOf(labels, symbols)
    const series = set && head.series(set)
    if (series === undefined) continue
    series.firstTime = Math.min(series.firstTime, minTime)
    series.settledTime = Math.max(series.settledTime, maxTime)
    known.push([series.ref, at])
  }
  return { minTime: least, maxTime: greatest, known }
}

/** Undefined: some of the symbols are lost. */
function labelsOf(numbers: readonly number[], symbols: ReadonlyMap<number, string>): LabelSet | undefined {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < numbers.length; i += 2) {
    const name = symbols.get(numbers[i] ?? -1)
    const value = symbols.get(numbers[i + 1] ?? -1)
    if (name === undefined || value === undefined) return undefined
    pairs.push([name, value])
  }
  try {
    return LabelSet.of(pairs)
  } catch (cause) {
    throw new CorruptError('labels that cannot be', { cause })
  }
}

/** The short way: from the end of the file. Undefined: something on it is not whole. */
async function fromIndex(file: OpenFile, pace: Pace): Promise<Contents | undefined> {
  const { size } = file
  const end = readFrame(file, size - END_BYTES, size)
  if (end?.type !== PART.end) return undefined
  const { timesAt, symbolsAt, indexAt } = readEnd(end.body)
  const times = readFrame(file, timesAt, size)
  if (times?.type !== PART.times) return undefined
  const symbols = new Map<number, string>()
  let allAtOnce = false
  const symbolsEnd = await readRun(file, symbolsAt, [PART.symbols, PART.allSymbols], pace, ({ type, body }) => {
    allAtOnce = type === PART.allSymbols
    readSymbols(body, type, symbols)
  })
  const bodies: Uint8Array[] = []
  const indexEnd = await readRun(file, indexAt, [PART.index], pace, ({ body }) => bodies.push(body))
  // The frames behind each other reach the next part, or one of them is not whole.
  if (indexEnd !== size - END_BYTES || !(allAtOnce || symbolsEnd === indexAt)) return undefined
  return { times: readTimes(times.body), symbols, index: entriesOf(bodies), damage: undefined }
}

/** Reads the frames of these types from `at` on, and returns where they end. */
async function readRun(
  file: OpenFile,
  at: number,
  types: readonly number[],
  pace: Pace,
  use: (frame: Frame) => void,
): Promise<number> {
  const { size } = file
  let next = at
  for (;;) {
    const frame = readFrame(file, next, size)
    if (frame === undefined || !types.includes(frame.type)) return next
    use(frame)
    next += HEAD_BYTES + frame.body.length
    if (pace.spent(FRAME_COST)) await nextTurn()
  }
}

function* entriesOf(bodies: readonly Uint8Array[]): Generator<IndexEntry, void> {
  for (const body of bodies) yield* readIndex(body)
}

/** The long way: every frame that is whole. Without symbols nobody knows whose samples these are. */
async function fromScan(file: OpenFile, pace: Pace): Promise<Contents> {
  let times: readonly Float64Array[] = []
  const symbols = new Map<number, string>()
  const index: IndexEntry[] = []
  const lost: string[] = []
  const frames = readFrames(file, ({ from, to }) => {
    lost.push(`bytes ${from} to ${to}`)
  })
  for (const { type, at, body } of frames) {
    if (type === PART.times) times = readTimes(body)
    else if (type === PART.symbols || type === PART.allSymbols) readSymbols(body, type, symbols)
    else if (type === PART.series) index.push({ at, ...readSeriesPart(body).entry })
    if (pace.spent(type === PART.series ? INTRODUCE_COST : FRAME_COST)) await nextTurn()
  }
  if (symbols.size === 0) throw new CorruptError('no table of symbols that is whole')
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
