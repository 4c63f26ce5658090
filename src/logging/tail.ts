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

/** One that was looked for. */
export interface FoundEntry extends LogEntry {
  /** Of all lines that have ever been kept, from 0. */
  readonly number: number
}

export interface LogSearch {
  /** The least severe. */
  readonly level?: string | undefined
  /** A name, or a pattern such as `wallet.*`. */
  readonly module?: string | undefined
  /** In any part of the line, in any case. */
  readonly text?: string | undefined
  readonly traceId?: string | undefined
  /** Values of fields as text, all of them; a field within another is named with dots, `err.type`. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** ms since the epoch, both inclusive. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Only lines with a greater number. Where `limit` cuts, these are the oldest, so that asking on from the last one misses none. */
  readonly after?: number | undefined
  /** Default 100. */
  readonly limit?: number | undefined
}

export interface TailStats {
  readonly lines: number
  readonly bytes: number
  /** Lines that have gone for newer ones, or were longer than all of it. */
  readonly dropped: number
}

/** Where the tail stands: its lines have the numbers from `oldest` on, up to but not including `next`. */
export interface TailPlace {
  readonly oldest: number
  readonly next: number
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

  get place(): TailPlace {
    const { lines, next } = this.#ring
    return { oldest: next - lines, next }
  }

  write(line: string, level: Severity): void {
    this.#ring.push(line, rankOfLevel(level))
    if (this.#subscribers.size > 0 && !this.#telling) this.#tell(line, level)
  }

  /** The newest first. @throws RangeError for a level that is none. */
  search(search: LogSearch = {}): readonly FoundEntry[] {
    const { module, text, traceId, from = -Infinity, to = Infinity, after, limit = DEFAULT_LIMIT } = search
    const wanted = Object.entries(search.fields ?? {})
    const least = search.level === undefined ? 0 : rankOfLevel(levelOf(search.level))
    const pattern = module === undefined ? undefined : new ModulePattern(module)
    // As it is spelt in a line.
    const needle = text === undefined ? '' : JSON.stringify(text).slice(1, -1).toLowerCase()
    const found: FoundEntry[] = []
    for (const { line, rank, number } of this.#ring.newestFirst()) {
      if (after === undefined ? found.length >= limit : number <= after) break
      if (rank < least) continue
      if (traceId !== undefined && !line.includes(traceId)) continue
      if (needle !== '' && !line.toLowerCase().includes(needle)) continue
      const entry = this.#read(line, LEVELS[rank] ?? 'silent')
      if (entry === undefined || entry.at < from || entry.at > to) continue
      if (traceId !== undefined && entry.traceId !== traceId) continue
      if (pattern !== undefined && !pattern.matches(entry.module ?? '')) continue
      if (!wanted.every(([path, value]) => textAt(entry.fields, path) === value)) continue
      found.push({ ...entry, number })
    }
    return after === undefined ? found : found.slice(-limit)
  }

  /** Every line that can be read, the newest first; who has others take their turn in between is given what is still kept. */
  *newestFirst(): Generator<FoundEntry> {
    for (const { line, rank, number } of this.#ring.newestFirst()) {
      const entry = this.#read(line, LEVELS[rank] ?? 'silent')
      if (entry !== undefined) yield { ...entry, number }
    }
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

/** What is at a path; a name with dots in it goes before a field within another. */
function textAt(fields: Readonly<Record<string, unknown>>, path: string): string | undefined {
  let value: unknown = fields[path]
  if (value === undefined) {
    value = fields
    for (const name of path.split('.')) {
      if (typeof value !== 'object' || value === null) return undefined
      value = Object.getOwnPropertyDescriptor(value, name)?.value
    }
  }
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
