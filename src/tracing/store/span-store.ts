import type { TraceData } from '../span-data.ts'
import { matches, serviceOf, type TraceSearch } from './search.ts'
import { weightOfTrace } from './weight.ts'

/** A trace as far as it has been kept here: a part from each local root, from this process or from others. */
export interface StoredTrace {
  readonly traceId: string
  /** The earliest start of its spans, ms since the epoch. */
  readonly startMs: number
  readonly parts: readonly TraceData[]
}

export interface SpanStoreOptions {
  /** Default: 50 000. */
  readonly maxSpans?: number
  /** About. Default: 32 MiB. */
  readonly maxBytes?: number
}

export interface SpanStoreStats {
  readonly traces: number
  readonly spans: number
  readonly bytes: number
  /** Traces that had to go. */
  readonly evictedTraces: number
  readonly evictedErrors: number
}

class Entry implements StoredTrace {
  readonly traceId: string
  readonly parts: TraceData[] = []
  startMs: number = Infinity
  spans = 0
  bytes = 0

  constructor(traceId: string) {
    this.traceId = traceId
  }
}

const MIB = 2 ** 20
/** Of the room: what errors may hold while there is anything else. */
const ERRORS_MOST = 0.75
/** Of one trace: what comes beyond it is not taken. */
const TRACE_MOST = 0.1

/** Kept traces, to be looked at. The oldest goes first; those with errors go when they take three quarters of the room. */
export class SpanStore {
  #maxSpans: number
  readonly #maxBytes: number
  readonly #plain = new Map<string, Entry>()
  readonly #errors = new Map<string, Entry>()
  #spans = 0
  #bytes = 0
  #errorSpans = 0
  #errorBytes = 0
  #evictedTraces = 0
  #evictedErrors = 0
  /** Parts that were not taken: their trace was too big. */
  refusedParts = 0

  constructor({ maxSpans = 50_000, maxBytes = 32 * MIB }: SpanStoreOptions = {}) {
    checkSpans(maxSpans)
    if (!(maxBytes >= 1)) throw new RangeError(`maxBytes: ${maxBytes} must be at least 1`)
    this.#maxSpans = maxSpans
    this.#maxBytes = maxBytes
  }

  add(part: TraceData): void {
    const { traceId, spans } = part
    const bytes = weightOfTrace(part)
    const known = this.#plain.get(traceId) ?? this.#errors.get(traceId)
    const entry = known ?? new Entry(traceId)
    if (
      (known !== undefined && entry.bytes + bytes > this.#maxBytes * TRACE_MOST) ||
      spans.length > this.#maxSpans ||
      bytes > this.#maxBytes
    ) {
      this.refusedParts++
      return
    }
    const failed = part.failed || this.#errors.has(traceId)
    if (known !== undefined) this.#remove(entry)
    entry.parts.push(part)
    for (const { startMs } of spans) entry.startMs = Math.min(entry.startMs, startMs)
    entry.spans += spans.length
    entry.bytes += bytes
    this.#insert(entry, failed)
    this.#fit()
  }

  get maxSpans(): number {
    return this.#maxSpans
  }

  /** What is held beyond goes at once. */
  set maxSpans(maxSpans: number) {
    checkSpans(maxSpans)
    this.#maxSpans = maxSpans
    this.#fit()
  }

  get(traceId: string): StoredTrace | undefined {
    return this.#plain.get(traceId) ?? this.#errors.get(traceId)
  }

  /** Newest first. */
  search(search: TraceSearch): StoredTrace[] {
    const found: Entry[] = []
    for (const traces of [this.#plain, this.#errors]) {
      for (const entry of traces.values()) if (matches(entry, search)) found.push(entry)
    }
    return found.sort((a, b) => b.startMs - a.startMs).slice(0, search.limit ?? 20)
  }

  /** All of them, in no order; who has others take their turn in between is given what is still kept, and what has come. */
  *all(): Generator<StoredTrace> {
    for (const traces of [this.#plain, this.#errors]) yield* traces.values()
  }

  services(): string[] {
    return [...new Set(this.#parts().map(serviceOf))].toSorted()
  }

  /** Names of spans, with their kinds. */
  operations(service: string): { readonly name: string; readonly spanKind: string }[] {
    const found = new Map<string, { readonly name: string; readonly spanKind: string }>()
    for (const part of this.#parts()) {
      if (serviceOf(part) !== service) continue
      for (const { name, kind } of part.spans) found.set(`${kind} ${name}`, { name, spanKind: kind })
    }
    return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The start of the oldest trace, ms since the epoch; undefined: there is none. */
  get oldestMs(): number | undefined {
    let oldestMs: number | undefined
    for (const traces of [this.#plain, this.#errors]) {
      for (const { startMs } of traces.values()) oldestMs = Math.min(startMs, oldestMs ?? startMs)
    }
    return oldestMs
  }

  get stats(): SpanStoreStats {
    return {
      traces: this.#plain.size + this.#errors.size,
      spans: this.#spans,
      bytes: this.#bytes,
      evictedTraces: this.#evictedTraces,
      evictedErrors: this.#evictedErrors,
    }
  }

  #fit(): void {
    while (this.#spans > this.#maxSpans || this.#bytes > this.#maxBytes) this.#evict()
  }

  #parts(): TraceData[] {
    return [...this.#plain.values(), ...this.#errors.values()].flatMap(({ parts }) => parts)
  }

  #insert(entry: Entry, failed: boolean): void {
    ;(failed ? this.#errors : this.#plain).set(entry.traceId, entry)
    this.#count(entry, failed, 1)
  }

  #remove(entry: Entry): void {
    const failed = this.#errors.delete(entry.traceId)
    this.#plain.delete(entry.traceId)
    this.#count(entry, failed, -1)
  }

  #count({ spans, bytes }: Entry, failed: boolean, sign: 1 | -1): void {
    this.#spans += sign * spans
    this.#bytes += sign * bytes
    if (!failed) return
    this.#errorSpans += sign * spans
    this.#errorBytes += sign * bytes
  }

  #evict(): void {
    const tooMany = this.#errorSpans > this.#maxSpans * ERRORS_MOST || this.#errorBytes > this.#maxBytes * ERRORS_MOST
    const [first, second] = tooMany ? [this.#errors, this.#plain] : [this.#plain, this.#errors]
    const entry = oldest(first) ?? oldest(second)
    if (entry === undefined) throw new Error('BUG: a store with nothing in it is full')
    this.#evictedTraces++
    if (this.#errors.has(entry.traceId)) this.#evictedErrors++
    this.#remove(entry)
  }
}

function oldest(traces: ReadonlyMap<string, Entry>): Entry | undefined {
  for (const entry of traces.values()) return entry
  return undefined
}

function checkSpans(maxSpans: number): void {
  if (!(maxSpans >= 1)) throw new RangeError(`maxSpans: ${maxSpans} must be at least 1`)
}
