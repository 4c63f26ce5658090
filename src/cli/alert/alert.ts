import type { CommandDef } from 'citty'

/** What can be tried of alerting before it is needed. */
export const alert: CommandDef = {
  meta: {
    name: 'alert',
    description: 'Tries what becomes of alerts: who is told, by what message, and whether it arrives.',
  },
  subCommands: {
    route: () => import('./route.ts').then((module) => module.route),
    'test-channel': () => import('./test-channel.ts').then((module) => module.testChannel),
    backtest: () => import('./backtest.ts').then((module) => module.backtestRules),
    preview: () => import('./preview.ts').then((module) => module.preview),
  },
}
