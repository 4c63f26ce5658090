import type { CommandDef } from 'citty'
import {
  explainRoute,
  printExplanation,
  printMatchers,
  type RouteExplanation,
  routeTree,
} from '../../alerting/index.ts'
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
          ? `${JSON.stringify(plain(explanation), undefined, 2)}\n`
          : safe(`${printExplanation(explanation)}\n`),
      )
    }),
}

function plain({ verdicts, taken }: RouteExplanation): object {
  return {
    receivers: taken.map(({ node }) => node.route.receiver),
    taken: taken.map(({ node: { route: own, place }, groupKey, groupLabels }) => ({
      receiver: own.receiver,
      place,
      groupKey,
      groupLabels: groupLabels.toObject(),
      groupWaitMs: own.groupWaitMs,
      groupIntervalMs: own.groupIntervalMs,
      repeatIntervalMs: own.repeatIntervalMs,
      muteTimeIntervals: own.muteTimeIntervals,
      activeTimeIntervals: own.activeTimeIntervals,
      escalation: own.escalation ?? null,
    })),
    routes: verdicts.map(({ node: { route: own, place }, verdict, reason }) => ({
      place,
      receiver: own.receiver,
      matchers: printMatchers(own.matchers),
      continue: own.continue,
      verdict,
      reason,
    })),
  }
}
