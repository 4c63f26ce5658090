import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The text of a file below the root; undefined when the machine has no such file, or does not show it. */
export type ReadText = (path: string) => Promise<string | undefined>
/** The names in a folder below the root; none when there is no such folder. */
export type ListNames = (path: string) => Promise<readonly string[]>

export function textBelow(root: string): ReadText {
  return async (path) => {
    try {
      return await readFile(join(root, path), 'utf8')
    } catch {
      return undefined
    }
  }
}

export function namesBelow(root: string): ListNames {
  return async (path) => {
    try {
      return await readdir(join(root, path))
    } catch {
      return []
    }
  }
}
