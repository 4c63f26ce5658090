import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Makes the folder this process's own. Returns how to give it back. @throws Error when a living process has it. */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock')
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' })
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
    const holder = Number.parseInt(readFileSync(file, 'utf8'), 10)
    if (HELD.has(file) || (holder !== process.pid && isAlive(holder))) {
      throw new Error(`spool ${folder}: process ${holder} has it; give each process a folder of its own`, {
        cause: error,
      })
    }
    writeFileSync(file, `${process.pid}\n`)
  }
  HELD.add(file)
  return () => {
    HELD.delete(file)
    rmSync(file, { force: true })
  }
}

/** Those of this process: in a container each process may be number 1, so that a number tells nothing of itself. */
const HELD = new Set<string>()

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
