import path from 'node:path'
import type { MetricMetadata } from '../../series/index.ts'
import type { Batch } from '../batch.ts'
import type { Scrape } from '../head/group.ts'
import type { Head } from '../head/head.ts'
import type { Pace } from '../pace.ts'
import type { Sources } from '../read/source.ts'
import { Block } from './block.ts'
import { contentsBelow } from './contents.ts'
import type { Files } from './files.ts'
import { FolderLock } from './lock.ts'
import { type Fsync, Log } from './log.ts'
import { blockFolder, type Found, logFolder, recover } from './recover.ts'
import { writeBlock } from './write-block.ts'

/** After a block could not be written. */
const RETRY_MS = 60_000
const SEGMENT_BYTES = 32 * 2 ** 20

export interface DiskOptions {
  readonly folder: string
  readonly files: Files
  readonly fsync: Fsync
  readonly fsyncIntervalMs: number
  readonly windowMs: number
  readonly maxBytes: number
  /** A window is written this long after its end. */
  readonly lagMs: number
}

export interface DiskStats {
  /** Log and blocks. */
  readonly bytes: number
  readonly blocks: number
  readonly logSegments: number
  /** Samples that are in memory alone, since the log could not be written. */
  readonly unlogged: number
  /** Attempts to write, sync or remove something that failed. */
  readonly failures: number
  readonly lastFailure: string | undefined
  /** Blocks and segments let go of since together they were over `maxBytes`. */
  readonly droppedFiles: number
  /** What was found damaged and left out, the first hundred. */
  readonly setAside: readonly string[]
}

/** The folder: its lock, the log and the blocks. */
export class Disk {
  readonly #options: DiskOptions
  readonly #head: Head
  readonly #lock: FolderLock
  readonly #log: Log
  #blocks: Block[] = []
  #retryAt = -Infinity
  #unlogged = 0
  #failures = 0
  #lastFailure: string | undefined
  #droppedFiles = 0
  readonly #found: Found
  /** The head was asked about all that lies below. */
  #writtenTo = -Infinity

  private constructor(options: DiskOptions, head: Head, lock: FolderLock, found: Found) {
    this.#options = options
    this.#head = head
    this.#lock = lock
    this.#blocks = found.blocks
    this.#found = found
    this.#log = new Log(
      {
        folder: logFolder(options.folder),
        files: options.files,
        fsync: options.fsync,
        fsyncIntervalMs: options.fsyncIntervalMs,
        segmentBytes: Math.min(SEGMENT_BYTES, options.maxBytes / 8),
        labelsOf: (ref) => head.byRef(ref)?.labels,
        isAlive: (ref, since) => (head.byRef(ref)?.lastTime ?? -Infinity) >= since,
        aliveMs: options.windowMs,
        metadata: head.metadata,
        failed: (what, error) => {
          this.#fail(what, error)
        },
      },
      found.segments,
    )
  }

  /**
   * Puts what is intact into the head. @throws FolderInUseError when another process has the folder; what `files` throws when
   * the folder cannot be made or listed.
   */
  static async open(options: DiskOptions, head: Head): Promise<Disk> {
    const { folder, files } = options
    for (const each of [folder, logFolder(folder), blockFolder(folder)]) files.makeFolder(each)
    const lock = FolderLock.take(folder, files)
    try {
      return new Disk(options, head, lock, await recover(folder, options.windowMs, files, head))
    } catch (error) {
      lock.release()
      throw error
    }
  }

  get stats(): DiskStats {
    return {
      bytes: this.#bytes,
      blocks: this.#blocks.length,
      logSegments: this.#log.segments,
      unlogged: this.#unlogged,
      failures: this.#failures,
      lastFailure: this.#lastFailure,
      droppedFiles: this.#droppedFiles,
      setAside: [...this.#found.setAside],
    }
  }

  get #bytes(): number {
    return this.#blocks.reduce((sum, { bytes }) => sum + bytes, this.#log.bytes)
  }

  logMetadata(name: string, metadata: MetricMetadata): void {
    this.#log.metadata([[name, metadata]])
  }

  /** The series was made. */
  announce(ref: number): void {
    this.#log.announce(ref)
  }

  /** False: it is not in the log, and must not be taken. */
  logScrape(group: number, scrape: Scrape): boolean {
    return this.#logged(this.#log.scrape(group, scrape), scrape.refs.length)
  }

  logBatch(batch: Batch): boolean {
    return this.#logged(this.#log.batch(batch), batch.size)
  }

  collect(ref: number, sources: Sources, from: number, to: number): void {
    for (const block of this.#blocks) block.collect(ref, sources, from, to)
  }

  /** Writes windows that are over, and removes blocks that are past `floor` or too many. */
  async step(at: number, floor: number, pace: Pace): Promise<void> {
    this.#dropBlocks((block) => block.maxTime < floor)
    this.#log.truncate(floor)
    const end = Math.floor((at - this.#options.lagMs) / this.#options.windowMs) * this.#options.windowMs
    if (this.#log.isLong) await this.#log.turnOver(pace)
    if (at >= this.#retryAt && end > this.#writtenTo) await this.#writeWindows(end, at, pace)
    this.#keepLimit()
  }

  async close(): Promise<void> {
    await this.#log.close()
    for (const block of this.#blocks) block.close()
    this.#lock.release()
  }

  #logged(done: boolean, samples: number): boolean {
    if (done) return true
    if (this.#options.fsync === 'always') return false
    this.#unlogged += samples
    return true
  }

  /** All of the head below `end`, a block a window. What a block could not take stays in the head and in the log. */
  async #writeWindows(end: number, at: number, pace: Pace): Promise<void> {
    const { files, folder, windowMs } = this.#options
    this.#head.raiseFloor(end)
    const contents = await contentsBelow(end, this.#head, windowMs, pace)
    if (contents.length > 0) await this.#log.turnOver(pace)
    try {
      for (const [window, content] of contents) {
        const file = this.#freeName(window)
        const places = await writeBlock(content, file, blockFolder(folder), files, pace)
        this.#blocks.push(await Block.written(file, files, content.times, places, this.#found.note, pace))
        await this.#head.dropBefore(Math.min(end, window + windowMs), 'written', pace)
      }
      this.#log.truncate(end)
      this.#writtenTo = end
    } catch (error) {
      this.#retryAt = at + RETRY_MS
      this.#fail('write a block', error)
    }
  }

  #freeName(window: number): string {
    const folder = blockFolder(this.#options.folder)
    const taken = new Set(this.#options.files.list(folder))
    let number = 0
    while (taken.has(`${window}-${number}.block`)) number++
    return path.join(folder, `${window}-${number}.block`)
  }

  /** Over the limit: blocks first, oldest first, then the log's closed segments. */
  #keepLimit(): void {
    while (this.#bytes > this.#options.maxBytes) {
      const oldest = this.#blocks.toSorted((a, b) => a.maxTime - b.maxTime)[0]
      const gone = oldest === undefined ? this.#log.dropOldest() : this.#dropBlocks((block) => block === oldest)
      if (!gone) return
      this.#droppedFiles++
    }
  }

  #dropBlocks(isGone: (block: Block) => boolean): boolean {
    const gone = this.#blocks.filter(isGone)
    if (gone.length === 0) return false
    this.#blocks = this.#blocks.filter((block) => !gone.includes(block))
    for (const block of gone) {
      block.close()
      try {
        this.#options.files.remove(block.path)
      } catch (error) {
        this.#fail('remove a block', error)
      }
    }
    return true
  }

  #fail(what: string, error: unknown): void {
    this.#failures++
    this.#lastFailure = `could not ${what}: ${error instanceof Error ? error.message : String(error)}`
  }
}
