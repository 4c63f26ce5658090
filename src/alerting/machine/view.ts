import { compareText, type LabelSet } from '../../series/index.ts'
import type { ActiveAlert } from '../dispatch-types.ts'
import type { Group, DispatchState, KnownAlert } from './state.ts'
import type { DispatchConfig } from './event.ts'
import { inhibitor } from './inhibition.ts'
import type { PlannedRoute } from './plan.ts'
import { silencesOf } from './silences.ts'
import { isHeld } from './steadiness.ts'

/** Why an alert is not told of. */
export interface Hidden {
  readonly verdict: 'inhibited' | 'silenced' | 'muted' | 'inactive'
  readonly reason: string
}

/** An alert of a group at a moment. */
export interface Seen {
  readonly alert: KnownAlert
  readonly isOver: boolean
  /** Over, but told as firing until it holds still. */
  readonly isHeld: boolean
  readonly hidden: Hidden | undefined
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
    const hidden = hiddenBy(state, alert, shut, now)
    const isOver = alert.overAt <= now
    if (!isOver) fires = true
    if (!isOver && hidden === undefined) firesVisibly = true
    return { alert, isOver, isHeld: isHeld(alert, now), hidden }
  })
  return { at: now, revision: state.revision, seen, fires, firesVisibly }
}

function hiddenBy(state: DispatchState, alert: KnownAlert, shut: Hidden | undefined, now: number): Hidden | undefined {
  const source = inhibitor(state, alert, now)
  if (source !== undefined) return { verdict: 'inhibited', reason: `inhibited by ${source.labels.toString()}` }
  if (shut !== undefined) return shut
  const [silence] = silencesOf(state, alert, now)
  if (silence === undefined) return undefined
  const { id, createdBy, comment } = silence
  return { verdict: 'silenced', reason: `silenced by ${id} of ${createdBy}: ${JSON.stringify(comment)}` }
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
