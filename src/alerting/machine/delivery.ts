import type { Integration, Notification } from '../dispatch-types.ts'
import { channelOf, reserve } from './channel-state.ts'
import { nextRandom } from './random.ts'
import type { Delivery, Entry, GroupLog } from './state.ts'
import { type Turn, wakeKeys } from './turn.ts'

/** A flush has the time of its interval, but this at least. */
const SHORTEST_DEADLINE_MS = 10_000
const FIRST_BACKOFF_MS = 500
const BACKOFF_GROWTH = 1.5
const BACKOFF_SPREAD = 0.5
const LONGEST_BACKOFF_MS = 60_000

export interface Content {
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
  readonly kept?: readonly string[] | undefined
}

export function signature({ firing, resolved }: Content): string {
  return `${firing.join(' ')}|${resolved.join(' ')}`
}

/** Whether the message that is to be sent may have arrived already: it is then sent under the id that it had. */
export function isSame(entry: Entry, content: Content): boolean {
  return entry.unconfirmed?.signature === signature(content)
}

export function begin(
  turn: Turn,
  log: GroupLog,
  entry: Entry,
  given: Content & Pick<Delivery, 'notification' | 'group' | 'revision'> & { readonly intervalMs: number },
): void {
  const { intervalMs, ...content } = given
  const before = isSame(entry, content) ? entry.unconfirmed : undefined
  if (entry.unconfirmed !== undefined) turn.state.messages.delete(entry.unconfirmed.id)
  entry.unconfirmed = undefined
  // It may arrive without our knowing: if one of these fires again, it is to be told again.
  const firing = turn.plan.config.compat === true ? undefined : entry.told?.firing
  const withdrawn = content.resolved.filter((one) => firing?.delete(one) === true)
  const added = content.firing.filter((one) => !entry.knows.has(one))
  for (const one of added) entry.knows.set(one, false)
  entry.delivery = {
    ...content,
    withdrawn,
    added,
    isDoubtful: before?.isDoubtful ?? false,
    deadlineAt: 0,
    attempt: before?.attempt ?? 0,
    attemptedAt: turn.now,
    backoffMs: FIRST_BACKOFF_MS,
    retryAt: undefined,
  }
  turn.state.messages.set(content.notification.id, log.key)
  allow(turn, log, entry.delivery, entry, intervalMs)
  attemptNow(turn, log, entry)
}

/** Gives a delivery the time of one flush. */
export function allow(turn: Turn, log: GroupLog, delivery: Delivery, entry: Entry, intervalMs: number): void {
  delivery.deadlineAt = turn.now + Math.max(intervalMs, SHORTEST_DEADLINE_MS)
  turn.state.wakes.set(wakeKeys.deadline(log.key, entry.integration), delivery.deadlineAt)
}

export function attemptNow({ effects, now }: Turn, log: GroupLog, entry: Entry): void {
  const { delivery, integration } = entry
  if (delivery === undefined) throw new Error(`BUG: nothing to send to ${integration} for ${log.key}`)
  delivery.retryAt = undefined
  delivery.attempt++
  delivery.attemptedAt = now
  const { notification, attempt, deadlineAt } = delivery
  effects.push({ kind: 'deliver', integration, notification, attempt, deadlineAt })
}

/** After a failure: again after a while, which grows; the bucket may make it longer, and then the message is made anew. */
export function retryLater(turn: Turn, log: GroupLog, entry: Entry, integration: Integration): void {
  const { state, now } = turn
  const { delivery } = entry
  if (delivery === undefined) return
  const spread = 1 - BACKOFF_SPREAD + 2 * BACKOFF_SPREAD * nextRandom(state)
  const wanted = now + Math.max(1, Math.round(delivery.backoffMs * spread))
  delivery.backoffMs = Math.min(delivery.backoffMs * BACKOFF_GROWTH, LONGEST_BACKOFF_MS)
  const channel = channelOf(state, entry.integration)
  if (wanted >= delivery.deadlineAt && channel.pausedUntil <= wanted) {
    delivery.retryAt = wanted // the deadline comes first
    return
  }
  const slotAt = reserve(channel, integration, wanted)
  if (slotAt >= delivery.deadlineAt) {
    end(turn, log, entry)
    waitForSlot(turn, log, entry, slotAt)
  } else {
    delivery.retryAt = slotAt
    state.wakes.set(wakeKeys.retry(log.key, entry.integration), slotAt)
  }
}

export function waitForSlot({ state }: Turn, log: GroupLog, entry: Entry, slotAt: number): void {
  entry.slotAt = slotAt
  state.wakes.set(wakeKeys.slot(log.key, entry.integration), slotAt)
}

/** Ends what is on its way; the same message, when it is made again, has the same id. */
export function end({ state }: Turn, log: GroupLog, entry: Entry): void {
  const { delivery } = entry
  if (delivery === undefined) return
  const { notification, attempt, attemptedAt, isDoubtful, firing, resolved, kept } = delivery
  entry.unconfirmed = {
    id: notification.id,
    signature: signature(delivery),
    firing,
    resolved,
    kept,
    attempt,
    attemptedAt,
    isDoubtful,
  }
  entry.delivery = undefined
  // The step is still owed, unless somebody is at it.
  if (log.escalation !== undefined && log.acknowledgement === undefined) {
    entry.escalationLevel ??= notification.escalationLevel
  }
  state.wakes.delete(wakeKeys.retry(log.key, entry.integration))
  state.wakes.delete(wakeKeys.deadline(log.key, entry.integration))
}

/** It arrived. */
export function confirm(
  turn: Turn,
  entry: Entry,
  content: Content & { readonly attemptedAt: number },
  note: Notification['previous'],
): void {
  const { firing, resolved, kept = [] } = content
  entry.told = { at: content.attemptedAt, firing: new Set([...firing, ...kept]), resolved: new Set(resolved) }
  for (const one of firing) entry.knows.set(one, true)
  for (const one of resolved) entry.knows.delete(one)
  if (entry.unconfirmed !== undefined) turn.state.messages.delete(entry.unconfirmed.id)
  entry.unconfirmed = undefined
  entry.note = note ?? entry.note
}
