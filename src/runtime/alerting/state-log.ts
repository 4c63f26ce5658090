import path from 'node:path'
import { type Files, FolderLock, type OpenFile } from '../../tsdb/index.ts'

/** What a folder held: the lines of a snapshot, and those that were logged since. Read while they are asked for. */
export interface Found {
  readonly snapshot: Iterable<string> | undefined
  readonly records: Iterable<string>
}

const SNAPSHOT = 'snapshot.jsonl'
const LOG = /^log-(\d+)\.jsonl$/
/** The last line of a log that another one goes on from. */
const END = 'end'
/** What is made of a snapshot, or read, at once. */
const PIECE_BYTES = 65_536
const ENCODER = new TextEncoder()

/**
 * A snapshot and a log of what happened since, in a folder that is this process's own. A snapshot whose first line is the number n
 * goes with the logs n, n+1...: each but the last is closed by a line that says so, and what stands behind a log that is not closed
 * is not read.
 */
export class StateLog {
  readonly #files: Files
  readonly #folder: string
  readonly #lock: FolderLock
  #number: number
  /** Undefined: nothing can be logged. */
  #file: OpenFile | undefined
  /** The log before is still being forced onto the medium. */
  #closing: Promise<void> = Promise.resolve()
  #bytes = 0
  #snapshotBytes = 0
  #isSound = false
  #saving: Promise<void> | undefined

  private constructor(folder: string, files: Files, lock: FolderLock) {
    this.#files = files
    this.#folder = folder
    this.#lock = lock
    this.#number = Math.max(0, ...files.list(folder).map((name) => Number(LOG.exec(name)?.[1] ?? 0)))
  }

  /** @throws FolderInUseError, or what the disk says. */
  static open(folder: string, files: Files): StateLog {
    files.makeFolder(folder)
    const lock = FolderLock.take(folder, files)
    try {
      return new StateLog(folder, files, lock)
    } catch (error) {
      lock.release()
      throw error
    }
  }

  /** Of the process before: to be read before anything is saved. @throws what the disk says, while it is read. */
  read(): Found {
    const names = this.#files.list(this.#folder)
    const snapshot = names.includes(SNAPSHOT) ? this.#lines(SNAPSHOT) : undefined
    const number = Number.parseInt(snapshot?.next().value ?? '', 10) || 0
    return { snapshot, records: this.#records(names, number) }
  }

  /** Bytes since the last snapshot was begun. */
  get bytes(): number {
    return this.#bytes
  }

  /** Of the last snapshot that was begun. */
  get snapshotBytes(): number {
    return this.#snapshotBytes
  }

  /** False: there is something that a process to come would not find, until a snapshot is saved. */
  get isSound(): boolean {
    return this.#isSound
  }

  get isSaving(): boolean {
    return this.#saving !== undefined
  }

  /** A line. It survives the process from here on, and the machine after `sync`. @throws what the disk says; then it is not sound. */
  append(record: string): void {
    if (this.#file === undefined) return
    try {
      this.#write(`${record}\n`)
    } catch (error) {
      this.#abandon()
      throw error
    }
  }

  /** Keeps a copy of what could not be made sense of, for who wants to look. */
  setAside(): void {
    const names = this.#files.list(this.#folder)
    if (names.includes(SNAPSHOT)) this.#files.rename(this.#at(SNAPSHOT), this.#at(`${SNAPSHOT}.damaged`))
  }

  async sync(): Promise<void> {
    const file = this.#file
    if (!this.#isSound || file === undefined) return
    try {
      await this.#closing
      await file.syncLater()
    } catch (error) {
      // It was closed meanwhile, and is synced for that.
      if (file !== this.#file) return
      this.#abandon()
      throw error
    }
  }

  /**
   * Puts a snapshot in the place of all that was logged before; what is logged from now on belongs to it. The lines are asked for
   * piece by piece, other things between. Rejects with what the disk says: then all that was logged still counts.
   */
  async save(lines: Iterable<string>): Promise<void> {
    if (this.#saving !== undefined) return this.#saving
    this.#turnOver()
    this.#saving = this.#save(lines, this.#number)
    try {
      await this.#saving
    } finally {
      this.#saving = undefined
    }
  }

  async close(): Promise<void> {
    await this.#saving?.catch(() => undefined)
    try {
      await this.#closing
      this.#file?.sync()
    } finally {
      this.#abandon()
      this.#lock.release()
    }
  }

  #write(text: string): void {
    const bytes = ENCODER.encode(text)
    this.#file?.append(bytes)
    this.#bytes += bytes.length
  }

  /** Closes the log, and begins the next. */
  #turnOver(): void {
    const before = this.#file
    try {
      if (before !== undefined && this.#isSound) {
        this.#write(`${END}\n`)
        this.#closing = this.#finish(before)
        this.#closing.catch(() => undefined)
        this.#file = undefined
      } else {
        this.#abandon()
        // What was logged has a gap: nothing may stand behind it.
        this.#number++
      }
      this.#number++
      this.#file = this.#files.create(this.#at(`log-${this.#number}.jsonl`))
      this.#bytes = 0
    } catch (error) {
      this.#abandon()
      throw error
    }
  }

  async #finish(file: OpenFile): Promise<void> {
    try {
      await file.syncLater()
    } finally {
      file.close()
    }
  }

  /** Nothing more is logged until a snapshot is saved. */
  #abandon(): void {
    this.#isSound = false
    const file = this.#file
    this.#file = undefined
    file?.close()
  }

  async #save(lines: Iterable<string>, number: number): Promise<void> {
    const next = this.#at(`${SNAPSHOT}.next`)
    if (this.#files.list(this.#folder).includes(`${SNAPSHOT}.next`)) this.#files.remove(next)
    const file = this.#files.create(next)
    this.#snapshotBytes = 0
    const append = (text: string): void => {
      const bytes = ENCODER.encode(text)
      file.append(bytes)
      this.#snapshotBytes += bytes.length
    }
    try {
      let piece = `${number}\n`
      for (const line of lines) {
        piece += `${line}\n`
        if (piece.length < PIECE_BYTES) continue
        append(piece)
        piece = ''
        await turn()
      }
      append(piece)
      await file.syncLater()
    } finally {
      file.close()
    }
    this.#files.rename(next, this.#at(SNAPSHOT))
    await this.#files.syncFolderLater(this.#folder)
    // What stands in the logs before counts no more.
    this.#closing = Promise.resolve()
    this.#isSound = this.#file !== undefined
    for (const name of this.#files.list(this.#folder)) {
      const [, of] = LOG.exec(name) ?? []
      if (of !== undefined && Number(of) < number) this.#files.remove(this.#at(name))
    }
  }

  #at(name: string): string {
    return path.join(this.#folder, name)
  }

  *#records(names: readonly string[], from: number): Generator<string> {
    for (let number = from; names.includes(`log-${number}.jsonl`); number++) {
      let isClosed = false
      for (const line of this.#lines(`log-${number}.jsonl`)) {
        isClosed = line === END
        if (!isClosed) yield line
      }
      if (!isClosed) return
    }
  }

  /** A line without its end was being written when the process ended: it is none. */
  *#lines(name: string): Generator<string> {
    const file = this.#files.open(this.#at(name))
    try {
      const bytes = new Uint8Array(PIECE_BYTES)
      const decoder = new TextDecoder()
      let rest = ''
      for (let at = 0; ;) {
        const count = file.read(bytes, at)
        if (count === 0) return
        at += count
        const lines = (rest + decoder.decode(bytes.subarray(0, count), { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        yield* lines
      }
    } finally {
      file.close()
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
