import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { CommandDef } from 'citty'
import {
  choicesFile,
  explainRuleFault,
  isAlerting,
  readRuleChoices,
  readRuleFile,
  type RuleGroup,
  ruleName,
} from '../../alerting/index.ts'
import { readExpression } from '../../promql/index.ts'
import { reasonOf } from './reason.ts'

type Args = { files: { type: 'positional'; required: true; description: string } }

export const checkRules: CommandDef<Args> = {
  meta: {
    name: 'rules',
    description: 'Checks files of rules in Prometheus’s format; names all that is wrong, with its line.',
  },
  args: { files: { type: 'positional', required: true, description: 'The files to check.' } },
  async run({ args }) {
    for (const file of args._) if (!(await checkFile(file))) process.exitCode = 1
  },
}

async function checkFile(file: string): Promise<boolean> {
  process.stdout.write(`Checking ${file}\n`)
  const faults: string[] = []
  try {
    const read = readRuleFile(await readFile(file, 'utf8'), readExpression)
    const choices = read.ok && existsSync(choicesFile(file)) ? await readFile(choicesFile(file), 'utf8') : undefined
    const chosen = read.ok && choices !== undefined ? readRuleChoices(choices, read.groups) : read
    if (!chosen.ok && read.ok) faults.push(...chosen.faults.map((fault) => explainRuleFault(fault, choicesFile(file))))
    else if (read.ok) {
      const count = read.groups.reduce((sum, { rules }) => sum + rules.length, 0)
      for (const line of duplicates(read.groups)) process.stdout.write(`${line}\n`)
      process.stdout.write(`  SUCCESS: ${count} rules found\n\n`)
      return true
    } else faults.push(...read.faults.map((fault) => explainRuleFault(fault, file)))
  } catch (cause) {
    faults.push(`${file}: ${reasonOf(cause)}`)
  }
  process.stderr.write(`  FAILED:\n${faults.map((fault) => `${fault}\n`).join('')}\n`)
  return false
}

/** Rules of the same name and labels: they may be meant, so they are told of and no more. */
function duplicates(groups: readonly RuleGroup[]): readonly string[] {
  const seen = new Map<string, number>()
  for (const group of groups) {
    for (const rule of group.rules) {
      const labels = Object.entries({ ...group.labels, ...rule.labels }).sort(([a], [b]) => (a < b ? -1 : 1))
      const shown = [
        `  ${isAlerting(rule) ? 'Alert' : 'Metric'}: ${ruleName(rule)}`,
        ...labels.map(([name, value]) => `    ${name}: ${value}`),
      ].join('\n')
      seen.set(shown, (seen.get(shown) ?? 0) + 1)
    }
  }
  const twice = [...seen].filter(([, count]) => count > 1).map(([shown]) => shown)
  return twice.length === 0 ? [] : [`  ${twice.length} duplicate rule(s) found; one of each is enough:`, ...twice]
}
