import { readdirSync, rmSync, statSync, symlinkSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { type Files, nodeFiles, type OpenFile } from '../../src/tsdb/index.ts'

/** When a process is killed, in the middle of what it does with its disk. */
export interface DiskDeath {
  /** The how manieth change of the disk it is. */
  readonly change: number
  /** How much of what is written then is written, 0 to 1. */
  readonly share: number
}

/** A disk as one process sees it: from its death on, nothing that the process does reaches the disk. */
export class MortalFiles implements Files {
  isDead = false
  #death: DiskDeath | undefined
  readonly #onDeath: () => void
  #changes = 0
  /** What a cut of the power leaves of a file. */
  readonly #synced = new Map<string, number>()

  constructor(death: DiskDeath | undefined, onDeath: () => void) {
    this.#death = death
    this.#onDeath = onDeath
  }

  /** It lives until it is told otherwise. */
  spare(): void {
    this.#death = undefined
  }

  die(): void {
    if (this.isDead) return
    this.isDead = true
    this.#onDeath()
  }

  /** The machine went with the process: what was appended and not forced onto the medium is lost. */
  losePower(): void {
    for (const [file, size] of this.#synced) {
      const { size: now } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 }
      if (now > size) truncateSync(file, size)
    }
  }

  list(folder: string): readonly string[] {
    return nodeFiles.list(folder)
  }

  makeFolder(folder: string): void {
    nodeFiles.makeFolder(folder)
  }

  createNote(file: string, text: string): void {
    if (!this.isDead) nodeFiles.createNote(file, text)
  }

  readNote(file: string): string {
    return nodeFiles.readNote(file)
  }

  rename(from: string, to: string): void {
    this.#change(() => {
      nodeFiles.rename(from, to)
      const size = this.#synced.get(from)
      this.#synced.delete(from)
      if (size !== undefined) this.#synced.set(to, size)
    })
  }

  remove(file: string): void {
    this.#change(() => {
      nodeFiles.remove(file)
      this.#synced.delete(file)
    })
  }

  create(file: string): OpenFile {
    let made: OpenFile | undefined
    this.#change(() => {
      made = nodeFiles.create(file)
      this.#synced.set(file, 0)
    })
    return made === undefined ? NOWHERE : this.#wrap(file, made)
  }

  open(file: string): OpenFile {
    return nodeFiles.open(file)
  }

  syncFolder(): void {
    this.#change(() => undefined)
  }

  async syncFolderLater(): Promise<void> {
    this.#change(() => undefined)
  }

  /** With `write` the process may die in the middle of it. */
  #change(act: () => void, write?: (share: number) => void): void {
    if (this.isDead) return
    const { change, share } = this.#death ?? { change: Infinity, share: 0 }
    if (++this.#changes < change) {
      act()
      return
    }
    if (write !== undefined) write(share)
    else if (share >= 0.5) act()
    this.die()
  }

  /** Nothing is forced onto a real medium, which takes its time: the power is never cut but by `losePower`. */
  #wrap(name: string, file: OpenFile): OpenFile {
    let length = 0
    const sync = (): void => this.#change(() => this.#synced.has(name) && this.#synced.set(name, length))
    const append = (bytes: Uint8Array): void => {
      file.append(bytes)
      length += bytes.length
    }
    return {
      get size() {
        return file.size
      },
      append: (bytes) =>
        this.#change(
          () => append(bytes),
          (share) => append(bytes.subarray(0, Math.floor(bytes.length * share))),
        ),
      read: (into, position) => file.read(into, position),
      truncate: (size) => this.#change(() => file.truncate(size)),
      sync,
      syncLater: async () => sync(),
      close: () => file.close(),
    }
  }
}

const NOWHERE: OpenFile = {
  size: 0,
  append: () => undefined,
  read: () => 0,
  truncate: () => undefined,
  sync: () => undefined,
  syncLater: async () => undefined,
  close: () => undefined,
}

/** What locks a folder is held by a process that is no more. */
export function leaveLocks(folder: string): void {
  if (!readdirSync(folder).includes('lock')) return
  const file = path.join(folder, 'lock')
  rmSync(file)
  symlinkSync('999999999 gone', file)
}
