import { appendFileSync, mkdirSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Delivery, type Entry, messageOf, type Outlet, TAKEN } from './delivery.ts'

export interface RotatingFileOptions {
  readonly path: string
  /** A file that would become larger is put aside. */
  readonly maxBytes: number
  /** A file that is older is put aside. */
  readonly maxAgeMs: number
  /** How many are kept besides: `PATH.1` is the newest. */
  readonly keep: number
  /** ms since the epoch. */
  readonly now: () => number
}

interface OpenFile {
  readonly handle: FileHandle
  readonly inode: number
  readonly since: number
  size: number
}

/** Lines in a file that is put aside when it is large or old. Somebody else may put it aside too: then it is opened anew. */
export class RotatingFile implements Outlet {
  readonly #options: RotatingFileOptions
  #file: OpenFile | undefined
  #reopen = false
  /** A batch that has not been handed to the disk. */
  #waiting: Buffer | undefined

  constructor(options: RotatingFileOptions) {
    this.#options = options
  }

  async deliver(batch: readonly Entry[]): Promise<Delivery> {
    const bytes = Buffer.from(textOf(batch))
    this.#waiting = bytes
    try {
      const file = await this.#current(bytes.length)
      // Written by deliverSync in the meantime.
      if (this.#waiting === undefined) return TAKEN
      this.#waiting = undefined
      try {
        await file.handle.appendFile(bytes)
      } catch (error) {
        // Half of it may be there, and will be written again.
        await file.handle.truncate(file.size)
        throw error
      }
      file.size += bytes.length
      return TAKEN
    } catch (error) {
      this.#waiting = bytes
      await this.close()
      return { kind: 'later', reason: 'io', detail: messageOf(error) }
    }
  }

  /** Puts nothing aside: the file may become larger by this than it is to be. */
  deliverSync(batch: readonly Entry[]): boolean {
    const bytes = Buffer.concat([this.#waiting ?? Buffer.alloc(0), Buffer.from(textOf(batch))])
    if (bytes.length === 0) return true
    const { path } = this.#options
    try {
      mkdirSync(dirname(path), { recursive: true })
      appendFileSync(path, bytes)
    } catch {
      return false
    }
    this.#waiting = undefined
    if (this.#file !== undefined) this.#file.size += bytes.length
    return true
  }

  reopen(): void {
    this.#reopen = true
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.handle.close().catch(() => undefined)
  }

  async #current(more: number): Promise<OpenFile> {
    const { path, maxBytes, maxAgeMs, now } = this.#options
    if (this.#file !== undefined && (this.#reopen || (await inodeOf(path)) !== this.#file.inode)) await this.close()
    this.#reopen = false
    this.#file ??= await this.#open()
    const { size, since } = this.#file
    if (size === 0 || (size + more <= maxBytes && now() - since < maxAgeMs)) return this.#file
    await this.close()
    await this.#putAside()
    this.#file = await this.#open()
    return this.#file
  }

  async #open(): Promise<OpenFile> {
    const { path, now } = this.#options
    await mkdir(dirname(path), { recursive: true })
    const handle = await open(path, 'a')
    const { ino, size, birthtimeMs } = await handle.stat()
    // Some file systems do not know when a file began.
    return { handle, inode: ino, size, since: size > 0 && birthtimeMs > 0 ? birthtimeMs : now() }
  }

  async #putAside(): Promise<void> {
    const { path, keep } = this.#options
    const numbers = await numbersOf(path)
    for (const number of numbers) if (number >= keep) await rm(`${path}.${number}`, { force: true })
    if (keep === 0) {
      await rm(path, { force: true })
      return
    }
    for (const number of numbers.filter((number) => number < keep)) {
      await rename(`${path}.${number}`, `${path}.${number + 1}`)
    }
    await rename(path, `${path}.1`)
  }
}

function textOf(batch: readonly Entry[]): string {
  return batch.map(({ line }) => `${line}\n`).join('')
}

async function inodeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).ino
  } catch {
    return undefined
  }
}

/** Of the files that were put aside, the oldest first. */
async function numbersOf(path: string): Promise<readonly number[]> {
  const prefix = `${basename(path)}.`
  return (await readdir(dirname(join(path))))
    .filter((name) => name.startsWith(prefix) && /^\d{1,6}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .toSorted((a, b) => b - a)
}
