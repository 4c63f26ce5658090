import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Engine, MemoryStore, runScript } from '../../src/promql/index.ts'
import type { CaseOutcome } from './shared.ts'

/** Prometheus's own scripts: every evaluation is a case. */
export async function runScripts(folder: string): Promise<readonly CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  for (const file of readdirSync(path.join(folder, 'promql')).filter((name) => name.endsWith('.test'))) {
    const store = new MemoryStore()
    const engine = new Engine({ queryable: store, pause: () => Promise.resolve() })
    const script = readFileSync(path.join(folder, 'promql', file), 'utf8')
    for (const { line, query, fault } of await runScript(script, store, engine)) {
      outcomes.push({ name: `${file}:${line}: ${query}`, fault })
    }
  }
  return outcomes
}
