import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A star may stand in the last part of the path alone. */
export const RULE_PATTERN: RegExp = /^[^*]*(\*[^/]*)?$/

/** The files that a pattern with `*`, `?` and `[a-z]` in its last part names, sorted; a pattern without any is a file's name. */
export async function findFiles(pattern: string): Promise<readonly string[]> {
  const [folder, name] = [dirname(pattern), basename(pattern)]
  if (!/[*?[]/.test(name)) return (await exists(pattern)) ? [pattern] : []
  const matches = matcherOf(name)
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((each) => matches.test(each))
    .sort()
    .map((each) => join(folder, each))
}

function matcherOf(name: string): RegExp {
  const source = name.replaceAll(/\[[^\]]*\]|[*?]|[\\^$.|+(){}[\]]/g, (part) => {
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    return part.length > 1 ? part : `\\${part}`
  })
  return new RegExp(`^${source}$`, 's')
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
