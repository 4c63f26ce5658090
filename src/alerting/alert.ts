import type { HistogramValue, LabelSet } from '../series/index.ts'

/** One alert of a rule; times are ms since the epoch. */
export interface Alert {
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly value: number | HistogramValue
  readonly state: 'pending' | 'firing' | 'inactive'
  /** Since when its sample is there. */
  readonly activeAt: number
  readonly firedAt: number | undefined
  /** Since when it is inactive. */
  readonly resolvedAt: number | undefined
  /** Since when it fires only because of `keep_firing_for`. */
  readonly keepFiringSince: number | undefined
  readonly lastSentAt: number | undefined
}

/** What a query found for an alert. */
export type FoundAlert = Pick<Alert, 'labels' | 'annotations' | 'value'>

/** An alert that is to be told of: it has begun, has ended, or goes on and is repeated. */
export interface OutgoingAlert {
  readonly labels: LabelSet
  readonly annotations: LabelSet
  readonly value: number | HistogramValue
  readonly activeAt: number
  /** When it fired. */
  readonly startsAt: number
  /** When it was resolved; while it fires, until when it may be taken to go on if nothing more is heard. */
  readonly endsAt: number
  readonly resolved: boolean
  /** The first word of it: it has begun or ended since what was told last. */
  readonly isNews: boolean
}

/** An alert is pending for so long, and fires on for so long. */
export interface Holds {
  readonly forMs: number
  readonly keepFiringForMs: number
}

/** How long a resolved alert is kept, to be told of again. */
const RESOLVED_RETENTION_MS = 15 * 60_000

/** The alerts of one rule, by their labels. Follows Prometheus's rules/alerting.go. */
export class ActiveAlerts {
  readonly #holds: Holds
  #alerts: Map<string, Alert>

  constructor(holds: Holds, from?: ActiveAlerts) {
    this.#holds = holds
    this.#alerts = new Map(from?.[Symbol.iterator]())
  }

  [Symbol.iterator](): MapIterator<[string, Alert]> {
    return this.#alerts.entries()
  }

  /** Pending and firing ones. */
  get active(): readonly Alert[] {
    return [...this.#alerts.values()].filter(({ state }) => state !== 'inactive')
  }

  clear(): void {
    this.#alerts.clear()
  }

  /** What the evaluation at `at` found, and which of those that fire go on without; returns how many alerts are pending or firing. */
  update(found: ReadonlyMap<string, FoundAlert>, at: number, isKept: (key: string) => boolean = () => false): number {
    for (const [key, each] of found) {
      const known = this.#alerts.get(key)
      const goesOn = known !== undefined && known.state !== 'inactive'
      this.#alerts.set(key, goesOn ? { ...known, value: each.value, annotations: each.annotations } : begun(each, at))
    }
    const next = new Map<string, Alert>()
    for (const [key, alert] of this.#alerts) {
      const stepped = found.has(key)
        ? this.#present({ ...alert, keepFiringSince: undefined }, at)
        : isKept(key)
          ? kept(alert, at)
          : this.#gone(alert, at)
      if (stepped !== undefined) next.set(key, stepped)
    }
    this.#alerts = next
    return this.active.length
  }

  #present(alert: Alert, at: number): Alert {
    const held = at - alert.activeAt
    if (alert.state === 'pending' && held >= this.#holds.forMs) return { ...alert, state: 'firing', firedAt: at }
    // The rule was changed to wait longer.
    if (alert.state === 'firing' && held >= 0 && held < this.#holds.forMs) {
      return { ...alert, state: 'pending', firedAt: undefined }
    }
    return alert
  }

  #gone(alert: Alert, at: number): Alert | undefined {
    if (alert.state === 'pending') return undefined
    if (alert.state === 'inactive') {
      const { resolvedAt = at } = alert
      return at - resolvedAt > RESOLVED_RETENTION_MS ? undefined : alert
    }
    const { keepFiringForMs } = this.#holds
    if (keepFiringForMs > 0) {
      const keepFiringSince = alert.keepFiringSince ?? at
      if (at - keepFiringSince < keepFiringForMs) return { ...alert, keepFiringSince }
      return { ...alert, keepFiringSince, state: 'inactive', resolvedAt: at }
    }
    return { ...alert, state: 'inactive', resolvedAt: at }
  }

  /** Those to be told of at `at`. They count as told by {@link markSent}. */
  outgoing(at: number, resendMs: number, intervalMs: number): ReadonlyMap<string, OutgoingAlert> {
    const validUntil = at + 4 * Math.max(resendMs, intervalMs)
    const outgoing = new Map<string, OutgoingAlert>()
    for (const [key, alert] of this.#alerts) {
      if (!needsSending(alert, at, resendMs)) continue
      const { labels, annotations, value, activeAt, firedAt = activeAt, resolvedAt } = alert
      outgoing.set(key, {
        labels,
        annotations,
        value,
        activeAt,
        startsAt: firedAt,
        endsAt: resolvedAt ?? validUntil,
        resolved: resolvedAt !== undefined,
        isNews: (resolvedAt ?? firedAt) > (alert.lastSentAt ?? -Infinity),
      })
    }
    return outgoing
  }

  markSent(keys: Iterable<string>, at: number): void {
    for (const key of keys) {
      const alert = this.#alerts.get(key)
      if (alert !== undefined) this.#alerts.set(key, { ...alert, lastSentAt: at })
    }
  }

  /** Another beginning for a pending alert, after a restart. */
  restore(key: string, activeAt: number): void {
    const alert = this.#alerts.get(key)
    if (alert !== undefined) this.#alerts.set(key, { ...alert, activeAt })
  }

  /** An alert that fired before a restart fires on. */
  restoreFiring(alert: Alert): void {
    this.#alerts.set(alert.labels.key, alert)
  }

  get(key: string): Alert | undefined {
    return this.#alerts.get(key)
  }
}

/** What is pending cannot go on without a sample. */
function kept(alert: Alert, at: number): Alert | undefined {
  return alert.state === 'pending' ? undefined : { ...alert, keepFiringSince: alert.keepFiringSince ?? at }
}

function begun(found: FoundAlert, at: number): Alert {
  return {
    ...found,
    state: 'pending',
    activeAt: at,
    firedAt: undefined,
    resolvedAt: undefined,
    keepFiringSince: undefined,
    lastSentAt: undefined,
  }
}

function needsSending({ state, resolvedAt, lastSentAt = -Infinity }: Alert, at: number, resendMs: number): boolean {
  if (state === 'pending') return false
  if (resolvedAt !== undefined && resolvedAt > lastSentAt) return true
  return lastSentAt + resendMs < at
}
