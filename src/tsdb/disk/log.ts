import path from 'node:path'
import type { LabelSet, MetricMetadata } from '../../series/index.ts'
import type { Batch } from '../batch.ts'
import { ByteWriter } from '../chunk/byte-writer.ts'
import type { Scrape } from '../head/group.ts'
import { nextTurn, type Pace } from '../pace.ts'
import type { Files, OpenFile } from './files.ts'
import { writeFrame } from './frame.ts'
import {
  type MetadataEntry,
  RECORD,
  writeBatch,
  writeLayout,
  writeMetadata,
  writeScrape,
  writeSeries,
} from './records.ts'

export const SEGMENT_NAME: RegExp = /^(\d{8})\.wal$/
/** Definitions to a frame, and microseconds that writing one takes. */
const SERIES_PER_FRAME = 200
const DEFINE_COST = 5
/** A buffer that grew beyond this for one great record is given back. */
const KEEP_BUFFER = 2 ** 21

/** When what was written is forced onto the medium: with each append, once an interval, or whenever the system likes. */
export type Fsync = 'always' | 'interval' | 'never'

export interface LogOptions {
  readonly folder: string
  readonly files: Files
  readonly fsync: Fsync
  readonly fsyncIntervalMs: number
  /** A segment is to be closed when it is as long as this, and is when it is twice as long. */
  readonly segmentBytes: number
  readonly labelsOf: (ref: number) => LabelSet | undefined
  /** Whether the series has a sample at `since` or later. */
  readonly isAlive: (ref: number, since: number) => boolean
  /** Series without a sample for so long are not expected to go on. */
  readonly aliveMs: number
  /** All that is known of names, to be said again in a segment. */
  readonly metadata: ReadonlyMap<string, MetricMetadata>
  readonly failed: (what: string, error: unknown) => void
}

interface Segment {
  readonly number: number
  readonly file: OpenFile
  bytes: number
  maxTime: number
  hasMetadata: boolean
  readonly defined: Set<number>
  readonly layouts: Map<number, { readonly id: number; readonly refs: Uint32Array; starts: Float64Array | undefined }>
}

export interface ClosedSegment {
  readonly number: number
  readonly bytes: number
  readonly maxTime: number
}

/**
 * The write-ahead log: segments that each stand alone, since a series is defined anew in every segment that speaks of it. One
 * that is damaged or lost takes nothing else with it, and one whose samples are in blocks is simply removed.
 */
export class Log {
  readonly #options: LogOptions
  readonly #out = new ByteWriter(2 ** 16)
  #buffer = this.#out
  #segment: Segment | undefined
  #closed: ClosedSegment[]
  #nextNumber: number
  #nextLayout = 1
  #announced: number[] = []
  #dirty = false
  #over = false
  #timer: NodeJS.Timeout | undefined
  #syncing: Promise<unknown> | undefined

  constructor(options: LogOptions, closed: readonly ClosedSegment[]) {
    this.#options = options
    this.#closed = [...closed]
    this.#nextNumber = 1 + Math.max(0, ...closed.map(({ number }) => number))
  }

  get bytes(): number {
    return this.#closed.reduce((sum, { bytes }) => sum + bytes, this.#segment?.bytes ?? 0)
  }

  get segments(): number {
    return this.#closed.length + (this.#segment === undefined ? 0 : 1)
  }

  /** False: it could not be written. */
  scrape(group: number, { at, refs, values, starts }: Scrape): boolean {
    return this.#write(at, (segment, out) => {
      let layout = segment.layouts.get(group)
      if (layout === undefined || !sameRefs(layout.refs, refs)) {
        this.#define(segment, refs, out)
        layout = { id: this.#nextLayout++, refs: refs.slice(), starts: undefined }
        segment.layouts.set(group, layout)
        const { id } = layout
        writeFrame(out, RECORD.layout, (body) => writeLayout(body, id, refs))
      }
      const { id, starts: before } = layout
      const same = starts !== undefined && before !== undefined && sameValues(before, starts)
      if (starts !== undefined && !same) layout.starts = starts.slice()
      writeFrame(out, RECORD.scrape, (body) =>
        writeScrape(body, { layout: id, group, at, values, starts: same ? 'same' : starts }),
      )
    })
  }

  batch(batch: Batch): boolean {
    const newest = batch.times.reduce((max, at) => Math.max(max, at), -Infinity)
    return this.#write(newest, (segment, out) => {
      this.#define(segment, batch.refs, out)
      this.#define(
        segment,
        batch.exemplars.map(({ ref }) => ref),
        out,
      )
      writeFrame(out, RECORD.batch, (body) => writeBatch(body, batch))
    })
  }

  /** Somebody asked for the series: it is defined with others who were, so that a scrape need not define them all. */
  announce(ref: number): void {
    if (this.#announced.push(ref) < SERIES_PER_FRAME) return
    const refs = this.#announced
    this.#announced = []
    this.#write(-Infinity, (segment, out) => this.#define(segment, refs, out), 'later')
  }

  metadata(entries: readonly MetadataEntry[]): void {
    this.#write(
      -Infinity,
      (segment, out) => {
        segment.hasMetadata = true
        writeFrame(out, RECORD.metadata, (body) => writeMetadata(body, entries))
      },
      'later',
    )
  }

  get isLong(): boolean {
    return (this.#segment?.bytes ?? 0) >= this.#options.segmentBytes
  }

  /** What comes next goes into a segment of its own; in turns, since it begins with all series that are alive. */
  async turnOver(pace: Pace): Promise<void> {
    const segment = this.#segment
    if (segment === undefined) return
    let next: Segment | undefined
    const whole = await this.#tryLater('begin a segment of the log', async () => {
      next = this.#begin()
      await this.#defineAlive(segment, next, pace)
      await this.#repeatMetadata(next, pace)
    })
    if (this.#over || this.#segment !== segment || !whole) {
      // The log went on in another segment, which must not be followed by one of a lesser number.
      if (next !== undefined) this.#discard(next)
      return
    }
    this.rotate()
    this.#segment = next
  }

  /** What comes next goes into a segment of its own. */
  rotate(): void {
    const segment = this.#segment
    if (segment === undefined) return
    this.#segment = undefined
    this.#closed.push({ number: segment.number, bytes: segment.bytes, maxTime: segment.maxTime })
    const close = (): void => {
      this.#try('close a segment of the log', () => segment.file.close())
    }
    if (this.#options.fsync !== 'interval') return close()
    // With `always` it is on the medium already. This may take a while, and nobody waits.
    const synced = segment.file.syncLater().catch((error: unknown) => this.#options.failed('sync the log', error))
    this.#syncing = Promise.all([this.#syncing, synced.then(close)])
  }

  /** Removes segments whose samples all lie below `end`. */
  truncate(end: number): void {
    const segment = this.#segment
    const holdsNames = segment?.hasMetadata === true && segment.maxTime === -Infinity
    if (segment !== undefined && segment.maxTime < end && !holdsNames) this.rotate()
    for (const segment of this.#closed) if (segment.maxTime < end) this.#remove(segment)
  }

  /** Removes the oldest closed segment; false: there is none. */
  dropOldest(): boolean {
    const [oldest] = this.#closed
    return oldest !== undefined && this.#remove(oldest)
  }

  /** Nothing is written from now on. */
  async close(): Promise<void> {
    this.#over = true
    clearTimeout(this.#timer)
    this.rotate()
    await this.#syncing
  }

  #remove(segment: ClosedSegment): boolean {
    const gone = this.#try('remove a segment of the log', () => {
      this.#options.files.remove(this.#pathOf(segment.number))
    })
    if (gone) this.#closed = this.#closed.filter((other) => other !== segment)
    return gone
  }

  /** All that one append needs goes out in one write. */
  #write(maxTime: number, fill: (segment: Segment, out: ByteWriter) => void, sync: 'now' | 'later' = 'now'): boolean {
    if (this.#over) return false
    if ((this.#segment?.bytes ?? 0) >= this.#options.segmentBytes * 2) this.rotate()
    const out = this.#buffer
    out.truncate()
    const written = this.#try('write the log', () => {
      const segment = (this.#segment ??= this.#begin())
      fill(segment, out)
      segment.file.append(out.view())
      if (this.#options.fsync === 'always' && sync === 'now') segment.file.sync()
      segment.bytes += out.length
      segment.maxTime = Math.max(segment.maxTime, maxTime)
    })
    if (!written) this.#abandon()
    else if (this.#options.fsync === 'interval') this.#syncSoon()
    if (out.length > KEEP_BUFFER) this.#buffer = new ByteWriter(2 ** 16)
    return written
  }

  #begin(): Segment {
    const { files, folder } = this.#options
    const number = this.#nextNumber++
    const file = files.create(this.#pathOf(number))
    if (this.#options.fsync === 'always') files.syncFolder(folder)
    else if (this.#options.fsync === 'interval') {
      const synced = files
        .syncFolderLater(folder)
        .catch((error: unknown) => this.#options.failed('sync the log', error))
      this.#syncing = Promise.all([this.#syncing, synced])
    }
    return { number, file, bytes: 0, maxTime: -Infinity, hasMetadata: false, defined: new Set(), layouts: new Map() }
  }

  /** After a failure nobody knows what the file's end holds: it is cut off, and the next append begins a segment. */
  #abandon(): void {
    const segment = this.#segment
    if (segment === undefined) return
    this.#segment = undefined
    this.#try('cut off a failed write', () => segment.file.truncate(segment.bytes))
    this.#try('close a segment of the log', () => segment.file.close())
    const closed = { number: segment.number, bytes: segment.bytes, maxTime: segment.maxTime }
    this.#closed.push(closed)
    if (segment.bytes === 0) this.#remove(closed)
  }

  async #defineAlive(from: Segment, to: Segment, pace: Pace): Promise<void> {
    const since = from.maxTime - this.#options.aliveMs
    const out = new ByteWriter(2 ** 16)
    let refs: number[] = []
    const flush = (): void => {
      out.truncate()
      this.#define(to, refs, out)
      to.file.append(out.view())
      to.bytes += out.length
      refs = []
    }
    for (const ref of from.defined) {
      const alive = this.#options.isAlive(ref, since)
      if (alive && refs.push(ref) === SERIES_PER_FRAME) flush()
      if (pace.spent(alive ? DEFINE_COST : 1)) await nextTurn()
    }
    flush()
  }

  async #repeatMetadata(to: Segment, pace: Pace): Promise<void> {
    const out = new ByteWriter(2 ** 14)
    const entries = [...this.#options.metadata]
    for (let from = 0; from < entries.length; from += SERIES_PER_FRAME) {
      out.truncate()
      writeFrame(out, RECORD.metadata, (body) => writeMetadata(body, entries.slice(from, from + SERIES_PER_FRAME)))
      to.file.append(out.view())
      to.bytes += out.length
      to.hasMetadata = true
      if (pace.spent(SERIES_PER_FRAME * DEFINE_COST)) await nextTurn()
    }
  }

  /** Of a segment that nothing was appended to. */
  #discard(segment: Segment): void {
    this.#try('close a segment of the log', () => segment.file.close())
    this.#try('remove a segment of the log', () => {
      this.#options.files.remove(this.#pathOf(segment.number))
    })
  }

  #define(segment: Segment, refs: Iterable<number>, out: ByteWriter): void {
    const fresh: (readonly [number, LabelSet])[] = []
    for (const ref of refs) {
      if (segment.defined.has(ref)) continue
      const labels = this.#options.labelsOf(ref)
      if (labels === undefined) continue
      segment.defined.add(ref)
      fresh.push([ref, labels])
    }
    for (let from = 0; from < fresh.length; from += SERIES_PER_FRAME) {
      writeFrame(out, RECORD.series, (body) => writeSeries(body, fresh.slice(from, from + SERIES_PER_FRAME)))
    }
  }

  /** One timer for all that is written until it fires. */
  #syncSoon(): void {
    this.#dirty = true
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#syncing = Promise.all([this.#syncing, this.#syncNow()])
    }, this.#options.fsyncIntervalMs).unref()
  }

  async #syncNow(): Promise<void> {
    const segment = this.#segment
    if (!this.#dirty || segment === undefined) return
    this.#dirty = false
    try {
      await segment.file.syncLater()
    } catch (error) {
      // A segment that was closed meanwhile was synced then.
      if (segment === this.#segment) {
        this.#options.failed('sync the log', error)
        this.#abandon()
      }
    }
  }

  #pathOf(number: number): string {
    return path.join(this.#options.folder, `${String(number).padStart(8, '0')}.wal`)
  }

  async #tryLater(what: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      return true
    } catch (error) {
      this.#options.failed(what, error)
      return false
    }
  }

  #try(what: string, act: () => void): boolean {
    try {
      act()
      return true
    } catch (error) {
      this.#options.failed(what, error)
      return false
    }
  }
}

function sameRefs(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}
