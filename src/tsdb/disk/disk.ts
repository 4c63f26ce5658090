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
import { coarserContent, type Level } from './tiers.ts'
import { type BlockContent, writeBlock } from './write-block.ts'

/** After a block could not be written. */
const RETRY_MS = 60_000
const SEGMENT_BYTES = 32 * 2 ** 20

export interface DiskOptions {
  readonly folder: string
  readonly files: Files
  readonly fsync: Fsync
  readonly fsyncIntervalMs: number
  /** The finest first. */
  readonly levels: readonly [Level, ...Level[]]
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
        aliveMs: options.levels[0].windowMs,
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
      return new Disk(options, head, lock, await recover(folder, options.levels[0].windowMs, files, head))
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

  /** Writes windows that are over, makes coarser what is past its retention, and removes what is past all or too much. */
  async step(at: number, pace: Pace): Promise<void> {
    const { lagMs, levels } = this.#options
    const [{ retentionMs, windowMs }] = levels
    this.#log.truncate(at - retentionMs)
    if (this.#log.isLong) await this.#log.turnOver(pace)
    const end = Math.floor((at - lagMs) / windowMs) * windowMs
    if (at >= this.#retryAt) {
      try {
        if (end > this.#writtenTo) await this.#writeWindows(end, pace)
        for (const [i, level] of levels.entries()) await this.#age(level, levels[i + 1], at, pace)
      } catch (error) {
        this.#retryAt = at + RETRY_MS
        this.#fail('write a block', error)
      }
    }
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
  async #writeWindows(end: number, pace: Pace): Promise<void> {
    const { windowMs } = this.#options.levels[0]
    this.#head.raiseFloor(end)
    const contents = await contentsBelow(end, this.#head, windowMs, pace)
    if (contents.length > 0) await this.#log.turnOver(pace)
    for (const [window, content] of contents) {
      await this.#write(
        content,
        this.#freeName((number) => `${window}-${number}.block`),
        pace,
      )
      await this.#head.dropBefore(Math.min(end, window + windowMs), 'written', pace)
    }
    this.#log.truncate(end)
    this.#writtenTo = end
  }

  /** Removes what is past the level's retention; or, if there is a coarser one, window by window puts what stays there. */
  async #age(level: Level, coarser: Level | undefined, at: number, pace: Pace): Promise<void> {
    const floor = at - level.retentionMs
    if (coarser === undefined) {
      this.#dropBlocks((block) => this.#levelOf(block) === level && block.maxTime < floor)
      return
    }
    const { windowMs, resolutionMs } = coarser
    const windowAt = ({ name }: Block): number => Math.floor(name.start / windowMs) * windowMs
    const due = this.#blocks.filter((block) => this.#levelOf(block) === level && windowAt(block) + windowMs <= floor)
    for (const window of new Set(due.map(windowAt))) {
      const fine = due.filter((block) => windowAt(block) === window)
      // It was made already when the process ended before it could remove these.
      const made = this.#blocks.some(({ name }) => name.start === window && name.resolutionMs === resolutionMs)
      if (!made) {
        const name = this.#freeName((number) => `${window}-${number}-${resolutionMs}.block`)
        await this.#write(coarserContent(fine, coarser, this.#head), name, pace)
      }
      this.#dropBlocks((block) => fine.includes(block))
    }
  }

  /** Blocks of a resolution that is no longer asked for are with those that are finer. */
  #levelOf({ name }: Block): Level {
    const { levels } = this.#options
    return levels.findLast(({ resolutionMs }) => resolutionMs <= name.resolutionMs) ?? levels[0]
  }

  async #write(content: BlockContent, file: string, pace: Pace): Promise<void> {
    const { files, folder } = this.#options
    const places = await writeBlock(content, file, blockFolder(folder), files, pace)
    this.#blocks.push(await Block.written(file, files, content.times, places, this.#found.note, pace))
  }

  #freeName(nameOf: (number: number) => string): string {
    const folder = blockFolder(this.#options.folder)
    const taken = new Set(this.#options.files.list(folder))
    let number = 0
    while (taken.has(nameOf(number))) number++
    return path.join(folder, nameOf(number))
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
