import { stringify } from 'yaml'
import { Matcher } from '../../series/index.ts'
import type { AlertingConfig } from '../dispatch-types.ts'
import { printMatcher } from '../route/matchers.ts'
import { YamlReader } from '../yaml-reader.ts'
import type { AlertingInput } from './alerting-input.ts'
import { type ConfigFault, explainConfigFault } from './config-fault.ts'
import { readConfig } from './read-config.ts'
import { ConfigSource } from './section.ts'

/** Below these the names are the user's own. */
const FREE = new Set(['headers', 'details', 'env', 'httpHeaders', 'dependsOn'])

export interface Definition {
  /** As an alertmanager.yml, secrets and all. */
  readonly text: string
  readonly warnings: readonly ConfigFault[]
}

const definitions = new WeakMap<AlertingConfig, () => Definition>()

/**
 * What alertmanager.yml says, from code. Files are named from where the process runs.
 * @throws RangeError that names every path at which something is wrong.
 */
export function defineAlerting(input: AlertingInput): AlertingConfig {
  const value = inSnakeCase(input, '')
  const read = readConfig(new ConfigSource(YamlReader.ofValue(value), true))
  if (read.ok) {
    const { config, warnings } = read
    definitions.set(config, () => ({ text: stringify(value), warnings }))
    return config
  }
  throw new RangeError(read.faults.map((fault) => explainConfigFault(fault)).join('\n'))
}

/** What a configuration was made of; undefined for what `defineAlerting` did not return. */
export function definitionOf(config: AlertingConfig): Definition | undefined {
  return definitions.get(config)?.()
}

function inSnakeCase(value: unknown, path: string): unknown {
  if (value instanceof Matcher) return `{${printMatcher(value)}}`
  if (Array.isArray(value)) return value.map((item, i) => inSnakeCase(item, `${path}[${i}]`))
  if (typeof value !== 'object' || value === null) {
    if (['function', 'symbol', 'bigint'].includes(typeof value)) {
      throw new RangeError(`${path}: a ${typeof value} is no value of a configuration`)
    }
    return value
  }
  const entries = Object.entries(value).map(([key, each]) => {
    const inner = path === '' ? key : `${path}.${key}`
    const name = key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return [name, FREE.has(key) ? each : inSnakeCase(each, inner)]
  })
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined))
}
