import {
  close,
  closeSync,
  constants,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { open as openLater } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

export interface OpenFile {
  readonly size: number
  /** At the end; all of it, or an error. */
  append(bytes: Uint8Array): void
  /** Returns how many bytes there were. */
  read(into: Uint8Array, position: number): number
  truncate(size: number): void
  /** Until the bytes are on the medium. */
  sync(): void
  syncLater(): Promise<void>
  close(): void
}

/** The few things that the store does with a disk. Every one of them may throw. */
export interface Files {
  makeFolder(path: string): void
  list(folder: string): readonly string[]
  /** A new file to append to; it must not exist. */
  create(path: string): OpenFile
  open(path: string): OpenFile
  /** A name that holds a short text and needs no room beside its own: it must not exist. */
  createNote(path: string, text: string): void
  readNote(path: string): string
  rename(from: string, to: string): void
  remove(path: string): void
  /** Until names that were made, changed or removed in the folder are on the medium. */
  syncFolder(path: string): void
  syncFolderLater(path: string): Promise<void>
}

const syncData = promisify(fdatasync)

class NodeFile implements OpenFile {
  readonly #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  get size(): number {
    return fstatSync(this.#fd).size
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at)
  }

  read(into: Uint8Array, position: number): number {
    let at = 0
    while (at < into.length) {
      const count = readSync(this.#fd, into, at, into.length - at, position + at)
      if (count === 0) break
      at += count
    }
    return at
  }

  truncate(size: number): void {
    ftruncateSync(this.#fd, size)
  }

  sync(): void {
    fdatasyncSync(this.#fd)
  }

  syncLater(): Promise<void> {
    return syncData(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** What `recursive` of Node's mkdir does, which tries for ever where the system says that a folder is not there, and it is: in /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(path).isDirectory()) return
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path || existsSync(above)) throw error
    makeFolder(above)
    makeFolder(path)
  }
}

export const nodeFiles: Files = {
  makeFolder,
  list: (folder) => readdirSync(folder),
  // 'a': what is written after a truncate goes where the file then ends.
  create: (path) => new NodeFile(openSync(path, 'ax+')),
  open: (path) => new NodeFile(openSync(path, 'r')),
  createNote: (path, text) => {
    try {
      symlinkSync(text, path)
    } catch (error) {
      // Windows lets few users make links.
      if (codeOf(error) !== 'EPERM') throw error
      writeFileSync(path, text, { flag: 'wx' })
    }
  },
  readNote: (path) => {
    try {
      return readlinkSync(path)
    } catch (error) {
      if (codeOf(error) !== 'EINVAL') throw error
      return readFileSync(path, 'utf8')
    }
  },
  rename: renameSync,
  remove,
  syncFolder: (path) => {
    // Windows cannot open folders, and needs no such thing.
    if (process.platform === 'win32') return
    const fd = openSync(path, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  },
  syncFolderLater: async (path) => {
    if (process.platform === 'win32') return
    const handle = await openLater(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
}

/**
 * The name goes at once. What a large file holds takes the system milliseconds to give back, at the moment when the last that has it
 * open closes it: that is done beside the event loop.
 */
function remove(path: string): void {
  const fd = process.platform === 'win32' ? undefined : opened(path)
  try {
    unlinkSync(path)
  } finally {
    if (fd !== undefined) close(fd, () => undefined)
  }
}

/** Undefined for what is no file of ours to read, such as a link. */
function opened(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}

/** The system's name for an error, as `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
