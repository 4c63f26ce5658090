import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { choicesFile, explainRuleFault, readRuleChoices, readRuleFile, type RuleSet } from '../../alerting/index.ts'
import { readExpression } from '../../promql/index.ts'

export type ReadRuleFiles =
  | { readonly ok: true; readonly sets: readonly RuleSet[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Reads files of rules, all of them, so that everything wrong is told at once. @param cwd what relative names are relative to. */
export async function readRules(files: readonly string[], cwd: string): Promise<ReadRuleFiles> {
  const sets: RuleSet[] = []
  const problems: string[] = []
  for (const file of new Set(files)) {
    try {
      const read = readRuleFile(await readFile(path.resolve(cwd, file), 'utf8'), readExpression)
      if (!read.ok) {
        problems.push(...read.faults.map((fault) => explainRuleFault(fault, file)))
        continue
      }
      const choices = await textOrNone(path.resolve(cwd, choicesFile(file)))
      const chosen = choices === undefined ? read : readRuleChoices(choices, read.groups)
      if (chosen.ok) sets.push({ file, groups: chosen.groups })
      else problems.push(...chosen.faults.map((fault) => explainRuleFault(fault, choicesFile(file))))
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause)) throw cause
      problems.push(
        `${file}: ${cause.code === 'ENOENT' ? 'there is no such file; create it, or take it out of rules' : cause.message}`,
      )
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, sets }
}

/** Of a file that need not be there. */
async function textOrNone(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
}
