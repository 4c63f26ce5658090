import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

/** The files that a pattern names, `*`, `?` and `[a-z]` within one part of the path; sorted. */
export function glob(pattern: string): readonly string[] {
  if (!/[*?[]/.test(pattern)) return existsSync(pattern) ? [pattern] : []
  const absolute = path.isAbsolute(pattern)
  const parts = pattern.split('/').filter((part) => part !== '')
  let found: readonly string[] = [absolute ? '/' : '']
  for (const part of parts) {
    found = found.flatMap((folder) => {
      if (!/[*?[]/.test(part)) {
        const file = path.join(folder, part)
        return existsSync(file) ? [file] : []
      }
      const wanted = matcher(part)
      return namesIn(folder)
        .filter((name) => wanted.test(name))
        .map((name) => path.join(folder, name))
    })
  }
  return [...found].sort()
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder === '' ? '.' : folder)
  } catch {
    return []
  }
}

function matcher(part: string): RegExp {
  const source = part.replaceAll(/\[[^\]]*\]|[*?]|[^*?[]+|\[/g, (piece) => {
    if (piece === '*') return '.*'
    if (piece === '?') return '.'
    if (piece.startsWith('[') && piece.endsWith(']')) return piece.replaceAll('\\', '\\\\')
    return piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source}$`, 's')
}
