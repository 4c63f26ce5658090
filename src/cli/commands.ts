import { defineCommand, runMain } from 'citty'
import { packageVersion } from './version.ts'

const check = defineCommand({
  meta: { name: 'check', description: 'Checks files.' },
  subCommands: { rules: () => import('./rules/check-rules.ts').then((module) => module.checkRules) },
})

const test = defineCommand({
  meta: { name: 'test', description: 'Tests what is written for Prometheus.' },
  subCommands: {
    promql: () => import('./test-promql.ts').then((module) => module.testPromql),
    rules: () => import('./rules/test-rules.ts').then((module) => module.testRules),
  },
})

const boxman = defineCommand({
  meta: () => ({
    name: 'boxman',
    version: packageVersion(),
    description: 'Production observability inside a Node.js service.',
  }),
  // Each command is loaded when it is called: the command line starts in the time that one of them needs.
  subCommands: {
    check: () => Promise.resolve(check),
    query: () => import('./query/query.ts').then((module) => module.query),
    'check-config': () => import('./check-config.ts').then((module) => module.checkConfig),
    serve: () => import('./serve.ts').then((module) => module.serve),
    test: () => Promise.resolve(test),
  },
})

/** Runs the command line; the process's exit code is 0, or 1 for what is wrong or unknown. */
export function main(args: readonly string[]): Promise<void> {
  return runMain(boxman, { rawArgs: [...args] })
}
