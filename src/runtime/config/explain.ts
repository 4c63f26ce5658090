import { bindingProblem } from '../admin/access/binding.ts'
import { ConfigError } from '../error.ts'
import { createRedactor, type Redactor } from '../../logging/index.ts'
import { CONFIG_FIELDS, fieldAt } from './fields/index.ts'
import type { Provenance } from './config.ts'
import { valueAt } from './place.ts'
import { type ConfigSources, resolveSources } from './resolve.ts'
import { SecretReader } from './secret-reader.ts'
import { shownText } from './shown.ts'
import type { Stated } from './stated.ts'

/** What one value is, and why. */
export interface ConfigRow {
  readonly path: string
  /** Undefined: it is not set, and has no default. Of secrets, where they are found. */
  readonly value: unknown
  /** A secret that was stated by reference: where it was found besides. */
  readonly source: Provenance | undefined
  /** What is stated too, and does not count, from the strongest on. */
  readonly overridden: readonly { readonly value: unknown; readonly source: Provenance }[]
  readonly changeable: 'restart' | 'file' | 'live'
  readonly variables: readonly string[]
}

export interface ExplainedConfig {
  readonly rows: readonly ConfigRow[]
  /** What may be amiss, though it works. */
  readonly warnings: readonly string[]
}

/** Every value that can be configured, in the order of the documentation. @throws ConfigError with every problem. */
export async function explainConfig(sources: ConfigSources = {}): Promise<ExplainedConfig> {
  const { env = process.env, cwd = process.cwd() } = sources
  const secrets = new SecretReader(env, cwd)
  const { config, stated } = await resolveSources(sources, secrets)
  const unguarded = bindingProblem(config.admin)
  if (unguarded !== undefined) throw new ConfigError([unguarded])
  const redactor = createRedactor(config.redact)
  const labels = Object.keys(config.constantLabels).map((name) => `constantLabels.${name}`)
  const paths = CONFIG_FIELDS.flatMap(({ path }) => (path === 'constantLabels' && labels.length > 0 ? labels : [path]))
  const rows = paths.map((path): ConfigRow => {
    const field = fieldAt(path)
    const value = valueAt(config, path)
    const all = stated.filter(({ keys }) => keys.join('.') === path)
    return {
      path,
      value: value === undefined ? undefined : shownText(config, path, value, redactor),
      source: config.provenance[path] ?? (path === 'constantLabels' ? 'default' : undefined),
      overridden: all
        .slice(0, -1)
        .toReversed()
        .map((one) => overridden(one, redactor)),
      changeable: field?.changeable ?? 'restart',
      variables: field === undefined ? [] : [field.variable, ...Object.keys(field.aliases)],
    }
  })
  return { rows, warnings: [...secrets.warnings] }
}

function overridden({ keys, value, source, references }: Stated, redactor: Redactor): ConfigRow['overridden'][number] {
  const path = keys.join('.')
  const found = Object.entries(references).map(([inside, from]) => [inside === '' ? path : `${path}.${inside}`, from])
  const where = { provenance: { [path]: source }, references: Object.fromEntries(found) }
  return { value: shownText(where, path, value, redactor), source }
}
