import { isStale, type LabelSet, Matcher, METRIC_NAME_LABEL, type Queryable } from '../series/index.ts'
import {
  ALERT_NAME_LABEL,
  ALERT_STATE_LABEL,
  ALERTS,
  ALERTS_FOR_STATE,
  ALERTS_KEEP_FIRING_SINCE,
  type Evaluation,
  type LiveAlertingRule,
  NO_DATA,
} from './live-rule.ts'

export interface RestoreOptions {
  /** How far back an alert may have been seen last; default 1 h. */
  readonly outageToleranceMs: number
  /** An alert that was about to fire waits so long at least; default 10 min. */
  readonly forGraceMs: number
}

/** What was stored of an alert last. */
interface LastSample {
  /** The alert's. */
  readonly labels: LabelSet
  readonly at: number
  readonly value: number
}

type ReadLast = (name: string, more?: readonly Matcher[]) => Promise<ReadonlyMap<string, LastSample>>

const NOT_THE_ALERTS = new Set([METRIC_NAME_LABEL, ALERT_STATE_LABEL])
const FIRING = [new Matcher(ALERT_STATE_LABEL, '=', 'firing')]

/**
 * Gives the alerts of a rule back what they had before a restart, from the series that were stored. `for` as Prometheus
 * does it. An alert that fired under a rule with `keep_firing_for` fires on, though its sample be gone: from then on it
 * is kept for what was left. The time in which nobody looked does not count.
 */
export async function restoreAlerts(
  rule: LiveAlertingRule,
  select: Queryable['select'],
  evaluation: Evaluation,
  { outageToleranceMs, forGraceMs }: RestoreOptions,
): Promise<void> {
  const { at } = evaluation
  const restoresFor = rule.forMs >= forGraceMs
  const { noData } = rule.onUnknown
  if (noData === 'alert') {
    const matchers = [
      new Matcher(METRIC_NAME_LABEL, '=', ALERTS),
      new Matcher(ALERT_NAME_LABEL, '=', NO_DATA),
      ...FIRING,
    ]
    const stored = await lastSamples(select, matchers, at - outageToleranceMs, at)
    rule.restoreNoData(
      Array.from(stored.values(), ({ labels }) => labels),
      at,
    )
  }
  const restoresFiring = rule.keepFiringForMs > 0 || noData === 'keep'
  if (!restoresFor && !restoresFiring) return
  const last: ReadLast = (name, more = []) => {
    const matchers = [new Matcher(METRIC_NAME_LABEL, '=', name), new Matcher(ALERT_NAME_LABEL, '=', rule.name), ...more]
    return lastSamples(select, matchers, at - outageToleranceMs, at)
  }
  const beginnings = await last(ALERTS_FOR_STATE)
  if (restoresFor) {
    for (const [key, alert] of rule.alerts) {
      const sample = beginnings.get(key)
      if (sample === undefined || alert.state === 'inactive') continue
      rule.alerts.restore(key, restoredBeginning(sample, rule.forMs, at, forGraceMs))
    }
  }
  if (restoresFiring) await restoreFiring(rule, beginnings, last, evaluation)
}

/** Since when an alert is pending, ms. */
function restoredBeginning({ at: downAt, value }: LastSample, forMs: number, at: number, graceMs: number): number {
  const activeAt = Math.trunc(value) * 1000
  const downSecond = Math.floor(downAt / 1000) * 1000
  const remaining = forMs - (downSecond - activeAt)
  if (remaining <= 0) return activeAt
  return remaining < graceMs ? at + graceMs - forMs : activeAt + (at - downSecond)
}

async function restoreFiring(
  rule: LiveAlertingRule,
  beginnings: ReadonlyMap<string, LastSample>,
  last: ReadLast,
  evaluation: Evaluation,
): Promise<void> {
  const { at } = evaluation
  const keepings = await last(ALERTS_KEEP_FIRING_SINCE)
  const firing = await last(ALERTS, FIRING)
  for (const [key, { at: downAt, labels }] of firing) {
    if (!rule.owns(labels)) continue
    const activeAt = (beginnings.get(key)?.value ?? downAt / 1000) * 1000
    const firedAt = Math.min(activeAt + rule.forMs, downAt)
    const known = rule.alerts.get(key)
    if (known !== undefined && known.state !== 'inactive') {
      rule.alerts.restoreFiring({ ...known, state: 'firing', activeAt, firedAt })
      continue
    }
    const kept = keepings.get(key)
    const keepFiringSince = kept?.at === downAt ? kept.value * 1000 + (at - downAt) : at
    const { annotations } = await rule.expanded({ labels, value: Number.NaN }, evaluation)
    rule.alerts.restoreFiring({
      labels,
      annotations,
      value: Number.NaN,
      state: 'firing',
      activeAt,
      firedAt,
      resolvedAt: undefined,
      keepFiringSince,
      lastSentAt: undefined,
    })
  }
}

/** By the alert's labels; what has ended is not among them. */
async function lastSamples(
  select: Queryable['select'],
  matchers: readonly Matcher[],
  from: number,
  to: number,
): Promise<ReadonlyMap<string, LastSample>> {
  const found = new Map<string, LastSample>()
  for (const { labels: stored, columns } of await select(matchers, from, to)) {
    const { times, values } = columns()
    const i = times.length - 1
    const [at, value] = [times[i], values[i]]
    if (at === undefined || value === undefined || isStale(values, i)) continue
    const labels = stored.without(NOT_THE_ALERTS)
    found.set(labels.key, { labels, at, value })
  }
  return found
}
