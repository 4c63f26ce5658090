import type { CommandDef } from 'citty'
import {
  bindingProblem,
  CONFIG_FIELDS,
  ConfigError,
  resolveConfig,
  type ResolvedConfig,
  shownConfig,
} from '../runtime/index.ts'

type Args = { file: { type: 'positional'; required: false; description: string } }

export const checkConfig: CommandDef<Args> = {
  meta: {
    name: 'check-config',
    description: 'Checks the configuration and prints each value with its source.',
  },
  args: {
    file: {
      type: 'positional',
      required: false,
      description: 'The file to check; without it, the one that a service started here would read.',
    },
  },
  async run({ args }) {
    try {
      const config = await resolveConfig({ file: args.file })
      const unguarded = bindingProblem(config.admin)
      if (unguarded !== undefined) throw new ConfigError([unguarded])
      process.stdout.write(table(config))
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 1
    }
  },
}

function table(config: ResolvedConfig): string {
  const labels = Object.keys(config.constantLabels).map((name) => ['constantLabels', name])
  const shown = shownConfig(config)
  const keys = CONFIG_FIELDS.map((field) => field.path.split('.'))
  const rows = [...keys, ...labels].flatMap((key) => {
    const path = key.join('.')
    const source = config.provenance[path]
    return source === undefined ? [] : [[path, JSON.stringify(valueAt(shown, key)), source]]
  })
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}\n`).join('')
}

function valueAt(tree: unknown, keys: readonly string[]): unknown {
  return keys.reduce((inner: unknown, key): unknown => Reflect.get(Object(inner), key), tree)
}
