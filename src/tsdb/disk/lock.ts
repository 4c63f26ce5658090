import { readFileSync } from 'node:fs'
import path from 'node:path'
import { codeOf, type Files } from './files.ts'

/** Another process has the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
}

const ATTEMPTS = 5

/** One process to a folder: a note there names it, by its id and when it began. It can be made on a full disk too. */
export class FolderLock {
  readonly #files: Files
  readonly #path: string

  private constructor(files: Files, file: string) {
    this.#files = files
    this.#path = file
  }

  /** @throws FolderInUseError when a process that is alive holds it. A lock that its process left behind is taken over. */
  static take(folder: string, files: Files): FolderLock {
    const file = path.join(folder, 'lock')
    const own = `${process.pid} ${startOf(process.pid)}`
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (make(files, file, own)) return new FolderLock(files, file)
      const held = contentOf(files, file)
      if (held === undefined) continue
      const [pid = '', start = ''] = held.split(' ')
      if (isAlive(Number(pid), start)) {
        throw new FolderInUseError(
          `${folder} is in use by process ${pid}: stop it, or give each process a folder of its own (lock file: ${file})`,
        )
      }
      clear(files, file, held)
    }
    throw new FolderInUseError(`${folder} is being opened by several processes at once: try again (lock file: ${file})`)
  }

  release(): void {
    this.#files.remove(this.#path)
  }
}

function make(files: Files, file: string, content: string): boolean {
  try {
    files.createNote(file, content)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function contentOf(files: Files, file: string): string | undefined {
  try {
    return files.readNote(file)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Removes the lock that was judged, and gives back one that somebody took meanwhile. */
function clear(files: Files, file: string, judged: string): void {
  const aside = `${file}.stale.${process.pid}`
  try {
    files.rename(file, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (contentOf(files, aside) === judged) files.remove(aside)
  else files.rename(aside, file)
}

/** A process id is used again some day: the same id with another start is another process. */
function isAlive(pid: number, start: string): boolean {
  if (!(Number.isInteger(pid) && pid > 0)) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  const now = startOf(pid)
  return start === '' || start === 'unknown' || now === 'unknown' || start === now
}

/** Boot and start of a process, where Linux tells them. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in brackets, may hold spaces; the start is the 20th field behind it.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
    return `${boot}:${start}`
  } catch {
    return 'unknown'
  }
}
