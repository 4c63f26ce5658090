import type { Decision } from '../dispatch-types.ts'
import type { DispatchEffect } from './event.ts'
import type { Plan, PlannedRoute } from './plan.ts'
import type { DispatchState, Entry, Group, GroupLog } from './state.ts'

/** One step: what it works on, and what comes of it. */
export interface Turn {
  readonly state: DispatchState
  readonly plan: Plan
  readonly now: number
  readonly effects: DispatchEffect[]
  /** By group, the fingerprints of alerts that have joined it. */
  readonly joined: Map<Group, string[]>
}

/** Keys of virtual timers: what they are for, and whose. */
export const wakeKeys = {
  flush: (group: string): string => `flush ${group}`,
  retry: (groupKey: string, integration: string): string => `retry ${integration}\0${groupKey}`,
  deadline: (groupKey: string, integration: string): string => `deadline ${integration}\0${groupKey}`,
  slot: (groupKey: string, integration: string): string => `slot ${integration}\0${groupKey}`,
  escalate: (groupKey: string): string => `escalate ${groupKey}`,
  acknowledged: (groupKey: string): string => `acknowledged ${groupKey}`,
  /** Of maintenance windows: before all else that is due then. */
  calendar: 'calendar ',
  notice: (silence: string): string => `notice ${silence}`,
  /** Of empty groups. */
  sweep: 'sweep ',
  /** Of alerts, silences and logs. */
  forget: 'forget ',
} as const

export function nodeOf({ plan }: Turn, group: Group): PlannedRoute | undefined {
  return plan.nodes.get(group.route)
}

export function logOf({ state }: Turn, key: string, keepMs: number): GroupLog {
  let log = state.logs.get(key)
  if (log === undefined) {
    log = { key, groups: new Set(), entries: new Map(), acknowledgement: undefined, escalation: undefined, keepMs }
    state.logs.set(key, log)
  }
  return log
}

export function entryOf({ now }: Turn, log: GroupLog, integration: string): Entry {
  let entry = log.entries.get(integration)
  if (entry === undefined) {
    entry = {
      integration,
      told: undefined,
      knows: new Map(),
      delivery: undefined,
      unconfirmed: undefined,
      slotAt: undefined,
      escalationLevel: undefined,
      missed: false,
      // Above what a log of the same group, long forgotten, has come to.
      sequence: now,
      settledRevision: 0,
      settledAt: -1,
      note: undefined,
      verdicts: new Map(),
    }
    log.entries.set(integration, entry)
  }
  return entry
}

type Ruling = Pick<Decision, 'receiver' | 'verdict' | 'reason'>

/** Notes a verdict on alerts, for those for which it is another than before. */
export function rule(
  { effects, now }: Turn,
  log: GroupLog,
  entry: Entry,
  fingerprints: readonly string[],
  { receiver, verdict, reason }: Ruling,
): void {
  const next = mark(verdict, reason)
  const changed = fingerprints.filter((one) => isNews(entry.verdicts.get(one), verdict, next))
  if (changed.length === 0) return
  for (const one of changed) entry.verdicts.set(one, next)
  const { key: groupKey } = log
  const { integration } = entry
  effects.push({
    kind: 'decided',
    decision: { at: now, groupKey, receiver, integration, fingerprints: changed, verdict, reason },
  })
}

const QUIET: ReadonlySet<string> = new Set(['sent', 'unchanged', 'escalated'])

/** Every message is news; that nothing is said after a message is not. */
function isNews(before: string | undefined, verdict: Decision['verdict'], next: string): boolean {
  if (verdict === 'sent' || verdict === 'escalated') return true
  if (verdict === 'unchanged') return before !== undefined && !QUIET.has(before)
  return before !== next
}

/** What is compared: a reason that tells of times would be news each time. */
function mark(verdict: Decision['verdict'], reason: string): string {
  switch (verdict) {
    case 'sent':
    case 'escalated':
    case 'unchanged':
    case 'rate-limited':
    case 'waiting':
    case 'held-off':
      return verdict
    case 'failed':
    case 'given-up':
    case 'silenced':
    case 'maintenance':
    case 'inhibited':
    case 'muted':
    case 'inactive':
    case 'acknowledged':
    case 'fallback':
      return `${verdict} ${reason}`
  }
}
