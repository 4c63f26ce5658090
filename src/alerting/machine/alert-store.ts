import type { LabelSet } from '../../series/index.ts'
import type { AlertingConfig, PostedAlert } from '../dispatch-types.ts'
import { fingerprint } from './fingerprint.ts'
import { overAt, withChange } from './steadiness.ts'
import type { DispatchState, KnownAlert } from './state.ts'

/** What an alert says of itself, complete. */
export interface Claim {
  readonly annotations: LabelSet
  readonly startsAt: number
  readonly endsAt: number
  readonly endsByTimeout: boolean
  readonly updatedAt: number
  readonly generatorURL: string
}

/** Fills in what is not said; or why it is no alert. */
export function claimOf(posted: PostedAlert, now: number, resolveTimeoutMs: number): Claim | string {
  const endsByTimeout = posted.endsAt === undefined
  const endsAt = posted.endsAt ?? now + resolveTimeoutMs
  const startsAt = posted.startsAt ?? posted.endsAt ?? now
  if (posted.labels.size === 0) return 'an alert needs a label'
  if (!Number.isFinite(startsAt) || !Number.isFinite(endsAt))
    return `${posted.labels.toString()}: its times are no numbers`
  if (endsAt < startsAt) return `${posted.labels.toString()}: it ends before it starts`
  const { annotations, generatorURL = '' } = posted
  return { annotations, startsAt, endsAt, endsByTimeout, updatedAt: now, generatorURL }
}

/**
 * What holds when an alert is told of again: only when the times of both overlap are they one occurrence, which began
 * with the earlier. Alertmanager's rule, strictly between included.
 */
export function merge(old: Claim, posted: Claim, now: number): Claim {
  const within = (at: number): boolean => at > old.startsAt && at < old.endsAt
  if (!within(posted.endsAt) && !within(posted.startsAt)) return posted
  const [elder, younger] = posted.updatedAt < old.updatedAt ? [posted, old] : [old, posted]
  const isOver = ({ endsAt }: Claim): boolean => endsAt <= now
  const elderEndWins = elder.endsAt > younger.endsAt && (isOver(younger) ? isOver(elder) : !elder.endsByTimeout)
  return {
    ...younger,
    startsAt: Math.min(elder.startsAt, younger.startsAt),
    endsAt: elderEndWins ? elder.endsAt : younger.endsAt,
  }
}

/** The alert as it is now known. */
export function ingest(
  state: DispatchState,
  labels: LabelSet,
  posted: Claim,
  now: number,
  config: AlertingConfig,
): KnownAlert {
  const old = state.alerts.get(labels.key)
  state.revision++
  if (old === undefined) {
    const alert: KnownAlert = {
      fingerprint: fingerprint(labels),
      labels,
      ...posted,
      revision: state.revision,
      overAt: 0,
      changes: [],
      held: 0,
      found: { places: undefined, roles: undefined, silences: [], silencesVersion: 0 },
    }
    alert.changes = withChange(alert.changes, posted.startsAt, config)
    alert.overAt = overAt(alert, config)
    state.alerts.set(labels.key, alert)
    return alert
  }
  const wasOver = old.endsAt <= now
  // It ran out, and nobody has said so.
  if (wasOver && old.updatedAt < old.endsAt) old.changes = withChange(old.changes, old.endsAt, config)
  const merged = merge(old, posted, now)
  const isOver = merged.endsAt <= now
  if (wasOver !== isOver) old.changes = withChange(old.changes, isOver ? merged.endsAt : merged.startsAt, config)
  old.annotations = old.annotations.equals(merged.annotations) ? old.annotations : merged.annotations
  old.startsAt = merged.startsAt
  old.endsAt = merged.endsAt
  old.endsByTimeout = merged.endsByTimeout
  old.updatedAt = merged.updatedAt
  old.generatorURL = merged.generatorURL
  old.revision = state.revision
  old.overAt = overAt(old, config)
  return old
}

/** Forgets alerts that are over and that no group has. */
export function forgetAlerts(state: DispatchState, now: number): KnownAlert[] {
  const gone = [...state.alerts.values()].filter(({ held, overAt }) => held === 0 && overAt <= now)
  for (const { labels } of gone) state.alerts.delete(labels.key)
  return gone
}
