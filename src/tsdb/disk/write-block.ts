import type { LabelSet } from '../../series/index.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import { nextTurn, type Pace } from '../pace.ts'
import {
  KIND,
  PART,
  type StoredChunk,
  writeEnd,
  writeEntry,
  writeSeriesPart,
  writeSymbols,
  writeTimes,
} from './block-format.ts'
import type { Files, OpenFile } from './files.ts'
import { writeFrame } from './frame.ts'

const PIECE = 2 ** 17
/** Entries, or symbols, to a frame. */
const PER_FRAME = 1000
/** Microseconds that writing them takes. */
const FRAME_COST = 300
const PIECE_COST = 300

export interface BlockSeries {
  readonly ref: number
  readonly labels: LabelSet
  /** Made when its turn comes; none: it is left out. */
  readonly chunks: () => readonly StoredChunk[]
}

export interface BlockContent {
  /** Times that chunks share, by page. */
  readonly times: readonly Float64Array[]
  readonly series: Iterable<BlockSeries>
  /** Microseconds that one series takes. */
  readonly seriesCost: number
}

/** Where a block has what. */
export interface Places {
  readonly minTime: number
  readonly maxTime: number
  readonly known: readonly (readonly [ref: number, at: number])[]
}

/**
 * Writes the block aside, forces it onto the medium, then gives it its name: there is a whole block of that name, or none. In
 * turns. Throws what `files` throws; what was written aside is removed then.
 */
export async function writeBlock(
  content: BlockContent,
  file: string,
  folder: string,
  files: Files,
  pace: Pace,
): Promise<Places> {
  const aside = `${file}.tmp`
  const open = files.create(aside)
  try {
    let places: Places
    try {
      places = await new BlockWriter(open, pace).write(content)
      await open.syncLater()
    } finally {
      open.close()
    }
    files.rename(aside, file)
    await files.syncFolderLater(folder)
    return places
  } catch (error) {
    try {
      files.remove(aside)
    } catch {
      // The next opening removes it.
    }
    throw error
  }
}

class BlockWriter {
  readonly #file: OpenFile
  readonly #pace: Pace
  readonly #out = new ByteWriter(PIECE * 2)
  readonly #symbols = new Symbols()
  /** Bytes in the file already. */
  #written = 0

  constructor(file: OpenFile, pace: Pace) {
    this.#file = file
    this.#pace = pace
  }

  async write({ times, series, seriesCost }: BlockContent): Promise<Places> {
    const index = new IndexWriter()
    const known: [number, number][] = []
    let minTime = Infinity
    let maxTime = -Infinity
    writeFrame(this.#out, PART.times, (body) => writeTimes(body, times))
    for (const { ref, labels, chunks: make } of series) {
      const chunks = make()
      const range = rangeOf(chunks, times)
      if (this.#pace.spent(seriesCost)) await nextTurn()
      if (range === undefined) continue
      minTime = Math.min(minTime, range.minTime)
      maxTime = Math.max(maxTime, range.maxTime)
      const entry = { ...range, labels: this.#symbols.of(labels) }
      const at = this.#written + this.#out.length
      known.push([ref, at])
      index.add({ ...entry, at })
      writeFrame(this.#out, PART.series, (body) => writeSeriesPart(body, entry, chunks))
      await this.#flush(PIECE)
    }
    const symbolsAt = this.#written + this.#out.length
    let first = 0
    for (const texts of this.#symbols.groups(PER_FRAME)) {
      const from = first
      writeFrame(this.#out, PART.symbols, (body) => writeSymbols(body, from, texts))
      first += texts.length
      if (this.#pace.spent(FRAME_COST)) await nextTurn()
      await this.#flush(PIECE)
    }
    const indexAt = this.#written + this.#out.length
    for (const [body, count] of index.frames()) {
      writeFrame(this.#out, PART.index, (out) => {
        out.unsigned(count)
        out.raw(body)
      })
      if (this.#pace.spent(FRAME_COST)) await nextTurn()
      await this.#flush(PIECE)
    }
    writeFrame(this.#out, PART.end, (body) => writeEnd(body, { timesAt: 0, symbolsAt, indexAt }))
    await this.#flush(1)
    return { minTime, maxTime, known }
  }

  /** Once there are `least` bytes. */
  async #flush(least: number): Promise<void> {
    if (this.#out.length < least) return
    this.#file.append(this.#out.view())
    this.#written += this.#out.length
    this.#out.truncate()
    if (this.#pace.spent(PIECE_COST)) await nextTurn()
  }
}

/** Entries as they will be written: as bytes they take a tenth of what objects would. */
class IndexWriter {
  readonly #out = new ByteWriter(2 ** 14)
  readonly #frames: [body: Uint8Array, count: number][] = []
  #count = 0
  #before = 0

  add(entry: Parameters<typeof writeEntry>[1] & { readonly at: number }): void {
    this.#out.unsigned(entry.at - this.#before)
    this.#before = entry.at
    writeEntry(this.#out, entry)
    if (++this.#count === PER_FRAME) this.#close()
  }

  /** One at least. */
  frames(): readonly (readonly [body: Uint8Array, count: number])[] {
    if (this.#count > 0 || this.#frames.length === 0) this.#close()
    return this.#frames
  }

  /** Each frame begins to count anew, so that it can be read by itself. */
  #close(): void {
    this.#frames.push([this.#out.view().slice(), this.#count])
    this.#out.truncate()
    this.#count = 0
    this.#before = 0
  }
}

function rangeOf(
  chunks: readonly StoredChunk[],
  times: readonly Float64Array[],
): { minTime: number; maxTime: number } | undefined {
  let minTime = Infinity
  let maxTime = -Infinity
  for (const chunk of chunks) {
    const shared = chunk.kind === KIND.shared ? times[chunk.times] : undefined
    // A page in which the series has holes: those may be at the ends, and the range is a little too wide.
    const [first, last] = chunk.kind === KIND.shared ? [shared?.[0], shared?.at(-1)] : [chunk.minTime, chunk.maxTime]
    minTime = Math.min(minTime, first ?? Infinity)
    maxTime = Math.max(maxTime, last ?? -Infinity)
  }
  return chunks.length === 0 ? undefined : { minTime, maxTime }
}

class Symbols {
  readonly #numbers = new Map<string, number>()

  of(labels: LabelSet): number[] {
    const numbers: number[] = []
    for (const [name, value] of labels) numbers.push(this.#number(name), this.#number(value))
    return numbers
  }

  /** In order of their numbers, so many at a time. */
  *groups(size: number): Generator<readonly string[], void> {
    let group: string[] = []
    for (const text of this.#numbers.keys()) {
      if (group.push(text) < size) continue
      yield group
      group = []
    }
    yield group
  }

  #number(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) this.#numbers.set(text, (number = this.#numbers.size))
    return number
  }
}
