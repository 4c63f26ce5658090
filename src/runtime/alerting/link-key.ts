import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const KEY_BYTES = 32
const FILE = 'links.key'

/** What links in messages are signed with: with a folder it outlives the process, and so do they. */
export function linkKey(folder: string | undefined, onFault: (error: unknown) => void): Uint8Array {
  const made = randomBytes(KEY_BYTES)
  if (folder === undefined) return made
  const file = path.join(folder, FILE)
  try {
    const known = Buffer.from(readFileSync(file, 'utf8'), 'base64url')
    if (known.length === KEY_BYTES) return known
  } catch {
    // Made below.
  }
  try {
    writeFileSync(`${file}.next`, made.toString('base64url'), { mode: 0o600 })
    renameSync(`${file}.next`, file)
  } catch (error) {
    onFault(error)
  }
  return made
}
