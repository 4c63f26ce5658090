import type { Entry } from './delivery.ts'
import { rankOf, SEVERITIES } from './severities.ts'

/** One line of a segment: `2 1767225600000 {"level":"info",...}`: the level's rank, ms since the epoch, the line. */
const RECORD = /^([0-5]) (\d{1,16}) ([^]*)$/
const NEWLINE = 0x0a

export function recordOf({ level, at, line }: Entry): string {
  return `${rankOf(level)} ${Math.floor(at)} ${line}\n`
}

/** What was read of a segment from some place on. */
export interface Records {
  readonly entries: Entry[]
  /** Bytes that have been read. */
  readonly length: number
  readonly corrupt: number
}

/** Whole records, at most so many; those that are none are skipped and counted. The number of an entry is its place. */
export function readRecords(bytes: Buffer, start: number, maxLines: number, origin: string): Records {
  const entries: Entry[] = []
  let at = 0
  let corrupt = 0
  while (entries.length < maxLines) {
    const end = bytes.indexOf(NEWLINE, at)
    if (end === -1) break
    const [, rank = '', time = '', line = ''] = RECORD.exec(bytes.toString('utf8', at, end)) ?? []
    const level = rank === '' ? undefined : SEVERITIES[Number(rank)]
    if (level === undefined) corrupt++
    else entries.push({ line, level, at: Number(time), origin, number: start + at, bytes: end - at })
    at = end + 1
  }
  return { entries, length: at, corrupt }
}
