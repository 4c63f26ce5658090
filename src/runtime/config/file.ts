import { existsSync, readFileSync } from 'node:fs'
import { extname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '../error.ts'
import { defineConfig } from './config.ts'
import { type FileMark, markOf } from './file-mark.ts'
import { isRecord } from './secret-schema.ts'

const NAMES = ['ts', 'js', 'mjs', 'json', 'yaml', 'yml'].map((ending) => `boxman.config.${ending}`)

export interface ConfigFile {
  /** As it is shown: relative to the working directory where it lies beneath it. */
  readonly path: string
  readonly absolute: string
  readonly content: Readonly<Record<string, unknown>>
  /** Of what was read, or of what came before it. */
  readonly mark: FileMark
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
  const mark = markOf(absolute)
  const data = /^\.(?:json|ya?ml)$/.test(extname(absolute))
  const content = data ? await readData(absolute, path) : await load(cwd, absolute, path)
  if (!isRecord(content)) {
    const expected = data
      ? 'an object, such as { "service": "my-service" }'
      : "an object as default export: export default { service: 'my-service' }"
    throw new ConfigError([`${path}: expected ${expected}`])
  }
  // For editors, which complete the file by it.
  const { $schema: _, ...values } = content
  return { path, absolute, content: data ? values : content, mark }
}

async function load(cwd: string, absolute: string, path: string): Promise<unknown> {
  // Costs some ten milliseconds, so only for those who have a file.
  const { createJiti } = await import('jiti')
  const jiti = createJiti(pathToFileURL(`${cwd}/`).href, {
    fsCache: false,
    // It is read anew when it has changed.
    moduleCache: false,
    // A file that imports defineConfig needs that alone, wherever it lies, and not all of Boxman a second time.
    virtualModules: { boxman: { defineConfig } },
  })
  try {
    const module: unknown = await jiti.import(absolute)
    return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined
  } catch (error) {
    throw unreadable(path, (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '')
  }
}

/** What is wrong is said by its place alone: the line may hold a secret. */
async function readData(absolute: string, path: string): Promise<unknown> {
  let text: string
  try {
    text = readFileSync(absolute, 'utf8')
  } catch (error) {
    throw unreadable(path, error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read')
  }
  if (extname(absolute) === '.json') {
    try {
      return JSON.parse(text.replace(/^\uFEFF/, ''))
    } catch (error) {
      const [, at] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? []
      throw unreadable(path, `it is no JSON${at === undefined ? '' : ` (${placeIn(text, Number(at))})`}`)
    }
  }
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { stringKeys: true })
  const [wrong] = document.errors
  if (wrong !== undefined) throw unreadable(path, `it is no YAML: ${wrong.code} (${placeIn(text, wrong.pos[0])})`)
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch {
    throw unreadable(path, 'it is no YAML: its aliases cannot be resolved')
  }
}

function placeIn(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

function unreadable(path: string, why: string): ConfigError {
  return new ConfigError([
    `${path}: could not be loaded: ${why}; mend it, then try: npx boxman config --config ${path}`,
  ])
}
