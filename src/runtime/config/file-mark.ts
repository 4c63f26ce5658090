import { type BigIntStats, statSync } from 'node:fs'

/** By which it is seen that another content is at a path: a file written anew, put in its place, or behind a link turned elsewhere. */
export type FileMark = string

/** Of what a path leads to through all links; of what cannot be seen it is empty. */
export function markOf(path: string): FileMark {
  let stats: BigIntStats | undefined
  try {
    stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    return ''
  }
  if (stats === undefined) return ''
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ')
}
