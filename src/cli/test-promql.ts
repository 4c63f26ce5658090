import type { CommandDef } from 'citty'
import { readFile } from 'node:fs/promises'
import { Engine, MemoryStore, runScript, type Verdict } from '../promql/index.ts'

type Args = { file: { type: 'positional'; required: true; description: string } }

export const testPromql: CommandDef<Args> = {
  meta: {
    name: 'promql',
    description: "Runs scripts of Prometheus's own kind: load, eval, expect. Each evaluation is one test.",
  },
  args: {
    file: { type: 'positional', required: true, description: 'The scripts to run: FILE...' },
  },
  async run({ args }) {
    let passed = 0
    let failed = 0
    for (const file of args._) {
      const verdicts = await verdictsOf(file)
      if (typeof verdicts === 'string') {
        process.stdout.write(`${file}: ${verdicts}\n`)
        failed++
        continue
      }
      for (const verdict of verdicts) {
        if (verdict.fault === undefined) {
          passed++
          continue
        }
        failed++
        process.stdout.write(report(file, verdict))
      }
    }
    process.stdout.write(`${passed} passed, ${failed} failed\n`)
    if (failed > 0) process.exitCode = 1
  },
}

/** Or why there are none. */
async function verdictsOf(file: string): Promise<readonly Verdict[] | string> {
  try {
    const script = await readFile(file, 'utf8')
    const store = new MemoryStore()
    return await runScript(script, store, new Engine({ queryable: store }))
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) return error.message
    throw error
  }
}

function report(file: string, { line, query, fault, expected, got }: Verdict): string {
  const block = (title: string, lines: readonly string[]): string =>
    lines.map((text, i) => `  ${(i === 0 ? title : '').padEnd(10)}${text}\n`).join('')
  return `${file}:${line}: ${query}\n  ${fault ?? ''}\n${block('expected', expected)}${block('got', got)}`
}
