import { createRequire } from 'node:module'
import path from 'node:path'

/** What an application has installed, as `require` from its folder finds it. */
export function libraryFinder(
  cwd: string,
): (name: string) => { readonly version: string; load(): unknown } | undefined {
  const require = createRequire(path.join(cwd, 'index.js'))
  return (name) => {
    try {
      const { version }: { version: unknown } = require(`${name}/package.json`)
      return { version: String(version), load: (): unknown => require(name) }
    } catch {
      return undefined
    }
  }
}
