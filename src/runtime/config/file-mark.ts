import { type BigIntStats, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'

/** By which it is seen that another content is at a path: a file written anew, put in its place, or behind a link turned elsewhere. */
export type FileMark = string

/** Of what a path leads to through all links; of what cannot be seen it is empty. */
export function markOf(path: string): FileMark {
  try {
    return spell(statSync(path, { bigint: true }))
  } catch {
    return ''
  }
}

/** As {@link markOf}, for who looks again and again: a disk that hangs holds nobody up. */
export async function lookAt(path: string): Promise<FileMark> {
  try {
    return spell(await stat(path, { bigint: true }))
  } catch {
    return ''
  }
}

function spell({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): FileMark {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}
