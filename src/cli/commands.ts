import { defineCommand, runMain } from 'citty'
import { packageVersion } from './version.ts'

const boxman = defineCommand({
  meta: () => ({
    name: 'boxman',
    version: packageVersion(),
    description: 'Production observability inside a Node.js service.',
  }),
  // Each command is loaded when it is called: the command line starts in the time that one of them needs.
  subCommands: {
    alert: () => import('./alert/alert.ts').then((module) => module.alert),
    check: () => import('./check.ts').then((module) => module.check),
    query: () => import('./query/query.ts').then((module) => module.query),
    config: () => import('./config.ts').then((module) => module.config),
    'check-config': () => import('./check-config.ts').then((module) => module.checkConfig),
    serve: () => import('./serve.ts').then((module) => module.serve),
    test: () => import('./test.ts').then((module) => module.test),
  },
})

/** Runs the command line; the process's exit code is 0, or 1 for what is wrong or unknown. */
export function main(args: readonly string[]): Promise<void> {
  return runMain(boxman, { rawArgs: [...args] })
}
