import type { Outcome } from '../dispatch-types.ts'
import { channelOf, isFailing, pause } from './channel-state.ts'
import { allow, attemptNow, confirm, end, retryLater, waitForSlot } from './delivery.ts'
import { followEscalation, groupsOf } from './escalation.ts'
import { flush } from './flush.ts'
import { forgetTold } from './groups.ts'
import type { Delivery, Entry, Group, GroupLog } from './state.ts'
import { receiverTargets, type Target, targetsOf } from './targets.ts'
import { tell } from './tell.ts'
import { nodeOf, rule, type Turn } from './turn.ts'
import { viewOf } from './view.ts'

export interface Answered {
  readonly integration: string
  readonly id: string
  readonly attempt?: number | undefined
  readonly outcome: Outcome
}

/** What became of an attempt. An answer that comes too late counts when it says that the message arrived. */
export function takeOutcome(turn: Turn, { integration, id, attempt, outcome }: Answered): void {
  const { state, now } = turn
  const log = state.logs.get(state.messages.get(id) ?? '')
  const entry = log?.entries.get(integration)
  if (log === undefined || entry === undefined) return
  const { delivery, unconfirmed } = entry
  if (delivery?.notification.id !== id) {
    if (unconfirmed?.id !== id || outcome.kind !== 'delivered') return
    channelOf(state, integration).failingSince = undefined
    confirm(turn, entry, unconfirmed, outcome.note)
    return
  }
  const isLate = delivery.retryAt !== undefined || (attempt !== undefined && attempt !== delivery.attempt)
  const channel = channelOf(state, integration)
  switch (outcome.kind) {
    case 'delivered':
      channel.failingSince = undefined
      arrived(turn, log, entry, delivery, outcome.note)
      break
    case 'temporary':
      if (isLate) return
      channel.failingSince ??= now
      delivery.isDoubtful = true
      failed(turn, log, entry, delivery, outcome)
      break
    case 'permanent':
      if (isLate) return
      channel.failingSince ??= now
      refused(turn, log, entry, delivery, outcome.reason)
      break
    case 'gone':
      channel.gone ??= outcome.reason
      refused(turn, log, entry, delivery, outcome.reason)
      break
  }
  if (outcome.kind !== 'delivered') fallBack(turn, log, entry, delivery.group)
  if (entry.delivery === undefined) proceed(turn, log, entry)
}

/** The time of a flush is over: it failed, and the next one tries again. */
export function passDeadline(turn: Turn, log: GroupLog, entry: Entry): void {
  const { delivery } = entry
  if (delivery === undefined) return
  if (delivery.retryAt === undefined) {
    channelOf(turn.state, entry.integration).failingSince ??= turn.now
    delivery.isDoubtful = true
    ruleFailed(turn, log, entry, delivery, 'no answer in time')
  }
  end(turn, log, entry)
  fallBack(turn, log, entry, delivery.group)
  proceed(turn, log, entry)
}

export function takeSlot(turn: Turn, log: GroupLog, entry: Entry): void {
  const { pausedUntil } = channelOf(turn.state, entry.integration)
  if (pausedUntil > turn.now) {
    waitForSlot(turn, log, entry, pausedUntil)
    return
  }
  entry.slotAt = undefined
  tellAgain(turn, log, entry, true)
}

/** Sends again what was on its way when the process ended, under the ids that it had. */
export function resend(turn: Turn): void {
  for (const log of turn.state.logs.values()) {
    for (const entry of log.entries.values()) {
      const { delivery } = entry
      if (delivery === undefined) continue
      const group = turn.state.groups.get(delivery.group)
      allow(turn, log, delivery, entry, group?.intervalMs ?? 0)
      if (delivery.retryAt !== undefined) continue
      delivery.isDoubtful = true
      attemptNow(turn, log, entry)
    }
  }
}

export function retry(turn: Turn, log: GroupLog, entry: Entry): void {
  const { pausedUntil } = channelOf(turn.state, entry.integration)
  if (entry.delivery === undefined) return
  if (pausedUntil <= turn.now) {
    attemptNow(turn, log, entry)
    return
  }
  end(turn, log, entry)
  waitForSlot(turn, log, entry, pausedUntil)
  proceed(turn, log, entry)
}

function arrived(turn: Turn, log: GroupLog, entry: Entry, delivery: Delivery, note: Entry['note']): void {
  const { notification, firing, resolved, revision, attempt } = delivery
  end(turn, log, entry)
  confirm(turn, entry, delivery, note)
  entry.settledRevision = revision
  entry.settledAt = notification.at
  const { receiver, reason, escalationLevel } = notification
  if (escalationLevel !== undefined) entry.escalationLevel = undefined
  const counts = `${firing.length} firing, ${resolved.length} resolved`
  const attempts = attempt === 1 ? '' : `, at attempt ${attempt}`
  const verdict = reason === 'escalation' ? 'escalated' : 'sent'
  const why = reason === 'escalation' ? `escalation, step ${(escalationLevel ?? 0) + 1}` : reason
  rule(turn, log, entry, [...firing, ...resolved], { receiver, verdict, reason: `${why}: ${counts}${attempts}` })
}

function failed(
  turn: Turn,
  log: GroupLog,
  entry: Entry,
  delivery: Delivery,
  { reason, afterMs }: Extract<Outcome, { kind: 'temporary' }>,
): void {
  const { state, plan, now } = turn
  ruleFailed(turn, log, entry, delivery, reason)
  if (afterMs !== undefined && plan.config.compat !== true) pause(channelOf(state, entry.integration), afterMs, now)
  const known = plan.integrations.get(entry.integration)
  if (known === undefined) end(turn, log, entry)
  else retryLater(turn, log, entry, known.integration)
}

function refused(turn: Turn, log: GroupLog, entry: Entry, delivery: Delivery, reason: string): void {
  ruleFailed(turn, log, entry, delivery, reason)
  end(turn, log, entry)
  if (delivery.isDoubtful) return
  // It was never taken: nothing has become known.
  for (const one of delivery.withdrawn) entry.told?.firing.add(one)
  for (const one of delivery.added) entry.knows.delete(one)
}

function ruleFailed(turn: Turn, log: GroupLog, entry: Entry, delivery: Delivery, reason: string): void {
  const { notification, firing, resolved } = delivery
  rule(turn, log, entry, [...firing, ...resolved], { receiver: notification.receiver, verdict: 'failed', reason })
}

/** Tells those that stand in for a channel that is gone, or has failed for long. */
function fallBack(turn: Turn, log: GroupLog, entry: Entry, groupId: string): void {
  const { state, plan, now } = turn
  const known = plan.integrations.get(entry.integration)
  const group = groupFor(turn, log, groupId)
  const receiver = plan.receivers.get(known?.receiver ?? '')
  if (known === undefined || group === undefined || receiver === undefined) return
  const channel = channelOf(state, entry.integration)
  if (channel.gone === undefined && !isFailing(channel, known.integration, now)) return
  const instead = receiverTargets(state, plan, receiver, now).filter(({ insteadOf }) => insteadOf === entry.integration)
  if (instead.length === 0) return
  const view = viewOf(state, group, nodeOf(turn, group), now)
  for (const target of instead) tell(turn, group, log, target, view)
}

/** After a message is done with: what was due meanwhile. */
function proceed(turn: Turn, log: GroupLog, entry: Entry): void {
  for (const group of groupsOf(turn, log)) {
    if (group.overdue) flush(turn, group)
    else forgetTold(turn, group, log)
  }
  if (entry.missed) tellAgain(turn, log, entry, false)
}

function tellAgain(turn: Turn, log: GroupLog, entry: Entry, hasSlot: boolean): void {
  const { state, plan, now } = turn
  entry.missed = false
  for (const group of groupsOf(turn, log)) {
    const node = nodeOf(turn, group)
    const target = targetsOf(state, plan, node, log, now).find(isFor(entry))
    if (target === undefined) continue
    const view = viewOf(state, group, node, now)
    tell(turn, group, log, target, view, hasSlot)
    followEscalation(turn, group, log, view)
    forgetTold(turn, group, log)
    if (hasSlot) return
  }
}

function isFor({ integration }: Entry): (target: Target) => boolean {
  return (target) => target.integration.key === integration
}

function groupFor(turn: Turn, log: GroupLog, id: string): Group | undefined {
  return turn.state.groups.get(id) ?? groupsOf(turn, log)[0]
}
