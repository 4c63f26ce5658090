import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

export interface FoundLibrary {
  readonly version: string
  /** The library, or one of its files: `dist/one.js`. */
  load(file?: string): unknown
  /** Whether `require` has loaded it already. */
  isLoaded(): boolean
}

/** What an application has installed, as `require` from its folder finds it. */
export function libraryFinder(cwd: string): (name: string) => FoundLibrary | undefined {
  const require = createRequire(path.join(cwd, 'index.js'))
  return (name) => {
    try {
      const { version } = manifestOf(require, name)
      const load = (file?: string): unknown => require(file === undefined ? name : `${name}/${file}`)
      return { version: String(version), load, isLoaded: () => require.resolve(name) in require.cache }
    } catch {
      return undefined
    }
  }
}

/** @throws when it is not installed. */
function manifestOf(require: NodeJS.Require, name: string): { version: unknown } {
  const file = `${name}/package.json`
  try {
    const manifest: { version: unknown } = require(file)
    return manifest
  } catch (error) {
    // Some packages do not export it.
    const found = require.resolve
      .paths(name)
      ?.map((folder) => path.join(folder, file))
      .find((one) => existsSync(one))
    if (found === undefined) throw error
    const manifest: { version: unknown } = JSON.parse(readFileSync(found, 'utf8'))
    return manifest
  }
}
