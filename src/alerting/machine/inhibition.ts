import type { Dependency, InhibitRule } from '../dispatch-types.ts'
import type { DispatchState, InhibitionRole, KnownAlert } from './state.ts'

const NO_ROLES: readonly InhibitionRole[] = []

/** Looks up once which rules concern an alert, and notes it where it may inhibit others. */
export function enlist(state: DispatchState, alert: KnownAlert): void {
  const rules = state.plan?.config.alerting.inhibitRules ?? []
  const roles = rules.flatMap((rule, index) => roleOf(rule, index, alert))
  alert.found.roles = roles.length === 0 ? NO_ROLES : roles
  for (const { rule, equal, source } of roles) {
    if (!source) continue
    const sources = (state.sources[rule] ??= new Map<string, Set<KnownAlert>>())
    const known = sources.get(equal)
    if (known === undefined) sources.set(equal, new Set([alert]))
    else known.add(alert)
  }
}

/** Takes an alert out that is forgotten. */
export function discharge(state: DispatchState, alert: KnownAlert): void {
  for (const { rule, equal, source } of alert.found.roles ?? NO_ROLES) {
    const known = source ? state.sources[rule]?.get(equal) : undefined
    known?.delete(alert)
    if (known?.size === 0) state.sources[rule]?.delete(equal)
  }
}

export interface Inhibition {
  readonly source: KnownAlert
  /** Undefined: of a rule that was written as one. */
  readonly dependency: Dependency | undefined
}

export function inhibitor(state: DispatchState, alert: KnownAlert, now: number): KnownAlert | undefined {
  return inhibition(state, alert, now)?.source
}

/**
 * The alert that inhibits this one. What is a source as well as a target is not inhibited by what is both too: else two
 * could inhibit each other. It does not matter whether the source is silenced or inhibited itself.
 */
export function inhibition(state: DispatchState, alert: KnownAlert, now: number): Inhibition | undefined {
  for (const { rule, equal, source, target } of alert.found.roles ?? NO_ROLES) {
    if (!target) continue
    for (const other of state.sources[rule]?.get(equal) ?? []) {
      if (other.overAt <= now) continue
      if (source && other.found.roles?.some((role) => role.rule === rule && role.target) === true) continue
      return { source: other, dependency: state.plan?.config.alerting.inhibitRules[rule]?.dependency }
    }
  }
  return undefined
}

function roleOf(rule: InhibitRule, index: number, { labels }: KnownAlert): InhibitionRole[] {
  const source = rule.sourceMatchers.every((matcher) => matcher.matchesSet(labels))
  const target = rule.targetMatchers.every((matcher) => matcher.matchesSet(labels))
  if (!source && !target) return []
  // A label that is absent equals one that is absent.
  const equal = rule.equal.map((name) => `${labels.get(name).length}:${labels.get(name)}`).join('')
  return [{ rule: index, equal, source, target }]
}
