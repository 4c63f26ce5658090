import { existsSync, readFileSync } from 'node:fs'

/** An orphan that has ended stays as a zombie until its new parent looks after it: it is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !existsSync('/proc/self') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
