import {
  type AlertingConfig,
  channelStanding,
  type DispatchState,
  escalationStanding,
  inhibitor,
  isWithin,
  type KnownAlert,
  silencesOf,
  silenceState,
  type TimeInterval,
} from '../../alerting/index.ts'
import type { ChannelTally } from './channel-tally.ts'
import type { ListedAlert, ListedChannel, ListedGroup, ListedSilence } from './door.ts'

type Node = NonNullable<KnownAlert['found']['places']>[number]['node']

export function listedAlerts(state: DispatchState, now: number): readonly ListedAlert[] {
  return Array.from(state.alerts.values(), (alert) => listedAlert(state, alert, now))
}

export function listedGroups(state: DispatchState, now: number): readonly ListedGroup[] {
  const groups: ListedGroup[] = []
  for (const group of state.groups.values()) {
    const node = state.plan?.nodes.get(group.route)
    if (node === undefined || group.members.size === 0) continue
    const mutedBy = mutes(node, now)
    groups.push({
      labels: group.labels,
      receiver: node.receiver.name,
      groupKey: group.key,
      alerts: Array.from(group.members.values(), (alert) => listedAlert(state, alert, now, mutedBy)),
      acknowledged: state.logs.get(group.key)?.acknowledgement,
      escalation: escalationStanding(state, group.key),
    })
  }
  return groups
}

export function listedChannels(
  state: DispatchState,
  { receivers }: AlertingConfig,
  tally: ChannelTally,
  now: number,
): readonly ListedChannel[] {
  return receivers.flatMap(({ name, integrations }) =>
    integrations.map(({ key, kind, sendResolved }) => ({
      receiver: name,
      integration: key,
      kind,
      sendResolved,
      ...channelStanding(state, key, now),
      ...tally.of(key),
    })),
  )
}

export function listedSilences(state: DispatchState, now: number): readonly ListedSilence[] {
  return Array.from(state.silences.values(), (silence) => ({ ...silence, state: silenceState(silence, now) }))
}

function listedAlert(
  state: DispatchState,
  alert: KnownAlert,
  now: number,
  mutedBy: readonly string[] = mutedOf(alert, now),
): ListedAlert {
  const silencedBy = silencesOf(state, alert, now).map(({ id }) => id)
  const source = inhibitor(state, alert, now)
  const inhibitedBy = source === undefined ? [] : [source.fingerprint]
  const isHidden = silencedBy.length + inhibitedBy.length + mutedBy.length > 0
  const status = { state: isHidden ? 'suppressed' : 'active', silencedBy, inhibitedBy, mutedBy } as const
  const receivers = [...new Set((alert.found.places ?? []).map(({ node }) => node.receiver.name))]
  return { alert, status, receivers }
}

/** Only when nobody is told: another route may tell of it. */
function mutedOf(alert: KnownAlert, now: number): readonly string[] {
  const by = (alert.found.places ?? []).map(({ node }) => mutes(node, now))
  return by.every((names) => names.length > 0) ? [...new Set(by.flat())] : []
}

/** Names of the time intervals for which a route tells nothing now. */
function mutes({ activeIntervals, muteIntervals }: Node, now: number): readonly string[] {
  const holds = (interval: TimeInterval): boolean => isWithin(interval, now)
  const muting = muteIntervals.filter(holds)
  const isInactive = activeIntervals.length > 0 && !activeIntervals.some(holds)
  return [...(isInactive ? activeIntervals : []), ...muting].map(({ name }) => name)
}
