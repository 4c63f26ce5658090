import type { CommandDef } from 'citty'

/** What can be tried of alerting before it is needed. */
export const alert: CommandDef = {
  meta: {
    name: 'alert',
    description: 'Tries what becomes of alerts: who is told, by what message, and whether it arrives.',
  },
  subCommands: {
    route: () => import('./route.ts').then((module) => module.route),
    preview: () => import('./preview.ts').then((module) => module.preview),
  },
}
