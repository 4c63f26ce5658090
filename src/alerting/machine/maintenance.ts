import type { MaintenanceWindow, Silence } from '../dispatch-types.ts'
import { isWithin, nextChange } from '../route/time-interval.ts'
import { hashText } from './fingerprint.ts'
import { endSilence, putSilence, silencesOf, silenceState } from './silences.ts'
import type { KnownAlert } from './state.ts'
import { type Turn, wakeKeys } from './turn.ts'

/** The end of a window that never does: the last day of the year 9999. */
const NEVER = 253_402_214_400_000

/**
 * Each time of a window is a silence, which anybody may end before its time: those of windows that are open are there,
 * and those of windows that the configuration has no more, or has otherwise, are over.
 */
export function followWindows({ state, plan, now }: Turn): void {
  const open = new Set<string>()
  let next = Infinity
  for (const window of plan.config.alerting.maintenance ?? []) {
    const changesAt = nextChange(window, now)
    next = Math.min(next, changesAt ?? Infinity)
    if (!isWithin(window, now)) continue
    const silence = silenceOf(window, now, changesAt ?? NEVER)
    open.add(silence.id)
    if (!state.silences.has(silence.id)) putSilence(state, silence)
  }
  for (const silence of state.silences.values()) {
    if (silence.maintenance?.window === undefined || open.has(silence.id)) continue
    if (silenceState(silence, now) !== 'expired') endSilence(state, silence, now)
  }
  if (next === Infinity) state.wakes.delete(wakeKeys.calendar)
  else state.wakes.set(wakeKeys.calendar, next)
}

function silenceOf({ name, matchers, owner, reason }: MaintenanceWindow, now: number, endsAt: number): Silence {
  const identity = JSON.stringify([name, matchers.map(String), owner, reason, endsAt])
  return {
    id: uuid(hashText(identity) + hashText(`again ${identity}`)),
    matchers,
    startsAt: now,
    endsAt,
    updatedAt: now,
    createdBy: owner,
    comment: reason,
    maintenance: { window: name },
  }
}

/** The same for the same time of a window, also in the process after this one. */
function uuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** It is over and has begun again: what begins within maintenance is told after it, even when nobody saw the end. */
export function beginAgain({ state, now }: Turn, alert: KnownAlert): void {
  if (!silencesOf(state, alert, now).some(({ maintenance }) => maintenance !== undefined)) return
  for (const { entries, groups } of state.logs.values()) {
    if (![...groups].some((id) => state.groups.get(id)?.members.has(alert.fingerprint))) continue
    for (const { told } of entries.values()) told?.firing.delete(alert.fingerprint)
  }
}
