import { ALERTS, ALERTS_FOR_STATE, isAlerting, type Rule, type RuleGroup } from '../../alerting/index.ts'
import { BoxmanError } from '../error.ts'
import { mayRead, readingOf } from './selectors.ts'

/** What an alert says of itself has no part in when it fires. */
function bare(rule: Rule): Rule {
  if (!isAlerting(rule)) return rule
  const { annotations: _, ...rest } = rule
  return rest
}

/** The wanted alerts, and the rules that give what they read. @throws BoxmanError when there is none such. */
export function neededGroups(groups: readonly RuleGroup[], wanted: string | undefined): readonly RuleGroup[] {
  const all = groups.flatMap(({ rules }) => rules)
  const alerts = all.filter(isAlerting)
  if (alerts.length === 0) throw new BoxmanError('the file has no alerting rule: there is nothing to try')
  const needed = new Set<Rule>(alerts.filter(({ alert }) => wanted === undefined || alert === wanted))
  if (needed.size === 0) {
    const names = [...new Set(alerts.map(({ alert }) => alert))].join(', ')
    throw new BoxmanError(`--rule: there is no alerting rule ${JSON.stringify(wanted)}; there are ${names}`)
  }
  // Those that are added are looked at in their turn.
  for (const { expr } of needed) {
    for (const selector of readingOf(expr).selectors) {
      const gives = (rule: Rule): boolean =>
        isAlerting(rule)
          ? mayRead(selector, ALERTS) || mayRead(selector, ALERTS_FOR_STATE)
          : mayRead(selector, rule.record)
      for (const rule of all) if (gives(rule)) needed.add(rule)
    }
  }
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => needed.has(rule)).map(bare) }))
    .filter(({ rules }) => rules.length > 0)
}
