import { ALERT_NAME_LABEL, fingerprint, type RuleGroupStatus } from '../../../alerting/index.ts'
import type { LabelSet, Matcher } from '../../../series/index.ts'
import { BodyReader, readJson, tooFew } from './body.ts'
import { type AlertingApiSources, type Answer, type Asked, json } from './endpoint.ts'
import { AlertingFault } from './fault.ts'
import { matcherOf, matchersIn } from './silences.ts'

const MAX_BODY = 256 * 1024
/** More are counted. */
const MOST_SHOWN = 200

/** What a silence with these matchers would mute: of what is there now, and of what the rules can give. */
export async function postSilencePreview(sources: AlertingApiSources, { request }: Asked): Promise<Answer> {
  const { door, now, ruleGroups = () => [] } = sources
  const read = new BodyReader('silence')
  const fields = read.fields(await readJson(request, 'silence', MAX_BODY), 'the body')
  const said = matchersIn(read, fields['matchers'])
  if (said.length === 0) throw tooFew('matchers')
  const matchers = said.map(matcherOf)
  if (matchers.every((matcher) => matcher.matches(''))) {
    throw AlertingFault.said(400, 'silence invalid: at least one matcher must not match the empty string')
  }
  const matches = (labels: LabelSet): boolean => matchers.every((matcher) => matcher.matchesSet(labels))
  const at = now()
  const groups = ruleGroups()
  const firing = door.alerts().filter(({ alert }) => alert.overAt > at && matches(alert.labels))
  const pending = pendingOf(groups).filter(matches)
  const alerts = [
    ...firing.map(({ alert, status, receivers }) => ({
      fingerprint: alert.fingerprint,
      labels: alert.labels.toObject(),
      state: 'firing',
      isMutedAlready: status.state === 'suppressed',
      receivers,
    })),
    ...pending.map((labels) => ({
      fingerprint: fingerprint(labels),
      labels: labels.toObject(),
      state: 'pending',
      isMutedAlready: false,
      receivers: [],
    })),
  ]
  const rules = rulesMuted(groups, matchers)
  return json({
    status: 'success',
    total: alerts.length,
    alerts: alerts.slice(0, MOST_SHOWN),
    rulesTotal: rules.length,
    rules: rules.slice(0, MOST_SHOWN),
  })
}

function pendingOf(groups: readonly RuleGroupStatus[]): readonly LabelSet[] {
  return groups
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => (rule.kind === 'alerting' ? rule.alerts : []))
    .flatMap(({ state, labels }) => (state === 'pending' ? [labels] : []))
}

interface MutedRule {
  readonly group: string
  readonly rule: string
  /** Whether what it gives is muted for certain; else it depends on labels that its series bring. */
  readonly mutes: 'all' | 'some'
}

function rulesMuted(groups: readonly RuleGroupStatus[], matchers: readonly Matcher[]): readonly MutedRule[] {
  return groups.flatMap(({ name: group, rules }) =>
    rules.flatMap((rule): readonly MutedRule[] => {
      if (rule.kind !== 'alerting') return []
      const known = new Map([...rule.labels, [ALERT_NAME_LABEL, rule.name]])
      let isCertain = true
      for (const matcher of matchers) {
        const value = known.get(matcher.name)
        // A template is filled in only when it fires.
        if (value === undefined || value.includes('{{')) isCertain = false
        else if (!matcher.matches(value)) return []
      }
      return [{ group, rule: rule.name, mutes: isCertain ? 'all' : 'some' }]
    }),
  )
}
