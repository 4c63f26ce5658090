import type { NotifyReason } from '../dispatch-types.ts'
import { channelOf, reserve } from './channel-state.ts'
import { begin, isSame, waitForSlot } from './delivery.ts'
import { message } from './message.ts'
import { type Need, needOf } from './need.ts'
import type { Entry, Group, GroupLog } from './state.ts'
import type { Target } from './targets.ts'
import { entryOf, nodeOf, rule, type Turn } from './turn.ts'
import type { Seen, View } from './view.ts'

/** Decides what one integration is told of a group, and begins to tell it. `hasSlot`: its turn in the bucket has come. */
export function tell(turn: Turn, group: Group, log: GroupLog, target: Target, view: View, hasSlot = false): void {
  const { state, plan, now } = turn
  const { integration, receiver } = target
  const entry = entryOf(turn, log, integration.key)
  if (entry.delivery !== undefined) {
    entry.missed = true
    return
  }
  if (entry.slotAt !== undefined) return
  const channel = channelOf(state, integration.key)
  if (channel.gone !== undefined) {
    leaveGone(turn, log, entry, target, view, channel.gone)
    return
  }
  const kept = keptOf(entry, view)
  const list = listFor(turn, entry, target, view, kept)
  ruleHidden(turn, log, entry, target, view, list)
  const firing = fingerprints(list, false)
  const resolved = fingerprints(list, true)
  // In maintenance nothing is repeated, and one word is enough that a silence ends.
  const repeats = !firing.every((one) => kept.has(one)) && !view.seen.some(({ alert }) => alert.notice !== undefined)
  const repeatMs = (repeats ? nodeOf(turn, group)?.route.repeatIntervalMs : undefined) ?? Infinity
  const need = betterNeed(turn, log, entry, target, firing, resolved, repeatMs)
  if (need === 'nothing-fires' || need === 'unchanged' || need === 'acknowledged') {
    settle(turn, entry, target, view)
    // All that it knows of is in maintenance: the time to a repeat begins when that is over.
    if (list.length === 0 && kept.size > 0 && entry.told !== undefined) entry.told = { ...entry.told, at: now }
    ruleQuiet(turn, log, entry, target, list, need)
    if (hasSlot) channel.tokens++
    return
  }
  if (firing.length === 0 && !integration.sendResolved) {
    entry.told = { at: now, firing: new Set(kept), resolved: new Set(resolved) }
    settle(turn, entry, target, view)
    return
  }
  const slotAt = hasSlot ? now : reserve(channel, integration, now)
  if (slotAt > now) {
    waitForSlot(turn, log, entry, slotAt)
    const reason = `waits for the channel's rate until ${new Date(slotAt).toISOString()}`
    rule(turn, log, entry, [...firing, ...resolved], { receiver, verdict: 'rate-limited', reason })
    return
  }
  if (!isSame(entry, { firing, resolved })) entry.sequence++
  const shown = integration.sendResolved ? list : list.filter(({ isOver }) => !isOver)
  const { config } = plan
  const escalationLevel = need === 'escalation' ? entry.escalationLevel : undefined
  const occasion = {
    group,
    entry,
    receiver,
    reason: need,
    at: now,
    externalURL: config.externalURL ?? '',
    escalationLevel,
  }
  const notification = message(shown, occasion)
  entry.escalationLevel = undefined
  const { revision } = view
  const content = { firing, resolved, ...(kept.size === 0 ? {} : { kept: [...kept] }) }
  begin(turn, log, entry, { notification, group: group.id, ...content, revision, intervalMs: group.intervalMs })
}

/** What it was told of as firing before maintenance began, and that still fires: it stays told. */
function keptOf({ told }: Entry, { seen }: View): ReadonlySet<string> {
  const kept = seen.filter(({ alert, isOver, inMaintenance }) => {
    return inMaintenance && !isOver && told?.firing.has(alert.fingerprint) === true
  })
  return kept.length === 0 ? NONE : new Set(kept.map(({ alert }) => alert.fingerprint))
}

const NONE: ReadonlySet<string> = new Set()

/** What it is told of: what is not hidden, and what it knows as firing and is over. */
function listFor(
  { plan }: Turn,
  { knows }: Entry,
  { integration, leaving }: Target,
  { seen }: View,
  kept: ReadonlySet<string>,
): readonly Seen[] {
  const owes = plan.config.compat !== true
  const list = seen.filter(({ alert, isOver, hidden }) => {
    const known = knows.has(alert.fingerprint)
    return leaving ? known && (isOver || hidden === undefined) : hidden === undefined || (owes && isOver && known)
  })
  // What is told as over altogether would be over for a channel that knows a group alone.
  if (kept.size === 0 || !integration.sendResolved || list.length === 0 || list.some(({ isOver }) => !isOver))
    return list
  return seen.filter((one) => kept.has(one.alert.fingerprint) || list.includes(one))
}

function fingerprints(list: readonly Seen[], over: boolean): string[] {
  const found: string[] = []
  for (const { alert, isOver } of list) if (isOver === over) found.push(alert.fingerprint)
  return found
}

type Verdict = NotifyReason | Extract<Need, 'nothing-fires' | 'unchanged'> | 'acknowledged'

/** Alertmanager's rule, and what it lacks: what may be known as firing is told as over; escalation; acknowledgement. */
function betterNeed(
  turn: Turn,
  log: GroupLog,
  entry: Entry,
  { integration: { sendResolved }, leaving }: Target,
  firing: readonly string[],
  resolved: readonly string[],
  repeatMs: number,
): Verdict {
  // Nothing to be told of, however much was told before: hidden, not over.
  if (firing.length === 0 && resolved.length === 0) return 'unchanged'
  const need = leaving
    ? 'unchanged'
    : needOf(entry.told, { firing, resolved, at: turn.now }, { repeatMs, sendResolved })
  if (entry.escalationLevel !== undefined && firing.length > 0) return 'escalation'
  if (need === 'repeat' && log.acknowledgement !== undefined) return 'acknowledged'
  if (need !== 'nothing-fires' && need !== 'unchanged') return need
  if (turn.plan.config.compat === true || !resolved.some((one) => entry.knows.has(one))) return need
  if (firing.length === 0) return 'all-resolved'
  return sendResolved ? 'some-resolved' : need
}

/** Nothing more is to be said of the group as it was seen. */
function settle(turn: Turn, entry: Entry, { integration }: Target, view: View): void {
  entry.settledRevision = view.revision
  entry.settledAt = view.at
  if (integration.sendResolved && turn.plan.config.compat !== true) return
  for (const { alert, isOver } of view.seen) if (isOver) entry.knows.delete(alert.fingerprint)
}

function leaveGone(turn: Turn, log: GroupLog, entry: Entry, target: Target, view: View, gone: string): void {
  const { fallback } = target.integration
  entry.knows.clear()
  settle(turn, entry, target, view)
  const firing = fingerprints(view.seen, false)
  const { receiver } = target
  if (fallback === undefined) {
    rule(turn, log, entry, firing, { receiver, verdict: 'given-up', reason: `the channel is gone: ${gone}` })
  } else {
    const reason = `the channel is gone, ${fallback} is told instead: ${gone}`
    rule(turn, log, entry, firing, { receiver, verdict: 'fallback', reason })
  }
}

function ruleHidden(
  turn: Turn,
  log: GroupLog,
  entry: Entry,
  { receiver }: Target,
  view: View,
  list: readonly Seen[],
): void {
  if (list.length === view.seen.length) return
  for (const { alert, isOver, hidden } of view.seen) {
    if (hidden === undefined || (isOver && !entry.verdicts.has(alert.fingerprint))) continue
    if (isOver && entry.knows.has(alert.fingerprint)) continue
    rule(turn, log, entry, [alert.fingerprint], { receiver, ...hidden })
  }
}

function ruleQuiet(
  turn: Turn,
  log: GroupLog,
  entry: Entry,
  { receiver }: Target,
  list: readonly Seen[],
  need: 'nothing-fires' | 'unchanged' | 'acknowledged',
): void {
  const firing = fingerprints(list, false)
  const { acknowledgement } = log
  if (need === 'acknowledged' && acknowledgement !== undefined) {
    const reason = `not repeated: acknowledged by ${acknowledgement.by}`
    rule(turn, log, entry, firing, { receiver, verdict: 'acknowledged', reason })
  } else if (need === 'unchanged') {
    const held = list.filter((one) => one.isHeld)
    const verdict = 'unchanged'
    const reason = held.length > 0 ? 'told as firing until it has held still' : 'was told already, and no repeat is due'
    rule(turn, log, entry, firing, { receiver, verdict, reason })
  }
}
