import { stepFor } from '../../../../charts/index.ts'
import { LabelSet } from '../../../../series/index.ts'
import type { ListedAlert } from '../../../alerting/door.ts'
import { stepsIn } from '../frames.ts'
import type { Sheet } from '../sheet.ts'
import type { SnapshotSources } from '../sources.ts'

/** A time without a break, ms since the epoch. */
export interface Episode {
  readonly kind: 'pending' | 'firing'
  readonly from: number
  readonly to: number
}

export interface ShownAlert {
  readonly labels: LabelSet
  /** Empty when it is over and nobody knows them any more. */
  readonly annotations: LabelSet
  readonly episodes: readonly Episode[]
  /** How it is when the snapshot is made; undefined: it is over. */
  readonly now: 'pending' | 'firing' | undefined
  readonly query: string | undefined
  readonly value: number | undefined
  /** Why nobody is told of it. */
  readonly suppressed: readonly string[]
  readonly receivers: readonly string[]
}

interface Growing {
  labels: LabelSet
  annotations: LabelSet
  episodes: Episode[]
  now: ShownAlert['now']
  query: string | undefined
  value: number | undefined
  suppressed: readonly string[]
  receivers: readonly string[]
}

/** Of what rules store of their alerts, and what is no label of the alert itself. */
const ALERTS = 'ALERTS'
const OWN_LABELS = new Set(['__name__', 'alertstate'])

/** What fired or was pending within the range: from the store, from the rules and from who tells of alerts; those that fired first. */
export async function alertsOver(
  sheet: Sheet,
  sources: SnapshotSources,
): Promise<{ readonly alerts: readonly ShownAlert[]; readonly problem: string | undefined }> {
  const all = new Map<string, Growing>()
  const alertOf = (labels: LabelSet): Growing => {
    const known = all.get(labels.key)
    if (known !== undefined) return known
    const fresh: Growing = {
      labels,
      annotations: LabelSet.EMPTY,
      episodes: [],
      now: undefined,
      query: undefined,
      value: undefined,
      suppressed: [],
      receivers: [],
    }
    all.set(labels.key, fresh)
    return fresh
  }
  const problem = await addStored(sheet, sources, alertOf)
  addRules(sheet, sources, alertOf)
  for (const listed of sources.alerting()?.alerts() ?? []) addListed(sheet, listed, alertOf)
  const found = [...all.values()].filter(({ episodes }) => episodes.length > 0)
  for (const alert of found) {
    alert.episodes = joined(alert.episodes)
    // The rule of one that is over, by its name alone.
    alert.query ??= ruleOf(sources, alert.labels.get('alertname'))
  }
  const fired = ({ episodes }: Growing): number => (episodes.some(({ kind }) => kind === 'firing') ? 0 : 1)
  const begun = ({ episodes }: Growing): number => episodes[0]?.from ?? 0
  return { alerts: found.sort((a, b) => fired(a) - fired(b) || begun(a) - begun(b)), problem }
}

async function addStored(
  { window, signal, breathe }: Sheet,
  { range }: SnapshotSources,
  alertOf: (labels: LabelSet) => Growing,
): Promise<string | undefined> {
  const steps = stepsIn(window, stepFor(window.to - window.from))
  const result = await range(ALERTS, steps, signal)
  if (!result.ok) return result.error.message
  if (result.value.type !== 'matrix') return undefined
  for (const { labels, times } of result.value.series) {
    const kind = labels.get('alertstate')
    if (kind !== 'pending' && kind !== 'firing') continue
    const { episodes } = alertOf(labels.without(OWN_LABELS))
    let begin = times[0]
    times.forEach((at, i) => {
      const next = times[i + 1]
      if (begin === undefined || (next !== undefined && next - at <= steps.step)) return
      episodes.push({ kind, from: Math.max(window.from, begin), to: Math.min(window.to, at + steps.step) })
      begin = next
    })
    await breathe()
  }
  return undefined
}

/** Those that are under way, with what the rules say of them. */
function addRules({ window }: Sheet, { ruleGroups }: SnapshotSources, alertOf: (labels: LabelSet) => Growing): void {
  for (const rule of ruleGroups().flatMap(({ rules }) => rules)) {
    if (rule.kind !== 'alerting') continue
    for (const { labels, annotations, state, activeAt, value } of rule.alerts) {
      const alert = alertOf(labels)
      alert.annotations = annotations
      alert.now = state
      alert.query = rule.query
      alert.value = value
      // Where nothing is stored: since then it has been one or the other.
      if (alert.episodes.length > 0 || activeAt > window.to) continue
      alert.episodes.push({ kind: state, from: Math.max(window.from, activeAt), to: window.to })
    }
  }
}

/** Also those that others post, and those that are over and not yet forgotten. */
function addListed(
  { window }: Sheet,
  { alert: { labels, annotations, startsAt, endsAt }, status, receivers }: ListedAlert,
  alertOf: (labels: LabelSet) => Growing,
): void {
  if (startsAt > window.to || endsAt < window.from) return
  const alert = alertOf(labels)
  if (alert.annotations.size === 0) alert.annotations = annotations
  alert.receivers = receivers
  alert.suppressed = [
    ...status.silencedBy.map((id) => `by the silence ${id}`),
    ...status.inhibitedBy.map((fingerprint) => `by the alert ${fingerprint}`),
    ...status.mutedBy.map((name) => `by the time interval ${name}`),
  ]
  if (alert.episodes.length > 0) return
  alert.episodes.push({ kind: 'firing', from: Math.max(window.from, startsAt), to: Math.min(window.to, endsAt) })
}

/** In order, those that touch as one. */
function joined(episodes: readonly Episode[]): Episode[] {
  const found: Episode[] = []
  for (const episode of [...episodes].sort((a, b) => a.from - b.from)) {
    const last = found.at(-1)
    if (last?.kind === episode.kind && episode.from <= last.to) {
      found[found.length - 1] = { ...last, to: Math.max(last.to, episode.to) }
    } else found.push(episode)
  }
  return found
}

function ruleOf({ ruleGroups }: SnapshotSources, name: string): string | undefined {
  for (const { rules } of ruleGroups()) {
    const rule = rules.find((each) => each.kind === 'alerting' && each.name === name)
    if (rule !== undefined) return rule.query
  }
  return undefined
}
