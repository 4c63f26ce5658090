import { claimOf, ingest } from './alert-store.ts'
import { acknowledge, escalate, logsMeant, unacknowledge } from './escalation.ts'
import type { DispatchConfig, DispatchEffect, DispatchEvent } from './event.ts'
import { flush } from './flush.ts'
import { beginAgain, followWindows } from './maintenance.ts'
import { followNotice, giveNotice } from './notice.ts'
import { decideWaiting, place, sweep } from './groups.ts'
import { passDeadline, resend, retry, takeOutcome, takeSlot } from './outcome.ts'
import { planOf } from './plan.ts'
import { forget, recover, reroute } from './reroute.ts'
import { deleteSilence, expireSilence, setSilence, type SilenceAnswer } from './silences.ts'
import type { DispatchState, Entry, GroupLog } from './state.ts'
import type { Turn } from './turn.ts'
import { wakeKeys } from './turn.ts'

/** New ones beyond are refused until others are over and forgotten. */
const MAX_ALERTS = 100_000

export interface Stepped {
  /** The same object, changed. */
  readonly state: DispatchState
  readonly effects: DispatchEffect[]
}

/**
 * Takes one event at a moment (ms since the epoch), which must not be before the one before. Only a `tick` does what is
 * due. Carry out the effects when the state, or the event, is stored: then a message that is sent again after a kill has
 * the same id and the same content.
 */
export function step(state: DispatchState, event: DispatchEvent, now: number, config: DispatchConfig): Stepped {
  if (!Number.isFinite(now)) throw new RangeError(`now: ${now} is no time`)
  const turn: Turn = { state, plan: planOf(config), now, effects: [], joined: new Map() }
  usePlan(turn)
  take(turn, event)
  decideWaiting(turn)
  const at = state.wakes.peek()
  if (at !== undefined) turn.effects.push({ kind: 'wake', at })
  return { state, effects: turn.effects }
}

function usePlan(turn: Turn): void {
  const { state, plan, now } = turn
  if (state.plan === plan) return
  const isKnown = state.plan === undefined && state.routing === plan.routing
  state.plan = plan
  state.routing = plan.routing
  if (isKnown) recover(turn)
  else reroute(turn)
  followWindows(turn)
  for (const id of state.silences.keys()) followNotice(turn, id)
  if (state.wakes.get(wakeKeys.forget) === undefined) forget({ ...turn, now })
}

function take(turn: Turn, event: DispatchEvent): void {
  const { state, now, effects } = turn
  switch (event.kind) {
    case 'started':
      state.startedAt = now
      for (const group of state.groups.values()) group.isKept = true
      resend(turn)
      break
    case 'alerts': {
      const { alerting } = turn.plan.config
      for (const posted of event.alerts) {
        const claim = claimOf(posted, now, alerting.resolveTimeoutMs)
        const known = state.alerts.get(posted.labels.key)
        const wasOver = known !== undefined && known.endsAt <= now
        const isFull = state.alerts.size >= MAX_ALERTS && known === undefined
        if (typeof claim === 'string') effects.push({ kind: 'refused', reason: claim })
        else if (isFull) effects.push({ kind: 'refused', reason: `there are ${MAX_ALERTS} alerts already` })
        else {
          const alert = ingest(state, posted.labels, claim, now, alerting)
          place(turn, alert)
          if (wasOver && alert.endsAt > now) beginAgain(turn, alert)
        }
      }
      break
    }
    case 'set-silence':
      answer(turn, setSilence(state, event.silence, event.newId, now, turn.plan.config.alerting))
      // It may have become another one.
      if (event.silence.id !== undefined) followNotice(turn, event.silence.id)
      break
    case 'expire-silence':
      answer(turn, expireSilence(state, event.id, now))
      break
    case 'delete-silence':
      answer(turn, deleteSilence(state, event.id))
      break
    case 'outcome':
      takeOutcome(turn, event)
      break
    case 'acknowledge':
      for (const log of meant(turn, event.of)) acknowledge(turn, log, event.by, event.until)
      break
    case 'unacknowledge':
      for (const log of meant(turn, event.of)) unacknowledge(turn, log, `no longer acknowledged, says ${event.by}`)
      break
    case 'configured':
      reroute(turn)
      break
    case 'tick':
      tick(turn, event.most ?? Infinity)
      break
  }
}

function answer(turn: Turn, silence: SilenceAnswer): void {
  if ('refused' in silence) {
    turn.effects.push({ kind: 'refused', reason: silence.refused })
    return
  }
  turn.effects.push({ kind: 'silence', id: silence.id })
  followNotice(turn, silence.id)
}

function meant(turn: Turn, of: string): GroupLog[] {
  const logs = logsMeant(turn, of)
  if (logs.length === 0) turn.effects.push({ kind: 'refused', reason: `nothing fires that is called ${of}` })
  return logs
}

function tick(turn: Turn, most: number): void {
  const { state, now } = turn
  for (let done = 0; done < most; done++) {
    const key = state.wakes.take(now)
    if (key === undefined) return
    wake(turn, key)
  }
}

function wake(turn: Turn, key: string): void {
  const space = key.indexOf(' ')
  const whose = key.slice(space + 1)
  const { state } = turn
  switch (key.slice(0, space)) {
    case 'flush': {
      const group = state.groups.get(whose)
      if (group !== undefined) flush(turn, group)
      return
    }
    case 'retry':
      withEntry(turn, whose, retry)
      return
    case 'deadline':
      withEntry(turn, whose, passDeadline)
      return
    case 'slot':
      withEntry(turn, whose, takeSlot)
      return
    case 'escalate':
      withLog(turn, whose, escalate)
      return
    case 'acknowledged':
      withLog(turn, whose, (_, log) => unacknowledge(turn, log, 'the acknowledgement has run out'))
      return
    case 'calendar':
      followWindows(turn)
      return
    case 'notice':
      giveNotice(turn, whose)
      return
    case 'sweep':
      sweep(turn)
      return
    case 'forget':
      forget(turn)
      return
    default:
      throw new Error(`BUG: nobody wakes for ${key}`)
  }
}

function withLog(turn: Turn, key: string, act: (turn: Turn, log: GroupLog) => void): void {
  const log = turn.state.logs.get(key)
  if (log !== undefined) act(turn, log)
}

function withEntry(turn: Turn, whose: string, act: (turn: Turn, log: GroupLog, entry: Entry) => void): void {
  const end = whose.indexOf('\0')
  withLog(turn, whose.slice(end + 1), (_, log) => {
    const entry = log.entries.get(whose.slice(0, end))
    if (entry !== undefined) act(turn, log, entry)
  })
}
