import type { LogLine, LogsAnswer } from './line.ts'

/** What of the log is on the page. */
export interface TailLines {
  /** The oldest first. */
  readonly lines: readonly LogLine[]
  /** Where to go on; '' before the first answer. */
  readonly cursor: string
  readonly kept: LogsAnswer['kept'] | undefined
  /** Lines that the service had forgotten before they were asked for. */
  readonly missed: number
  /** Lines that the page has let go of, for their number. */
  readonly let: number
}

export const NO_LINES: TailLines = { lines: [], cursor: '', kept: undefined, missed: 0, let: 0 }
export const MOST_LINES = 10_000

/** The first answer to a search. */
export function begun({ logs, cursor, kept }: LogsAnswer): TailLines {
  return { lines: logs.toReversed(), cursor, kept, missed: 0, let: 0 }
}

/** With what has come since. The numbers of another run of the service begin anew, its cursor says which run it is. */
export function continued(tail: TailLines, answer: LogsAnswer, most: number = MOST_LINES): TailLines {
  const { logs, cursor, kept, missed = 0 } = answer
  const isSameRun = runOf(cursor) === runOf(tail.cursor)
  const last = isSameRun ? (tail.lines.at(-1)?.number ?? -1) : -1
  const fresh = logs.filter(({ number }) => number > last).toReversed()
  const all = fresh.length === 0 ? tail.lines : [...tail.lines, ...fresh]
  const over = Math.max(0, all.length - most)
  return {
    lines: over === 0 ? all : all.slice(over),
    cursor,
    kept,
    missed: tail.missed + (isSameRun ? missed : 0),
    let: tail.let + over,
  }
}

/** Tells a line from all others, also of another run. */
export function keyOfLine({ number, time }: LogLine): string {
  return `${number} ${time}`
}

function runOf(cursor: string): string {
  return cursor.split('-', 1)[0] ?? ''
}
