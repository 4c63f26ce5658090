import { type Level, LEVELS, levelOf, rankOfLevel, type Severity } from './levels.ts'
import { LineRing, type TailSize } from './line-ring.ts'
import { ModulePattern } from './module-pattern.ts'
import { FIELD_NAMES, type FieldNames, type Preset } from './presets.ts'
import type { LineTap } from './tapped-destination.ts'

/** A line as it was written, read again. */
export interface LogEntry {
  /** ms since the epoch. */
  readonly at: number
  readonly level: Severity
  readonly module: string | undefined
  readonly message: string
  readonly traceId: string | undefined
  /** All others, under the names that the line has them by. */
  readonly fields: Readonly<Record<string, unknown>>
}

export interface LogSearch {
  /** The least severe. */
  readonly level?: string | undefined
  /** A name, or a pattern such as `wallet.*`. */
  readonly module?: string | undefined
  /** In any part of the line, in any case. */
  readonly text?: string | undefined
  readonly traceId?: string | undefined
  /** ms since the epoch, both inclusive. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Default 100. */
  readonly limit?: number | undefined
}

export interface TailStats {
  readonly lines: number
  readonly bytes: number
  /** Lines that have gone for newer ones, or were longer than all of it. */
  readonly dropped: number
}

const DEFAULT_LIMIT = 100
const MAX_SUBSCRIBERS = 100

/** The last lines, in memory. A line is kept as its bytes and read when it is searched for: to keep it costs little. */
export class LogTail implements LineTap {
  readonly #ring: LineRing
  readonly #names: FieldNames
  readonly #subscribers = new Set<(entry: LogEntry) => void>()
  #telling = false

  /** @throws RangeError for a size that is none. */
  constructor(size: TailSize, preset: Preset = 'plain') {
    this.#ring = new LineRing(size)
    this.#names = FIELD_NAMES[preset]
  }

  get stats(): TailStats {
    const { lines, bytes, dropped } = this.#ring
    return { lines, bytes, dropped }
  }

  write(line: string, level: Severity): void {
    this.#ring.push(line, rankOfLevel(level))
    if (this.#subscribers.size > 0 && !this.#telling) this.#tell(line, level)
  }

  /** The newest first. @throws RangeError for a level that is none. */
  search(search: LogSearch = {}): readonly LogEntry[] {
    const { module, text, traceId, from = -Infinity, to = Infinity, limit = DEFAULT_LIMIT } = search
    const least = search.level === undefined ? 0 : rankOfLevel(levelOf(search.level))
    const pattern = module === undefined ? undefined : new ModulePattern(module)
    // As it is spelt in a line.
    const needle = text === undefined ? '' : JSON.stringify(text).slice(1, -1).toLowerCase()
    const found: LogEntry[] = []
    for (const { line, rank } of this.#ring.newestFirst()) {
      if (found.length >= limit) break
      if (rank < least) continue
      if (traceId !== undefined && !line.includes(traceId)) continue
      if (needle !== '' && !line.toLowerCase().includes(needle)) continue
      const entry = this.#read(line, LEVELS[rank] ?? 'silent')
      if (entry === undefined || entry.at < from || entry.at > to) continue
      if (traceId !== undefined && entry.traceId !== traceId) continue
      if (pattern !== undefined && !pattern.matches(entry.module ?? '')) continue
      found.push(entry)
    }
    return found
  }

  /**
   * Tells of each line from now on; returns what ends it. What a subscriber logs itself is not told.
   * @throws RangeError when there are too many.
   */
  subscribe(subscriber: (entry: LogEntry) => void): () => void {
    if (this.#subscribers.size >= MAX_SUBSCRIBERS) {
      throw new RangeError(`a log's tail tells at most ${MAX_SUBSCRIBERS} subscribers: end some`)
    }
    const own = (entry: LogEntry): void => subscriber(entry)
    this.#subscribers.add(own)
    return () => void this.#subscribers.delete(own)
  }

  #tell(line: string, level: Severity): void {
    const entry = this.#read(line, level)
    if (entry === undefined) return
    this.#telling = true
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(entry)
      } catch {
        // Who listens does not stop what is written.
      }
    }
    this.#telling = false
  }

  #read(line: string, level: Level): LogEntry | undefined {
    const parsed = parsedOr(line)
    if (parsed === undefined || level === 'silent') return undefined
    const names = this.#names
    const {
      [names.time]: time,
      [names.level]: _level,
      [names.module]: module,
      [names.message]: message,
      ...fields
    } = parsed
    const traceId = parsed[names.traceId]
    return {
      at: typeof time === 'string' ? Date.parse(time) : NaN,
      level,
      module: typeof module === 'string' ? module : undefined,
      message: typeof message === 'string' ? message : '',
      traceId: typeof traceId === 'string' ? traceId : undefined,
      fields,
    }
  }
}

function parsedOr(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: Readonly<Record<string, unknown>> = JSON.parse(line)
    return parsed
  } catch {
    return undefined
  }
}
