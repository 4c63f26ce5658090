import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ATTEMPTS = 5

/** Makes the folder this process's own. Returns how to give it back. @throws Error when a process that is alive has it. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock')
  const own = `${process.pid} ${startOf(process.pid)}`
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (made(file, own)) return () => rmSync(file, { force: true })
    const [pid = '', start = ''] = contentOf(file).split(' ')
    if (isAlive(Number(pid), start)) {
      throw new Error(`spool ${folder}: process ${pid} has it; give each sink of each process a folder of its own`)
    }
    rmSync(file, { force: true })
  }
  throw new Error(`spool ${folder}: several processes open it at once; give each a folder of its own`)
}

function made(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: 'wx' })
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** A process id is used again some day, in a container at once: the same id with another start is another process. */
function isAlive(pid: number, start: string): boolean {
  if (!(Number.isInteger(pid) && pid > 0)) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!isCode(error, 'EPERM')) return false
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
    return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`
  } catch {
    return 'unknown'
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
