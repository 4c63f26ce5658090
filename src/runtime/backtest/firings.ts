import type { Alert, LiveAlertingRule } from '../../alerting/index.ts'
import type { LabelSet } from '../../series/index.ts'

/** One alert that would have fired. Times are ms since the epoch. */
export interface Firing {
  readonly labels: LabelSet
  /** Since when its sample was there. */
  readonly activeAt: number
  readonly from: number
  /** Undefined: it still fired at the end. */
  readonly to: number | undefined
}

/** More of one rule are counted and not listed. */
const MAX_LISTED = 10_000

/** What becomes of the alerts of one rule, looked at after each evaluation. */
export class Firings {
  readonly listed: Firing[] = []
  fired = 0
  longestMs = 0
  /** In which at least one alert fired. */
  totalMs = 0
  /** Alerts that were pending and then gone. */
  pendingOnly = 0
  #firing = new Map<string, Alert>()
  #pending = new Set<string>()
  #anySince: number | undefined

  look({ alerts }: LiveAlertingRule, at: number): void {
    const firing = new Map<string, Alert>()
    const pending = new Set<string>()
    for (const [key, alert] of alerts) {
      if (alert.state === 'firing') firing.set(key, alert)
      else if (alert.state === 'pending') pending.add(key)
    }
    for (const [key, alert] of this.#firing) if (!firing.has(key)) this.#ended(alert, at)
    for (const key of this.#pending) if (!pending.has(key) && !firing.has(key)) this.pendingOnly++
    for (const key of firing.keys()) if (!this.#firing.has(key)) this.fired++
    this.#firing = firing
    this.#pending = pending
    this.#count(at)
  }

  /** What still fires is counted up to here. */
  finish(at: number): void {
    for (const alert of this.#firing.values()) this.#list(alert, at, undefined)
    this.#firing.clear()
    this.#count(at)
  }

  #ended(alert: Alert, at: number): void {
    this.#list(alert, at, at)
  }

  #list({ labels, activeAt, firedAt = activeAt }: Alert, until: number, to: number | undefined): void {
    this.longestMs = Math.max(this.longestMs, until - firedAt)
    if (this.listed.length < MAX_LISTED) this.listed.push({ labels, activeAt, from: firedAt, to })
  }

  #count(at: number): void {
    if (this.#firing.size > 0) this.#anySince ??= at
    else if (this.#anySince !== undefined) {
      this.totalMs += at - this.#anySince
      this.#anySince = undefined
    }
  }
}
