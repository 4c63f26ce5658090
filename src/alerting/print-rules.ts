import { stringify } from 'yaml'
import { isAlerting, type RuleGroup } from './rule.ts'

/** A file of rules in Prometheus's format that reads back as these groups. */
export function printRuleFile(groups: readonly RuleGroup[]): string {
  const shown = groups.map(({ name, interval, queryOffset, limit, labels, rules }) => ({
    name,
    interval,
    query_offset: queryOffset,
    limit,
    labels,
    rules: rules.map((rule) => {
      if (!isAlerting(rule)) return rule
      const { alert, expr, for: pendingFor, keepFiringFor, labels: own, annotations } = rule
      return { alert, expr, for: pendingFor, keep_firing_for: keepFiringFor, labels: own, annotations }
    }),
  }))
  return stringify({ groups: shown }, { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false })
}
