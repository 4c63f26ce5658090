import type { CommandDef } from 'citty'
import { explainRoute, printExplanation, routeExplanationJson, routeTree } from '../../alerting/index.ts'
import { safe } from '../query/safe.ts'
import { labelsOf } from './labels.ts'
import { loadAlerting } from './load-alerting.ts'
import { refusing } from './refusal.ts'

const ARGS = {
  file: { type: 'positional', required: true, description: 'The alertmanager.yml.' },
  label: { type: 'positional', required: false, description: 'The labels of the alert: name=value ...' },
  json: { type: 'boolean', description: 'As JSON, for programs.' },
} as const

export const route: CommandDef<typeof ARGS> = {
  meta: { name: 'route', description: 'Says of each route whether it takes an alert with these labels, and why.' },
  args: ARGS,
  run: ({ args }) =>
    refusing(async () => {
      const [file = '', ...pairs] = args._
      const labels = labelsOf(pairs)
      const { config } = await loadAlerting(file)
      const explanation = explainRoute(routeTree(config.route), labels)
      process.stdout.write(
        args.json === true
          ? `${JSON.stringify(routeExplanationJson(explanation), undefined, 2)}\n`
          : safe(`${printExplanation(explanation)}\n`),
      )
    }),
}
