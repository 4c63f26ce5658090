import type { RuleStats } from '../../alerting/index.ts'
import type { Registry } from '../../metrics/index.ts'
import { publishTotals } from '../publish.ts'

/** What rules count, as metrics; undefined: nothing yet. */
export function publishRules(metrics: Registry, stats: () => Readonly<RuleStats> | undefined): void {
  const total =
    (name: keyof RuleStats): (() => number) =>
    () =>
      stats()?.[name] ?? 0
  publishTotals(metrics, {
    alerting_evaluations: ['Evaluations of rules.', total('evaluations')],
    alerting_failures: ['Evaluations of rules that failed.', total('failures')],
    alerting_missed: ['Evaluations of groups that were due and did not take place.', total('missed')],
    alerting_samples: ['Samples that rules gave and the store took.', total('samples')],
    alerting_refused: ['Samples that rules gave and the store refused.', total('refused')],
    alerting_notified: ['Alerts told of, each time anew.', total('notified')],
    alerting_notify_failures: ['Times that alerts were not taken and are told of again.', total('notifyFailures')],
  })
}
