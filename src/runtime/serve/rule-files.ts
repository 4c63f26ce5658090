import type { RuleSet } from '../../alerting/index.ts'
import { ConfigError } from '../error.ts'
import { readRules } from '../rules/read-rules.ts'
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
  const read = await readRules(found.flat(), '.')
  const problems = [
    ...missing.map((pattern) => `--rules ${pattern}: there is no such file`),
    ...(read.ok ? [] : read.problems),
  ]
  if (!read.ok || problems.length > 0) throw new ConfigError(problems)
  return { sets: read.sets, unmatched: patterns.filter((_, i) => found[named.length + i]?.length === 0) }
}
