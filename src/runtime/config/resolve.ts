import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { ConfigError } from '../error.ts'
import type { ConfigInput, Provenance, ResolvedConfig } from './config.ts'
import { CONFIG_FIELDS, isSecret, KUBERNETES_LABELS } from './fields.ts'
import { loadConfigFile } from './file.ts'
import { asConfig, expectedBy, placeAt } from './schema.ts'
import { suggestion } from './suggestion.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ConfigSources {
  readonly code?: ConfigInput | undefined
  /** Default: this process's. */
  readonly env?: Environment | undefined
  /** Default: this process's. */
  readonly cwd?: string | undefined
  /** Read instead of the file that BOXMAN_CONFIG names or `cwd` holds. */
  readonly file?: string | undefined
}

/** A value, the keys that lead to it and where it is stated. */
interface Stated {
  readonly keys: readonly string[]
  readonly value: unknown
  readonly source: Provenance
}

/**
 * Defaults < file < code < environment, value by value, each checked where it is stated, also when a later source overrides it.
 * @throws ConfigError with every problem.
 */
export async function resolveConfig(sources: ConfigSources = {}): Promise<ResolvedConfig> {
  const { code, env = process.env, cwd = process.cwd(), file } = sources
  const problems: string[] = []
  const stated = [
    ...defaults(cwd, env),
    ...(await fromFile(env, cwd, file, problems)),
    ...flatten([], code, 'code', problems),
    ...fromEnvironment(env, problems),
  ]
  if (problems.length > 0) throw new ConfigError(problems)

  const tree: Record<string, unknown> = { constantLabels: {} }
  const provenance: Record<string, Provenance> = {}
  for (const { keys, value, source } of stated) {
    put(tree, keys, value)
    provenance[keys.join('.')] = source
  }
  const config = asConfig(tree)
  for (const part of Object.values(config)) Object.freeze(part)
  for (const part of Object.values(config.admin)) Object.freeze(part)
  Object.freeze(config.rules)
  Object.freeze(config.log.ship)
  Object.freeze(config.tracing.propagation)
  return Object.freeze({ ...config, provenance: Object.freeze(provenance) })
}

async function fromFile(
  env: Environment,
  cwd: string,
  file: string | undefined,
  problems: string[],
): Promise<readonly Stated[]> {
  const named = env['BOXMAN_CONFIG'] === '' ? undefined : env['BOXMAN_CONFIG']
  const choice =
    file !== undefined
      ? { path: file, by: 'named on the command line' }
      : named === undefined
        ? undefined
        : { path: named, by: 'environment BOXMAN_CONFIG' }
  try {
    const found = await loadConfigFile(cwd, choice)
    return found === undefined ? [] : flatten([], found.content, `file ${found.path}`, problems)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return []
  }
}

function defaults(cwd: string, env: Environment): readonly Stated[] {
  const out: Stated[] = []
  for (const { path, fallback } of CONFIG_FIELDS) {
    if (fallback === undefined || path === 'constantLabels') continue
    const value = path === 'service' ? (packageName(cwd) ?? fallback) : fallback
    out.push({ keys: path.split('.'), value, source: 'default' })
  }
  if (env['KUBERNETES_SERVICE_HOST'] === undefined) return out
  for (const { label, variable } of KUBERNETES_LABELS) {
    const value = env[variable]
    if (value === undefined || value === '') continue
    out.push({ keys: ['constantLabels', label], value, source: `environment ${variable}` })
  }
  return out
}

function fromEnvironment(env: Environment, problems: string[]): readonly Stated[] {
  return CONFIG_FIELDS.flatMap(({ path, variable, read, form }) => {
    const text = env[variable]
    if (text === undefined || text === '') return []
    const value = read(text)
    if (value !== undefined) return flatten(path.split('.'), value, `environment ${variable}`, problems)
    problems.push(`${path}: expected ${form}, given ${show(text)} (environment ${variable})`)
    return []
  })
}

/** The values beneath some keys, those that are wrong left out and reported. */
function flatten(keys: readonly string[], value: unknown, source: Provenance, problems: string[]): readonly Stated[] {
  if (value === undefined) return []
  const path = keys.length === 0 ? 'configuration' : keys.join('.')
  const refuse = (why: string): [] => {
    problems.push(`${path}: ${why} (${source})`)
    return []
  }
  const place = placeAt(keys)
  switch (place.kind) {
    case 'value': {
      const expected = expectedBy(place.schema, value)
      const given = isSecret(path) ? 'something else, which is not shown' : show(value)
      return expected === undefined ? [{ keys, value, source }] : refuse(`expected ${expected}, given ${given}`)
    }
    case 'unknown':
      return refuse(unknownKey(keys))
    case 'group':
    case 'labels': {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return Object.entries(value).flatMap(([key, inner]) => flatten([...keys, key], inner, source, problems))
      }
      if (typeof value === 'boolean' && place.kind === 'group' && place.keys.includes('enabled')) {
        return [{ keys: [...keys, 'enabled'], value, source }]
      }
      const what = place.kind === 'group' ? `an object of ${place.keys.join(', ')}` : 'labels, such as { region: "eu" }'
      return refuse(`expected ${what}, given ${show(value)}`)
    }
  }
}

function unknownKey(keys: readonly string[]): string {
  const key = keys.at(-1) ?? ''
  const place = placeAt(keys.slice(0, -1))
  if (place.kind !== 'group') {
    return 'expected a label name: letters, digits and _, no digit first, no __ first, not le or quantile'
  }
  const elsewhere = CONFIG_FIELDS.find((field) => field.path.endsWith(`.${key}`))?.path
  const meant = suggestion(key, place.keys) ?? elsewhere
  return `unknown key${meant === undefined ? '' : `, did you mean ${meant}?`}; known here: ${place.keys.join(', ')}`
}

function show(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxStringLength: 60 })
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function packageName(cwd: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))
    if (typeof manifest !== 'object' || manifest === null || !('name' in manifest)) return undefined
    return typeof manifest.name === 'string' && manifest.name !== '' ? manifest.name.slice(0, 100) : undefined
  } catch {
    return undefined
  }
}

function put(tree: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[key] = value
    return
  }
  const held = tree[key]
  const inner: Record<string, unknown> = typeof held === 'object' ? { ...held } : {}
  tree[key] = inner
  put(inner, rest, value)
}
