import { compareText, type LabelSet } from '../../series/index.ts'
import type { ActiveAlert, Silence } from '../dispatch-types.ts'
import type { Group, DispatchState, KnownAlert } from './state.ts'
import type { DispatchConfig } from './event.ts'
import { inhibition, type Inhibition } from './inhibition.ts'
import type { PlannedRoute } from './plan.ts'
import { silencesOf } from './silences.ts'
import { isHeld } from './steadiness.ts'

/** Why an alert is not told of. */
export interface Hidden {
  readonly verdict: 'inhibited' | 'silenced' | 'maintenance' | 'muted' | 'inactive'
  readonly reason: string
}

/** An alert of a group at a moment. */
export interface Seen {
  readonly alert: KnownAlert
  readonly isOver: boolean
  /** Over, but told as firing until it holds still. */
  readonly isHeld: boolean
  readonly hidden: Hidden | undefined
  /** Hidden by maintenance, whatever else hides it. */
  readonly inMaintenance: boolean
}

/** A group at a moment. */
export interface View {
  readonly at: number
  readonly revision: number
  readonly seen: readonly Seen[]
  /** Anything at all, hidden or not. */
  readonly fires: boolean
  readonly firesVisibly: boolean
}

export function viewOf(state: DispatchState, group: Group, node: PlannedRoute | undefined, now: number): View {
  const shut = node === undefined || state.plan === undefined ? undefined : shutBy(node, state.plan.config, now)
  let fires = false
  let firesVisibly = false
  const seen = sortedMembers(group).map((alert) => {
    const silences = silencesOf(state, alert, now)
    const hidden = hiddenBy(inhibition(state, alert, now), shut, silences)
    const isOver = alert.overAt <= now
    if (!isOver) fires = true
    if (!isOver && hidden === undefined) firesVisibly = true
    return { alert, isOver, isHeld: isHeld(alert, now), hidden, inMaintenance: silences.some(isMaintenance) }
  })
  return { at: now, revision: state.revision, seen, fires, firesVisibly }
}

function hiddenBy(
  inhibited: Inhibition | undefined,
  shut: Hidden | undefined,
  silences: readonly Silence[],
): Hidden | undefined {
  if (inhibited !== undefined) return { verdict: 'inhibited', reason: inhibitedBy(inhibited) }
  if (shut !== undefined) return shut
  const silence = silences.find(isMaintenance) ?? silences[0]
  if (silence === undefined) return undefined
  const { id, createdBy, comment, maintenance, endsAt } = silence
  const why = `of ${createdBy}: ${JSON.stringify(comment)}`
  if (maintenance === undefined) return { verdict: 'silenced', reason: `silenced by ${id} ${why}` }
  const name = maintenance.window ?? id
  return { verdict: 'maintenance', reason: `maintenance ${name} until ${new Date(endsAt).toISOString()} ${why}` }
}

function isMaintenance({ maintenance }: Silence): boolean {
  return maintenance !== undefined
}

function inhibitedBy({ source: { labels }, dependency }: Inhibition): string {
  const reason = `inhibited by ${labels.toString()}`
  if (dependency === undefined) return reason
  const parent = labels.get(dependency.label)
  const path = dependency.paths[parent] ?? []
  const way = path.length > 2 ? ` (${path.join(' -> ')})` : ''
  return `${reason}: ${dependency.component} depends on ${parent}${way}`
}

function shutBy(node: PlannedRoute, { isWithin }: DispatchConfig, now: number): Hidden | undefined {
  const { activeIntervals, muteIntervals } = node
  if (activeIntervals.length > 0 && !activeIntervals.some((interval) => isWithin(interval, now))) {
    const names = activeIntervals.map(({ name }) => name).join(', ')
    return { verdict: 'inactive', reason: `outside the active time of its route: ${names}` }
  }
  const mute = muteIntervals.find((interval) => isWithin(interval, now))
  return mute === undefined ? undefined : { verdict: 'muted', reason: `within the mute time ${mute.name} of its route` }
}

function sortedMembers(group: Group): readonly KnownAlert[] {
  group.sorted ??= [...group.members.values()].sort(compareAlerts)
  return group.sorted
}

/** By job, then instance, then number of labels, then labels: as Alertmanager lists them. */
export function compareAlerts({ labels: a }: ActiveAlert, { labels: b }: ActiveAlert): number {
  for (const name of ['job', 'instance']) {
    const [x, y] = [a.get(name), b.get(name)]
    // One that has none comes last.
    if (x !== y) return x === '' ? 1 : y === '' ? -1 : compareText(x, y)
  }
  return compareLabels(a, b)
}

/** The fewer first; then, at the first name that only one has, the other; then by value: Alertmanager's order. */
export function compareLabels(a: LabelSet, b: LabelSet): number {
  if (a.size !== b.size) return a.size - b.size
  const others = b[Symbol.iterator]()
  for (const [name, value] of a) {
    const [otherName, otherValue]: readonly [string, string] = others.next().value ?? ['', '']
    const order = compareText(otherName, name) || compareText(value, otherValue)
    if (order !== 0) return order
  }
  return 0
}
