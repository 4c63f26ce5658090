import type { LabelSet } from '../../series/index.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import type { HeadSeries } from '../head/head-series.ts'
import type { OwnChunk } from '../head/own-samples.ts'
import type { Page } from '../head/page.ts'
import {
  type IndexEntry,
  KIND,
  PART,
  type StoredChunk,
  writeEnd,
  writeIndex,
  writeSeriesPart,
  writeSymbols,
  writeTimes,
} from './block-format.ts'
import type { Files } from './files.ts'
import { writeFrame } from './frame.ts'
import { nextTurn } from './next-turn.ts'

const PIECE = 2 ** 18

/** What of the head goes into one block. */
export interface BlockContent {
  readonly pages: readonly Page[]
  readonly series: readonly { readonly series: HeadSeries; readonly own: readonly OwnChunk[] }[]
}

/**
 * Writes the block aside, forces it onto the medium, then gives it its name: there is a whole block of that name, or none. Pauses
 * after every piece. Throws what `files` throws; what was written aside is removed then.
 */
export async function writeBlock(content: BlockContent, file: string, folder: string, files: Files): Promise<void> {
  const aside = `${file}.tmp`
  const open = files.create(aside)
  try {
    try {
      for (const piece of pieces(content)) {
        open.append(piece)
        await nextTurn()
      }
      await open.syncLater()
    } finally {
      open.close()
    }
    files.rename(aside, file)
    files.syncFolder(folder)
  } catch (error) {
    try {
      files.remove(aside)
    } catch {
      // The next opening removes it.
    }
    throw error
  }
}

/** The block's bytes, in pieces that are overwritten one by the next. */
function* pieces({ pages, series }: BlockContent): Generator<Uint8Array, void> {
  const symbols = new Symbols()
  const entries: IndexEntry[] = []
  const stored = series.map(({ series: { labels } }) => symbols.of(labels))
  const out = new ByteWriter(PIECE * 2)
  let written = 0
  writeFrame(out, PART.times, (body) => {
    writeTimes(
      body,
      pages.map(({ times }) => times),
    )
  })
  const symbolsAt = out.length
  writeFrame(out, PART.symbols, (body) => {
    writeSymbols(body, symbols.texts, symbols.count)
  })
  for (const [i, { series: one, own }] of series.entries()) {
    const chunks = chunksOf(one.ref, pages, own)
    const range = rangeOf(chunks, pages)
    if (range === undefined) continue
    const entry = { ...range, labels: stored[i] ?? [] }
    entries.push({ ...entry, at: written + out.length })
    writeFrame(out, PART.series, (body) => {
      writeSeriesPart(body, entry, chunks)
    })
    if (out.length < PIECE) continue
    yield out.view()
    written += out.length
    out.truncate()
  }
  const indexAt = written + out.length
  writeFrame(out, PART.index, (body) => {
    writeIndex(body, entries)
  })
  writeFrame(out, PART.end, (body) => {
    writeEnd(body, { timesAt: 0, symbolsAt, indexAt })
  })
  yield out.view()
}

function chunksOf(ref: number, pages: readonly Page[], own: readonly OwnChunk[]): StoredChunk[] {
  const shared = pages.flatMap((page, times) => {
    const bytes = page.chunk(ref)
    return bytes === undefined ? [] : [{ kind: KIND.shared, times, bytes }]
  })
  return [...shared, ...own.map((chunk) => ({ ...chunk, kind: KIND[chunk.kind] }))]
}

function rangeOf(
  chunks: readonly StoredChunk[],
  pages: readonly Page[],
): { minTime: number; maxTime: number } | undefined {
  let minTime = Infinity
  let maxTime = -Infinity
  for (const chunk of chunks) {
    const page = chunk.kind === KIND.shared ? pages[chunk.times] : chunk
    if (page === undefined) continue
    // A page in which the series has holes: those may be at the ends, and the range is a little too wide.
    minTime = Math.min(minTime, page.minTime)
    maxTime = Math.max(maxTime, page.maxTime)
  }
  return chunks.length === 0 ? undefined : { minTime, maxTime }
}

class Symbols {
  readonly #numbers = new Map<string, number>()

  get count(): number {
    return this.#numbers.size
  }

  get texts(): Iterable<string> {
    return this.#numbers.keys()
  }

  of(labels: LabelSet): number[] {
    return Array.from(labels).flatMap(([name, value]) => [this.#number(name), this.#number(value)])
  }

  #number(text: string): number {
    let number = this.#numbers.get(text)
    if (number === undefined) this.#numbers.set(text, (number = this.#numbers.size))
    return number
  }
}
