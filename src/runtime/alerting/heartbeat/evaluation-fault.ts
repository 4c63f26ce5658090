import type { RuleGroupStatus } from '../../../alerting/index.ts'

/** More than it may take from one evaluation to the next. */
const SLACK_MS = 15_000

/** Whether groups of rules are evaluated when they should be. */
export class EvaluationWatch {
  /** When a group without an evaluation was seen first, by file and name. */
  #since = new Map<string, number>()

  /** What is wrong, for a person. @param at ms since the epoch. */
  fault(groups: readonly RuleGroupStatus[], at: number): string | undefined {
    const since = new Map<string, number>()
    let found: string | undefined
    for (const group of groups) {
      const key = JSON.stringify([group.file, group.name])
      const before = Math.min(this.#since.get(key) ?? at, at)
      if (group.lastEvaluation === undefined) since.set(key, before)
      found ??= faultOf(group, group.lastEvaluation ?? before, at)
    }
    this.#since = since
    return found
  }
}

function faultOf({ name, intervalMs, rules }: RuleGroupStatus, evaluatedAt: number, at: number): string | undefined {
  if (at - evaluatedAt > 2 * intervalMs + SLACK_MS) {
    return `the rules of group ${JSON.stringify(name)} have not been evaluated for ${Math.floor((at - evaluatedAt) / 1000)} s`
  }
  const [first] = rules
  if (first === undefined || rules.some(({ health }) => health !== 'err')) return undefined
  return `all rules of group ${JSON.stringify(name)} fail: ${first.lastError ?? 'no reason is known'}`
}
