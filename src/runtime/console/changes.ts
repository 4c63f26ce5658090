import type { Health } from '../../health/index.ts'
import type { AlertingDoor } from '../alerting/door.ts'
import type { Rules } from '../rules/rules.ts'

/** Another text whenever a check has another outcome. */
export function healthVersion(health: Health): string {
  const { status, checks } = health.readiness()
  return [status, ...checks.map(({ name, status }) => `${name} ${status}`)].join('\n')
}

/** Another text whenever there is something new about alerts. */
export function alertsVersion(groups: Rules['status'], alerting: AlertingDoor | undefined): string {
  const states = groups
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => (rule.kind === 'alerting' ? rule.alerts : []))
    .map(({ state, labels }) => `${state} ${labels.key}`)
  return [...states, alerting?.version ?? 0].join('\n')
}
