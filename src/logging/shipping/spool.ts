import { randomBytes } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry } from './delivery.ts'
import { lockFolder } from './spool-lock.ts'
import { readRecords, recordOf } from './spool-record.ts'

export interface SpoolOptions {
  /** Of one sink of one process; made if there is none. */
  readonly folder: string
  readonly maxBytes: number
  readonly maxLineBytes: number
}

interface Segment {
  readonly name: string
  /** What of it is known to be whole. */
  size: number
}

interface Appending {
  readonly bytes: Buffer
  segment: Segment | undefined
  /** What is begun reaches the disk also when the process ends. */
  begun: boolean
}

const SEGMENT = /^(\d{10})-[0-9a-f]{8}\.lines$/
const POSITION = 'position'
/** Of a record, besides its line. */
const MAX_PREFIX = 32

/**
 * Lines on disk, from when they are written until they have been sent: segments of records, and how far they have been
 * read. A killed process loses what it wrote in its last turn of the event loop; a machine that loses power more. docs/logs.md.
 */
export class Spool {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #segmentBytes: number
  readonly #maxLineBytes: number
  readonly #unlock: () => void
  readonly #segments: Segment[]
  #offset: number
  #read: { readonly segment: Segment; readonly handle: FileHandle } | undefined
  #write: { readonly segment: Segment; readonly handle: FileHandle } | undefined
  #next: number
  /** What is being appended. */
  #appending: Appending | undefined
  /** Where the batch ends that is being sent. */
  #upTo: number | undefined
  /** Lines that were found when it was opened, those that cannot be read included. */
  readonly lines: number
  /** Those that could not be read. */
  corrupt = 0

  private constructor(options: SpoolOptions, found: Found, unlock: () => void) {
    this.#folder = options.folder
    this.#maxBytes = options.maxBytes
    this.#maxLineBytes = options.maxLineBytes
    this.#segmentBytes = Math.max(64 * 1024, Math.floor(options.maxBytes / 8))
    this.#unlock = unlock
    this.#segments = found.segments
    this.#offset = found.offset
    this.#next = found.next
    this.lines = found.lines
  }

  /** @throws Error when the folder cannot be had. */
  static async open(options: SpoolOptions): Promise<Spool> {
    await mkdir(options.folder, { recursive: true })
    const unlock = lockFolder(options.folder)
    try {
      return new Spool(options, await find(options.folder), unlock)
    } catch (error) {
      unlock()
      throw error
    }
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0) - this.#offset
  }

  /** False: there is no room, or the disk would not; then nothing of it is kept. */
  async append(entries: readonly Entry[]): Promise<boolean> {
    const least = entries.reduce((sum, { bytes }) => sum + bytes, 0)
    if (this.bytes + least > this.#maxBytes) return false
    const bytes = Buffer.from(entries.map(recordOf).join(''))
    if (this.bytes + bytes.length > this.#maxBytes) return false
    const appending: Appending = { bytes, segment: undefined, begun: false }
    this.#appending = appending
    try {
      const { segment, handle } = await this.#writing()
      // Written by appendSync in the meantime.
      if (appending.begun) return true
      appending.begun = true
      appending.segment = segment
      await handle.appendFile(bytes)
      segment.size += bytes.length
      return true
    } catch {
      // Half of it may be there: nothing is written behind that.
      await this.#closeWriting()
      return false
    } finally {
      this.#appending = undefined
    }
  }

  /**
   * The same before it returns, with what is being appended and has not reached the disk: for a process that may end at
   * once. Into a segment of its own, as nobody knows what becomes of the one that is open.
   */
  appendSync(entries: readonly Entry[]): boolean {
    const appending = this.#appending
    const left = appending?.begun === false ? appending.bytes : Buffer.alloc(0)
    const bytes = Buffer.concat([left, Buffer.from(entries.map(recordOf).join(''))])
    if (bytes.length === 0) return true
    if (this.bytes + bytes.length > this.#maxBytes) return false
    const segment = { name: this.#newName(), size: 0 }
    try {
      const file = openSync(join(this.#folder, segment.name), 'ax')
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
      closeSync(file)
    } catch {
      return false
    }
    if (appending !== undefined) appending.begun = true
    segment.size = bytes.length
    this.#segments.push(segment)
    void this.#closeWriting()
    return true
  }

  /** The oldest lines that have not been committed; undefined: there are none. */
  async read(maxLines: number, maxBytes: number): Promise<readonly Entry[] | undefined> {
    for (;;) {
      const segment = this.#segments[0]
      if (segment === undefined) return undefined
      const left = segment.size - this.#offset
      if (left <= 0) {
        if (segment === this.#write?.segment || segment === this.#appending?.segment) return undefined
        await this.#forgetFirst()
        continue
      }
      const room = Math.min(left, Math.max(maxBytes, this.#maxLineBytes + MAX_PREFIX))
      const bytes = await this.#bytesOf(segment, room)
      const { entries, length, corrupt } = readRecords(bytes, this.#offset, maxLines, segment.name.slice(0, -6))
      this.corrupt += corrupt
      if (entries.length > 0) {
        this.#upTo = this.#offset + length
        return entries
      }
      if (length > 0) this.#offset += length
      else {
        // Its end is torn, or it cannot be read.
        this.corrupt++
        this.#offset = segment.size
      }
    }
  }

  /** What was read last is not needed any more. */
  async commit(): Promise<void> {
    const segment = this.#segments[0]
    if (this.#upTo === undefined || segment === undefined) return
    this.#offset = this.#upTo
    this.#upTo = undefined
    const done = this.#offset >= segment.size && segment.size >= this.#segmentBytes
    if (done) {
      if (segment === this.#write?.segment) await this.#closeWriting()
      await this.#forgetFirst()
      return
    }
    try {
      const file = join(this.#folder, POSITION)
      await writeFile(`${file}.new`, `${JSON.stringify({ segment: segment.name, offset: this.#offset })}\n`)
      await rename(`${file}.new`, file)
    } catch {
      // The next one will be written; until then a killed process sends some lines twice.
    }
  }

  async close(): Promise<void> {
    await this.#closeWriting()
    await this.#closeReading()
    // Of segments that have been sent there is no need to keep the place.
    while (this.#segments.length > 0 && this.#offset >= (this.#segments[0]?.size ?? 0)) await this.#forgetFirst()
    this.#unlock()
  }

  async #writing(): Promise<{ readonly segment: Segment; readonly handle: FileHandle }> {
    if (this.#write !== undefined && this.#write.segment.size < this.#segmentBytes) return this.#write
    await this.#closeWriting()
    const name = this.#newName()
    const handle = await open(join(this.#folder, name), 'ax')
    const segment = { name, size: 0 }
    this.#segments.push(segment)
    this.#write = { segment, handle }
    return this.#write
  }

  #newName(): string {
    return `${String(this.#next++).padStart(10, '0')}-${randomBytes(4).toString('hex')}.lines`
  }

  async #bytesOf(segment: Segment, length: number): Promise<Buffer> {
    try {
      if (this.#read?.segment !== segment) {
        await this.#closeReading()
        this.#read = { segment, handle: await open(join(this.#folder, segment.name), 'r') }
      }
      const { buffer, bytesRead } = await this.#read.handle.read(Buffer.alloc(length), 0, length, this.#offset)
      return buffer.subarray(0, bytesRead)
    } catch {
      return Buffer.alloc(0)
    }
  }

  async #forgetFirst(): Promise<void> {
    const segment = this.#segments.shift()
    this.#offset = 0
    if (segment === undefined) return
    if (this.#read?.segment === segment) await this.#closeReading()
    await rm(join(this.#folder, segment.name), { force: true }).catch(() => undefined)
  }

  async #closeReading(): Promise<void> {
    const handle = this.#read?.handle
    this.#read = undefined
    await handle?.close().catch(() => undefined)
  }

  async #closeWriting(): Promise<void> {
    const handle = this.#write?.handle
    this.#write = undefined
    await handle?.close().catch(() => undefined)
  }
}

interface Found {
  readonly segments: Segment[]
  readonly offset: number
  readonly next: number
  readonly lines: number
}

async function find(folder: string): Promise<Found> {
  const names = (await readdir(folder)).filter((name) => SEGMENT.test(name)).sort()
  const position = await readPosition(folder)
  const segments: Segment[] = []
  let lines = 0
  let offset = 0
  for (const name of names) {
    const { size } = await stat(join(folder, name))
    const isFirst = segments.length === 0
    const from = isFirst && position?.segment === name ? Math.min(position.offset, size) : 0
    if (isFirst) offset = from
    lines += await countLines(join(folder, name), from)
    segments.push({ name, size })
  }
  const last = Number(SEGMENT.exec(names.at(-1) ?? '')?.[1] ?? 0)
  return { segments, offset, next: last + 1, lines }
}

async function readPosition(
  folder: string,
): Promise<{ readonly segment: string; readonly offset: number } | undefined> {
  try {
    const read: unknown = JSON.parse(await readFile(join(folder, POSITION), 'utf8'))
    if (typeof read !== 'object' || read === null || !('segment' in read) || !('offset' in read)) return undefined
    const { segment, offset } = read
    return typeof segment === 'string' && Number.isSafeInteger(offset) && Number(offset) >= 0
      ? { segment, offset: Number(offset) }
      : undefined
  } catch {
    return undefined
  }
}

async function countLines(file: string, from: number): Promise<number> {
  let lines = 0
  let torn = false
  const handle = await open(file, 'r')
  try {
    for await (const chunk of handle.createReadStream({ start: from, autoClose: false })) {
      if (!Buffer.isBuffer(chunk)) continue
      for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines++
      torn = chunk.at(-1) !== 0x0a
    }
  } finally {
    await handle.close()
  }
  return torn ? lines + 1 : lines
}
