import path from 'node:path'
import { type Files, FolderLock, type OpenFile } from '../../tsdb/index.ts'

/** What a folder held: a snapshot, and what was logged since. */
export interface Found {
  readonly snapshot: string | undefined
  readonly records: readonly string[]
}

const SNAPSHOT = 'snapshot.json'
const LOG = /^log-(\d+)\.jsonl$/
/** The last line of a log that another one goes on from. */
const END = 'end'
const ENCODER = new TextEncoder()

/**
 * A snapshot and a log of what happened since, in a folder that is this process's own. A snapshot of number n goes with the
 * logs n, n+1...: each but the last is closed by a line that says so, and what stands behind a log that is not closed is not read.
 */
export class StateLog {
  readonly found: Found
  readonly #files: Files
  readonly #folder: string
  readonly #lock: FolderLock
  #number: number
  #file: OpenFile | undefined
  #bytes = 0
  #isSound = false
  #saving: Promise<void> | undefined

  private constructor(folder: string, files: Files, lock: FolderLock) {
    this.#files = files
    this.#folder = folder
    this.#lock = lock
    const names = files.list(folder)
    const { number, snapshot } = this.#readSnapshot(names)
    this.found = { snapshot, records: this.#readLogs(names, number) }
    this.#number = Math.max(number, ...names.map((name) => Number(LOG.exec(name)?.[1] ?? 0)))
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

  /** Bytes since the last snapshot was begun. */
  get bytes(): number {
    return this.#bytes
  }

  /** False: something was not written, and nothing more is until a snapshot is. */
  get isSound(): boolean {
    return this.#isSound
  }

  get isSaving(): boolean {
    return this.#saving !== undefined
  }

  /** A line. It survives the process from here on, and the machine after `sync`. @throws what the disk says; then it is not sound. */
  append(record: string): void {
    if (!this.#isSound || this.#file === undefined) return
    this.#guard(() => this.#write(`${record}\n`))
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
      await file.syncLater()
    } catch (error) {
      // It was closed meanwhile, and synced before that.
      if (file !== this.#file) return
      this.#isSound = false
      throw error
    }
  }

  /**
   * Puts a snapshot in the place of all that was logged before; what is logged from now on belongs to it.
   * Rejects with what the disk says: then all that was logged still counts.
   */
  async save(snapshot: string): Promise<void> {
    if (this.#saving !== undefined) return this.#saving
    const text = `${this.#number + 1}\n${snapshot}`
    const wasSound = this.#isSound
    if (wasSound) this.#guard(() => this.#turnOver())
    this.#saving = this.#save(text, wasSound)
    try {
      await this.#saving
    } finally {
      this.#saving = undefined
    }
  }

  async close(): Promise<void> {
    await this.#saving?.catch(() => undefined)
    try {
      this.#file?.sync()
    } finally {
      this.#file?.close()
      this.#file = undefined
      this.#isSound = false
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
    this.#write(`${END}\n`)
    this.#file?.sync()
    this.#file?.close()
    this.#file = undefined
    this.#begin()
  }

  #begin(): void {
    this.#file = this.#files.create(this.#at(`log-${this.#number + 1}.jsonl`))
    this.#number++
    this.#bytes = 0
  }

  async #save(text: string, wasSound: boolean): Promise<void> {
    const next = this.#at(`${SNAPSHOT}.next`)
    if (this.#files.list(this.#folder).includes(`${SNAPSHOT}.next`)) this.#files.remove(next)
    const file = this.#files.create(next)
    try {
      file.append(ENCODER.encode(text))
      await file.syncLater()
    } finally {
      file.close()
    }
    if (!wasSound) {
      // What was logged has a gap: nothing may stand behind it.
      this.#file?.close()
      this.#file = undefined
      this.#begin()
    }
    this.#files.rename(next, this.#at(SNAPSHOT))
    await this.#files.syncFolderLater(this.#folder)
    this.#isSound = this.#file !== undefined
    for (const name of this.#files.list(this.#folder)) {
      const [, number] = LOG.exec(name) ?? []
      if (number !== undefined && Number(number) < this.#number) this.#files.remove(this.#at(name))
    }
  }

  #guard(write: () => void): void {
    try {
      write()
    } catch (error) {
      this.#isSound = false
      throw error
    }
  }

  #at(name: string): string {
    return path.join(this.#folder, name)
  }

  #readSnapshot(names: readonly string[]): { readonly number: number; readonly snapshot: string | undefined } {
    if (!names.includes(SNAPSHOT)) return { number: 0, snapshot: undefined }
    const text = this.#read(SNAPSHOT)
    const end = text.indexOf('\n')
    return { number: Number.parseInt(text, 10) || 0, snapshot: text.slice(end + 1) }
  }

  #readLogs(names: readonly string[], from: number): readonly string[] {
    const records: string[] = []
    for (let number = from; names.includes(`log-${number}.jsonl`); number++) {
      const lines = this.#read(`log-${number}.jsonl`).split('\n')
      // A line without its end was being written when the process ended.
      lines.pop()
      const isClosed = lines.at(-1) === END
      for (const line of isClosed ? lines.slice(0, -1) : lines) records.push(line)
      if (!isClosed) break
    }
    return records
  }

  #read(name: string): string {
    const file = this.#files.open(this.#at(name))
    try {
      const bytes = new Uint8Array(file.size)
      return new TextDecoder().decode(bytes.subarray(0, file.read(bytes, 0)))
    } finally {
      file.close()
    }
  }
}
