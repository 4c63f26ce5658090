import type { CommandDef } from 'citty'

/** What can be checked from the command line. */
export const check: CommandDef = {
  meta: { name: 'check', description: 'Checks what is written for Prometheus.' },
  subCommands: {
    alertmanager: () => import('./alert/check-alertmanager.ts').then((module) => module.checkAlertmanager),
    rules: () => import('./rules/check-rules.ts').then((module) => module.checkRules),
  },
}
