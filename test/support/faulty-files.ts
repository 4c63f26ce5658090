import { type Files, nodeFiles, type OpenFile } from '../../src/tsdb/index.ts'

/** A disk that can be filled, be read only, or fail what it is told to force onto the medium. */
export class FaultyFiles implements Files {
  /** Bytes that still fit. */
  room = Infinity
  syncFails = false
  readOnly = false

  list(folder: string): readonly string[] {
    return nodeFiles.list(folder)
  }

  makeFolder(path: string): void {
    nodeFiles.makeFolder(path)
  }

  createNote(path: string, text: string): void {
    this.#change(path)
    nodeFiles.createNote(path, text)
  }

  readNote(path: string): string {
    return nodeFiles.readNote(path)
  }

  rename(from: string, to: string): void {
    this.#change(from)
    nodeFiles.rename(from, to)
  }

  remove(path: string): void {
    this.#change(path)
    nodeFiles.remove(path)
  }

  create(path: string): OpenFile {
    this.#change(path)
    return this.#wrap(nodeFiles.create(path))
  }

  open(path: string): OpenFile {
    return this.#wrap(nodeFiles.open(path))
  }

  syncFolder(path: string): void {
    this.#sync()
    nodeFiles.syncFolder(path)
  }

  async syncFolderLater(path: string): Promise<void> {
    this.#sync()
    await nodeFiles.syncFolderLater(path)
  }

  #change(path: string): void {
    if (this.readOnly) throw Object.assign(new Error(`EROFS: read-only file system, open '${path}'`), { code: 'EROFS' })
  }

  #sync(): void {
    if (this.syncFails) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' })
  }

  #wrap(file: OpenFile): OpenFile {
    const append = (bytes: Uint8Array): void => {
      if (this.readOnly) throw Object.assign(new Error('EROFS: read-only file system, write'), { code: 'EROFS' })
      const fitting = Math.min(bytes.length, this.room)
      // As a real disk does: what fits is there, torn.
      file.append(bytes.subarray(0, fitting))
      this.room -= fitting
      if (fitting < bytes.length)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    }
    return {
      get size() {
        return file.size
      },
      append,
      read: (into, position) => file.read(into, position),
      truncate: (size) => {
        file.truncate(size)
      },
      sync: () => {
        this.#sync()
        file.sync()
      },
      syncLater: async () => {
        this.#sync()
        await file.syncLater()
      },
      close: () => {
        file.close()
      },
    }
  }
}
