import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '../error.ts'
import { defineConfig } from './config.ts'

const NAMES = ['boxman.config.ts', 'boxman.config.js', 'boxman.config.mjs']

export interface ConfigFile {
  /** As it is shown: relative to the working directory where it lies beneath it. */
  readonly path: string
  readonly content: unknown
}

/** Loads the file that is named, else the one in `cwd`, if any. @throws ConfigError when it cannot be had. */
export async function loadConfigFile(
  cwd: string,
  named?: { path: string; by: string },
): Promise<ConfigFile | undefined> {
  const found = named?.path ?? NAMES.find((name) => existsSync(resolve(cwd, name)))
  if (found === undefined) return undefined
  const absolute = resolve(cwd, found)
  const inside = relative(cwd, absolute)
  const path = inside.startsWith('..') ? absolute : inside
  if (!existsSync(absolute)) {
    const mend = `create it, name another one, or name none to look for ${NAMES.join(', ')}`
    throw new ConfigError([`${path}: there is no such file${named === undefined ? '' : ` (${named.by})`}; ${mend}`])
  }
  const content = await load(cwd, absolute, path)
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new ConfigError([`${path}: expected an object as default export: export default { service: 'my-service' }`])
  }
  return { path, content }
}

async function load(cwd: string, absolute: string, path: string): Promise<unknown> {
  // Costs some ten milliseconds, so only for those who have a file.
  const { createJiti } = await import('jiti')
  const jiti = createJiti(pathToFileURL(`${cwd}/`).href, {
    fsCache: false,
    // A file that imports defineConfig needs that alone, wherever it lies, and not all of Boxman a second time.
    virtualModules: { boxman: { defineConfig } },
  })
  try {
    const module: unknown = await jiti.import(absolute)
    return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
    throw new ConfigError([
      `${path}: could not be loaded: ${message}; mend it, then try: npx boxman check-config ${path}`,
    ])
  }
}
