import type { AlertingConfig } from '../dispatch-types.ts'

/** Times at which an alert began and ended, the oldest first; no more than flapping looks at. */
export function withChange(changes: readonly number[], at: number, { flapping }: AlertingConfig): number[] {
  if (flapping === undefined) return []
  return [...changes, at].slice(-flapping.changes)
}

interface Ending {
  readonly endsAt: number
  readonly updatedAt: number
  readonly changes: readonly number[]
}

/**
 * From when on an alert that ends at `endsAt` is told as over: after the delay of recovery, and when it flaps not before
 * the first of its last changes has left the window.
 */
export function overAt({ endsAt, updatedAt, changes }: Ending, config: AlertingConfig): number {
  const { flapping, recoveryDelayMs } = config
  const calm = endsAt + recoveryDelayMs
  if (flapping === undefined) return calm
  // An end that is still to come would be one more change.
  const upcoming = endsAt > updatedAt ? withChange(changes, endsAt, config) : changes
  const first = upcoming.length < flapping.changes ? undefined : upcoming[0]
  return first === undefined || endsAt - first >= flapping.windowMs ? calm : Math.max(calm, first + flapping.windowMs)
}

/** Whether it is told as firing though it has ended. */
export function isHeld(alert: { readonly endsAt: number; readonly overAt: number }, now: number): boolean {
  return alert.endsAt <= now && now < alert.overAt
}
