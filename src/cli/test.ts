import type { CommandDef } from 'citty'

/** What can be tested from the command line. */
export const test: CommandDef = {
  meta: { name: 'test', description: 'Tests what is written for Prometheus.' },
  subCommands: {
    promql: () => import('./test-promql.ts').then((module) => module.testPromql),
    rules: () => import('./rules/test-rules.ts').then((module) => module.testRules),
  },
}
