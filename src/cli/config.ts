import type { CommandDef } from 'citty'
import { ConfigError, type ConfigRow, explainConfig } from '../runtime/index.ts'

type Args = {
  config: { type: 'string'; valueHint: string; description: string }
  json: { type: 'boolean'; description: string }
  verbose: { type: 'boolean'; alias: string; description: string }
}

export const config: CommandDef<Args> = {
  meta: {
    name: 'config',
    description: 'Prints each value of the configuration and where it comes from, or all that is wrong with it.',
  },
  args: {
    config: { type: 'string', valueHint: 'FILE', description: 'The file to read in place of the one found here.' },
    json: { type: 'boolean', description: 'As JSON, for programs.' },
    verbose: { type: 'boolean', alias: 'v', description: 'Also what is overridden, and the variables.' },
  },
  run: ({ args }) => printConfig({ file: args.config, json: args.json, verbose: args.verbose }),
}

export interface PrintOptions {
  readonly file: string | undefined
  readonly json?: boolean | undefined
  readonly verbose?: boolean | undefined
}

/** Never with a secret in it. */
export async function printConfig({ file, json = false, verbose = false }: PrintOptions): Promise<void> {
  try {
    const { rows, warnings } = await explainConfig({ file })
    for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`)
    process.stdout.write(json ? `${JSON.stringify(rows.map(plain), undefined, 2)}\n` : table(rows, verbose))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    if (json) process.stdout.write(`${JSON.stringify({ problems: error.problems }, undefined, 2)}\n`)
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** Whoever reads it finds each key. */
function plain({ path, value, source, ...rest }: ConfigRow): object {
  return { path, value: value ?? null, source: source ?? null, ...rest }
}

function table(rows: readonly ConfigRow[], verbose: boolean): string {
  const { isTTY, columns } = process.stdout
  const lines = [['key', 'value', 'source'], ...rows.flatMap((row) => linesOf(row, verbose))]
  const [keys = 0, sources = 0] = [0, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const longest = Math.max(...lines.map((line) => line[1]?.length ?? 0))
  // A table that is cut reads better than one that is broken; to a file goes the whole.
  const most = isTTY ? Math.max(20, Math.min(longest, columns - keys - sources - 4)) : longest
  return lines
    .map(([key = '', value = '', source = '']) => {
      const cut = value.length > most ? `${value.slice(0, most - 1)}…` : value
      return `${`${key.padEnd(keys)}  ${cut.padEnd(most)}  ${source}`.trimEnd()}\n`
    })
    .join('')
}

function linesOf({ path, value, source, overridden, variables }: ConfigRow, verbose: boolean): readonly string[][] {
  const first = [path, value === undefined ? '-' : JSON.stringify(value), source ?? 'not set']
  if (!verbose) return [first]
  return [
    [...first.slice(0, 2), `${first[2] ?? ''} (${variables.join(', ')})`],
    ...overridden.map((other) => ['', JSON.stringify(other.value), `overridden: ${other.source}`]),
  ]
}
