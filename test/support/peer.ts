import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** Where `.ci/peers` unpacks what is newer than the system's own; these come first. */
const UNPACKED = ['.peers/prometheus-3/usr/bin', '.peers/victoria-metrics/usr/bin'].map((folder) =>
  path.join(root, folder),
)

/**
 * The path of an installed peer. A missing one skips the test with the reason, or fails it where peers are required
 * (BOXMAN_PEERS=required).
 */
export function needPeer(program: string, skip: (reason: string) => never, elsewhere: readonly string[] = []): string {
  const folders = [...UNPACKED, ...(process.env['PATH'] ?? '').split(path.delimiter), ...elsewhere]
  const found = folders.map((folder) => path.join(folder, program)).find(isExecutable)
  if (found !== undefined) return found
  const reason = `${program} is not installed; .ci/peers installs it`
  if (process.env['BOXMAN_PEERS'] === 'required') throw new Error(`BOXMAN_PEERS=required, and ${reason}`)
  return skip(reason)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
