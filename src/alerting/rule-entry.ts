import type { LabelSet } from '../series/index.ts'
import type { LiveRule } from './live-rule.ts'
import type { RuleStatus } from './status.ts'

/** A rule of a group, and how its last evaluation went. */
export interface RuleEntry {
  readonly rule: LiveRule
  /** The series that it gave last. */
  series: ReadonlyMap<string, LabelSet>
  health: 'ok' | 'err' | 'unknown'
  lastError: string | undefined
  evaluationMs: number
  lastEvaluation: number | undefined
  samples: number
}

/** As it is told to the outside. */
export function statusOf({ rule, health, lastError, evaluationMs, lastEvaluation, samples }: RuleEntry): RuleStatus {
  const common = {
    name: rule.name,
    query: rule.printed,
    labels: rule.labels,
    health,
    lastError,
    evaluationMs,
    lastEvaluation,
    samples,
  }
  if (rule.kind === 'recording') return { ...common, kind: 'recording' }
  const { active } = rule.alerts
  const has = (state: 'firing' | 'pending'): boolean => active.some((alert) => alert.state === state)
  return {
    ...common,
    kind: 'alerting',
    state: has('firing') ? 'firing' : has('pending') ? 'pending' : 'inactive',
    forMs: rule.forMs,
    keepFiringForMs: rule.keepFiringForMs,
    annotations: rule.annotations,
    condition: health === 'err' ? 'error' : rule.missing.size > 0 ? 'nodata' : undefined,
    onUnknown: rule.onUnknown,
    alerts: active.flatMap(({ state, labels, annotations, activeAt, keepFiringSince, value }) =>
      state === 'inactive' ? [] : [{ state, labels, annotations, activeAt, keepFiringSince, value: numberOf(value) }],
    ),
  }
}

/** A histogram has no number of its own; Prometheus shows 0. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
