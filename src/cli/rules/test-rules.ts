import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { CommandDef } from 'citty'
import { explainRuleFault, readRuleFile } from '../../alerting/index.ts'
import { readExpression } from '../../promql/index.ts'
import { Pattern } from '../../series/index.ts'
import { glob } from './glob.ts'
import { reasonOf } from './reason.ts'
import { type NamedGroup, runTest } from './run-tests.ts'
import { readTestFile, type TestFile } from './test-file.ts'

const ARGS = {
  files: { type: 'positional', required: true, description: 'The files of tests, in promtool’s format.' },
  run: { type: 'string', description: 'Only the tests whose names match this regular expression.' },
} as const

export const testRules: CommandDef<typeof ARGS> = {
  meta: { name: 'rules', description: 'Runs unit tests of rules; shows what was expected and what came.' },
  args: ARGS,
  async run({ args }) {
    try {
      const wanted = args.run === undefined ? undefined : new Pattern(args.run)
      for (const file of args._) if (!(await testFile(file, wanted))) process.exitCode = 1
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause
      process.stderr.write(`--run: ${cause.message}\n`)
      process.exitCode = 1
    }
  },
}

async function testFile(file: string, wanted: Pattern | undefined): Promise<boolean> {
  process.stdout.write(`Unit Testing: ${file}\n`)
  const faults = await faultsOf(file, wanted)
  if (faults.length === 0) {
    process.stdout.write('  SUCCESS\n\n')
    return true
  }
  process.stderr.write(`  FAILED:\n${faults.map((fault) => `${fault}\n\n`).join('')}`)
  return false
}

async function faultsOf(file: string, wanted: Pattern | undefined): Promise<readonly string[]> {
  try {
    const read = readTestFile(await readFile(file, 'utf8'))
    if (!read.ok) return read.faults
    const tests = read.file.tests.filter(({ name }) => wanted === undefined || wanted.find(name) !== undefined)
    if (tests.length === 0) return []
    const rules = await loadRules(path.dirname(file), read.file)
    if ('faults' in rules) return rules.faults
    const faults: string[] = []
    for (const test of tests) faults.push(...(await runTest(test, read.file, rules.groups)))
    return faults
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    return [`${file}: ${reasonOf(cause)}`]
  }
}

async function loadRules(
  folder: string,
  { ruleFiles }: TestFile,
): Promise<{ readonly groups: readonly NamedGroup[] } | { readonly faults: readonly string[] }> {
  const groups: NamedGroup[] = []
  const faults: string[] = []
  const files = ruleFiles.flatMap((pattern) => {
    const found = glob(path.isAbsolute(pattern) ? pattern : path.join(folder, pattern))
    if (found.length === 0) process.stderr.write(`  WARNING: no file match pattern ${pattern}\n`)
    return found
  })
  for (const file of new Set(files)) {
    const read = readRuleFile(await readFile(file, 'utf8'), readExpression)
    if (read.ok) groups.push(...read.groups.map((group) => ({ file, group })))
    else faults.push(...read.faults.map((fault) => explainRuleFault(fault, file)))
  }
  return faults.length > 0 ? { faults } : { groups }
}
