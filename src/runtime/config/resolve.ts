import { ConfigError } from '../error.ts'
import type { ConfigInput, Provenance, ResolvedConfig } from './config.ts'
import { defaults } from './defaults.ts'
import { CONFIG_FIELDS } from './fields/index.ts'
import { type ConfigFile, loadConfigFile } from './file.ts'
import { asConfig } from './place.ts'
import { SecretReader } from './secret-reader.ts'
import { inKubernetes, KUBERNETES_LABELS, kubernetesFacts } from './kubernetes.ts'
import { flatten, show, type Stated } from './stated.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ConfigSources {
  readonly code?: ConfigInput | undefined
  /** Default: this process's. */
  readonly env?: Environment | undefined
  /** Default: this process's. */
  readonly cwd?: string | undefined
  /** Read instead of the file that BOXMAN_CONFIG names or `cwd` holds. */
  readonly file?: string | undefined
  /** Where the files of Kubernetes are looked for. Default `/`. */
  readonly root?: string | undefined
}

/** What all sources state, in the order in which the later wins. */
export interface Resolution {
  readonly config: ResolvedConfig
  readonly stated: readonly Stated[]
  readonly file: ConfigFile | undefined
}

/**
 * Defaults < file < code < environment, value by value, each checked where it is stated, also when a later source overrides it.
 * @throws ConfigError with every problem.
 */
export async function resolveConfig(sources: ConfigSources = {}): Promise<ResolvedConfig> {
  return (await resolveSources(sources)).config
}

/** @throws ConfigError with every problem. */
export async function resolveSources(
  { code, env = process.env, cwd = process.cwd(), file, root = '/' }: ConfigSources,
  secrets: SecretReader = new SecretReader(env, cwd),
): Promise<Resolution> {
  const problems: string[] = []
  const read = (value: unknown, source: Provenance): readonly Stated[] =>
    flatten([], value, { source, secrets, problems })
  const found = await findFile(env, cwd, file, problems)
  const given = [
    ...defaults(cwd),
    ...(found === undefined ? [] : read(found.content, `file ${found.path}`)),
    ...read(code, 'code'),
    ...fromEnvironment(env, secrets, problems),
  ]
  if (problems.length > 0) throw new ConfigError(problems)
  const stated = withKubernetes(given, env, root)
  return { config: merge(stated), stated, file: found }
}

/** The configuration that results from what is stated; of one value the last counts. */
export function merge(stated: readonly Stated[]): ResolvedConfig {
  const tree: Record<string, unknown> = { constantLabels: {}, alerting: {} }
  const provenance: Record<string, Provenance> = {}
  const references: Record<string, string> = {}
  for (const { keys, value, source } of stated) {
    put(tree, keys, value)
    provenance[keys.join('.')] = source
  }
  for (const { keys, source, references: found } of stated) {
    const path = keys.join('.')
    if (provenance[path] !== source) continue
    for (const [inside, from] of Object.entries(found)) references[inside === '' ? path : `${path}.${inside}`] = from
  }
  return freeze({ ...asConfig(tree), provenance, references })
}

async function findFile(
  env: Environment,
  cwd: string,
  file: string | undefined,
  problems: string[],
): Promise<ConfigFile | undefined> {
  const named = env['BOXMAN_CONFIG'] === '' ? undefined : env['BOXMAN_CONFIG']
  const choice =
    file !== undefined
      ? { path: file, by: 'named on the command line' }
      : named === undefined
        ? undefined
        : { path: named, by: 'environment BOXMAN_CONFIG' }
  try {
    return await loadConfigFile(cwd, choice)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

/** What Kubernetes tells goes after the defaults and before all that is stated, and becomes labels unless these are off. */
function withKubernetes(given: readonly Stated[], env: Environment, root: string): readonly Stated[] {
  const mode = given.findLast(({ keys }) => keys.join('.') === 'kubernetes.labels')?.value
  const isAuto = mode !== 'on' && mode !== 'off'
  const labelled = mode === 'on' || (isAuto && inKubernetes(env, root))
  const facts = isAuto && !labelled ? [] : kubernetesFacts(env, root)
  const found = facts.map(({ fact, value, source }) => ({ keys: ['kubernetes', fact], value, source, references: {} }))
  const all = [...given.filter(({ source }) => source === 'default'), ...found]
  const stated = given.filter(({ source }) => source !== 'default')
  const labels = KUBERNETES_LABELS.flatMap((label) => {
    const last = [...all, ...stated].findLast(({ keys }) => keys.join('.') === `kubernetes.${label}`)
    return last === undefined || !labelled ? [] : [{ ...last, keys: ['constantLabels', label] }]
  })
  return [...all, ...labels, ...stated]
}

function fromEnvironment(env: Environment, secrets: SecretReader, problems: string[]): readonly Stated[] {
  return CONFIG_FIELDS.flatMap(({ path, variable, aliases, secret, ...own }) =>
    Object.entries({ ...aliases, [variable]: own }).flatMap(([name, { read, form }]) => {
      const text = env[name]
      if (text === undefined || text === '') return []
      const source = `environment ${name}` as const
      const value = read(text)
      if (value !== undefined) return flatten(path.split('.'), value, { source, secrets, problems })
      const given = secret ? 'something else, which is not shown' : show(text)
      problems.push(`${path}: expected ${form}, given ${given} (${source})`)
      return []
    }),
  )
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

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) freeze(inner)
  return Object.freeze(value)
}
