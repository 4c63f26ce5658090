import path from 'node:path'
import { CorruptError } from '../chunk/byte-reader.ts'
import type { Head } from '../head/head.ts'
import { Pace } from '../pace.ts'
import { noRefusals } from '../refusal.ts'
import { Block, blockNameOf, isBlockName } from './block.ts'
import type { Files } from './files.ts'
import type { Damage } from './frame.ts'
import { type ClosedSegment, SEGMENT_NAME } from './log.ts'
import { Replay } from './replay.ts'

const MAX_NOTES = 100

/** What a folder held when it was opened. */
export interface Found {
  readonly blocks: Block[]
  readonly segments: readonly ClosedSegment[]
  /** What was not intact. */
  readonly setAside: readonly string[]
  /** Adds to `setAside`, within its bound. */
  readonly note: (what: string) => void
}

export function logFolder(folder: string): string {
  return path.join(folder, 'wal')
}

export function blockFolder(folder: string): string {
  return path.join(folder, 'blocks')
}

/** Puts what is intact into the head: first the blocks, then what the log has beyond them. */
export async function recover(folder: string, windowMs: number, files: Files, head: Head): Promise<Found> {
  const pace = new Pace()
  const setAside: string[] = []
  const note = (what: string): void => {
    if (setAside.length < MAX_NOTES && !setAside.includes(what)) setAside.push(what)
  }
  const blocks = await openBlocks(folder, files, head, note, pace)
  for (const { name, maxTime } of blocks) head.raiseFloor(Math.max(maxTime + 1, name.start + windowMs))
  const segments = await replay(folder, files, head, note, pace)
  const { refused } = head.stats
  for (const reason of ['series-limit', 'bytes-limit'] as const) {
    if (refused[reason] > 0) note(`${folder}: ${refused[reason]} refusals for ${reason}`)
  }
  // The others were refused before, or are in a block.
  Object.assign(refused, noRefusals())
  return { blocks, segments, setAside, note }
}

async function openBlocks(
  folder: string,
  files: Files,
  head: Head,
  note: (what: string) => void,
  pace: Pace,
): Promise<Block[]> {
  const blocks: Block[] = []
  const inside = blockFolder(folder)
  for (const name of files.list(inside).toSorted((a, b) => blockNameOf(a).start - blockNameOf(b).start)) {
    const file = path.join(inside, name)
    if (name.endsWith('.tmp')) {
      // Never finished: its samples are in the log.
      quietly(() => {
        files.remove(file)
      })
      continue
    }
    if (!isBlockName(name)) continue
    try {
      const block = await Block.open(file, files, head, note, pace)
      if (block.damage !== undefined) note(`${file}: ${block.damage}`)
      blocks.push(block)
    } catch (error) {
      note(`${file}: ${error instanceof Error ? error.message : String(error)}`)
      if (error instanceof CorruptError) {
        quietly(() => {
          files.rename(file, `${file}.damaged`)
        })
      }
    }
  }
  return blocks
}

async function replay(
  parent: string,
  files: Files,
  head: Head,
  note: (what: string) => void,
  pace: Pace,
): Promise<ClosedSegment[]> {
  const folder = logFolder(parent)
  const replay = new Replay(head, pace)
  const segments: ClosedSegment[] = []
  const names = files.list(folder).filter((name) => SEGMENT_NAME.test(name))
  for (const name of names.toSorted()) {
    const number = Number(SEGMENT_NAME.exec(name)?.[1])
    const damaged = ({ from, to }: Damage): void => {
      note(`${path.join(folder, name)}: bytes ${from} to ${to}`)
    }
    try {
      const file = files.open(path.join(folder, name))
      try {
        segments.push({ number, bytes: file.size, maxTime: await replay.segment(file, damaged) })
      } finally {
        file.close()
      }
    } catch (error) {
      // It stays where it is, and its number is not given again.
      segments.push({ number, bytes: 0, maxTime: Infinity })
      note(`${path.join(folder, name)}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  replay.finish()
  return segments
}

function quietly(act: () => void): void {
  try {
    act()
  } catch {
    // What cannot be removed stays, and does no harm.
  }
}
