import { codeOf, type Files, nodeFiles, type OpenFile } from './files.ts'

/** Files that are read and never changed: what the store renames, removes or notes is so for itself alone. */
export function readOnlyFiles(): Files {
  const gone = new Set<string>()
  const notes = new Map<string, string>()
  return {
    ...nodeFiles,
    // Its absence is found when it is listed.
    makeFolder: () => undefined,
    list: (folder) => listed(folder),
    create: refuse,
    open: (path) => readOnly(nodeFiles.open(path)),
    createNote: (path, text) => {
      if (notes.has(path) || (!gone.has(path) && isThere(path))) {
        throw Object.assign(new Error(`${path} exists`), { code: 'EEXIST' })
      }
      notes.set(path, text)
    },
    readNote: (path) => {
      const note = notes.get(path)
      if (note !== undefined) return note
      if (gone.has(path)) throw Object.assign(new Error(`${path} is gone`), { code: 'ENOENT' })
      return nodeFiles.readNote(path)
    },
    rename: (from, to) => {
      notes.set(to, notes.get(from) ?? noteOf(from))
      notes.delete(from)
      gone.add(from)
    },
    remove: (path) => {
      notes.delete(path)
      gone.add(path)
    },
    syncFolder: () => undefined,
    syncFolderLater: () => Promise.resolve(),
  }
}

/** A folder that the store would have made is empty. */
function listed(folder: string): readonly string[] {
  try {
    return nodeFiles.list(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function isThere(path: string): boolean {
  try {
    nodeFiles.readNote(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Only what is a note is read again; of a block that was set aside nothing is. */
function noteOf(path: string): string {
  return path.endsWith('.block') ? '' : nodeFiles.readNote(path)
}

function readOnly(file: OpenFile): OpenFile {
  return {
    get size() {
      return file.size
    },
    append: refuse,
    read: (into, position) => file.read(into, position),
    truncate: refuse,
    sync: () => undefined,
    syncLater: () => Promise.resolve(),
    close: () => file.close(),
  }
}

function refuse(): never {
  throw new Error('the folder is open to be read only')
}
