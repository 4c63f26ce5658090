import type { CommandDef } from 'citty'

/** What can be checked from the command line. */
export const check: CommandDef = {
  meta: { name: 'check', description: 'Checks what is written for Prometheus.' },
  subCommands: {
    rules: () => import('./rules/check-rules.ts').then((module) => module.checkRules),
  },
}
