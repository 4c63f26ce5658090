import { readFile } from 'node:fs/promises'
import { explainRuleFault, readRuleFile, type RuleSet } from '../../alerting/index.ts'
import { ConfigError } from '../error.ts'
import { readPromql } from '../rules/expression.ts'
import { findFiles } from '../targets/glob.ts'

export interface RuleFiles {
  readonly sets: readonly RuleSet[]
  /** Patterns that no file matches. */
  readonly unmatched: readonly string[]
}

/** Files that the patterns name, each once; `named` must be there. @throws ConfigError with all that is wrong. */
export async function readRuleFiles(patterns: readonly string[], named: readonly string[]): Promise<RuleFiles> {
  const found = await Promise.all([...named, ...patterns].map((pattern) => findFiles(pattern)))
  const missing = named.filter((_, i) => found[i]?.length === 0)
  const problems = missing.map((pattern) => `--rules ${pattern}: there is no such file`)
  const sets: RuleSet[] = []
  for (const file of new Set(found.flat())) {
    const read = readRuleFile(await textOf(file), readPromql)
    if (read.ok) sets.push({ file, groups: read.groups })
    else problems.push(...read.faults.map((fault) => explainRuleFault(fault, file)))
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { sets, unmatched: patterns.filter((_, i) => found[named.length + i]?.length === 0) }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`])
  }
}
