import { LabelSet } from '../../series/index.ts'
import type { Silence } from '../dispatch-types.ts'
import { ingest } from './alert-store.ts'
import { place } from './groups.ts'
import { silencesOf, silenceState } from './silences.ts'
import type { KnownAlert } from './state.ts'
import { type Turn, wakeKeys } from './turn.ts'

/** Of what it hides; the rest is counted. */
const MOST_NAMED = 10

/** A silence was set, changed, ended or forgotten, or the configuration was: when its end is told of beforehand. */
export function followNotice(turn: Turn, id: string): void {
  const { state, now } = turn
  const silence = state.silences.get(id)
  const at = silence === undefined ? undefined : noticeAt(turn, silence)
  if (at === undefined || at <= now) state.wakes.delete(wakeKeys.notice(id))
  else state.wakes.set(wakeKeys.notice(id), at)
  const known = state.alerts.get(labelsOf(id).key)
  // Prolonged, or over before its time.
  if (known?.notice !== undefined && known.endsAt > now && (at === undefined || at > now)) tellOf(turn, id, known, now)
}

/** Tells the receivers of what a silence hides and that still fires that it ends soon. */
export function giveNotice(turn: Turn, id: string): void {
  const { state, now } = turn
  const silence = state.silences.get(id)
  if (silence === undefined || silenceState(silence, now) !== 'active') return
  const hidden = [...state.alerts.values()].filter(
    (alert) => alert.overAt > now && alert.notice === undefined && silencesOf(state, alert, now).includes(silence),
  )
  if (hidden.length === 0) return
  const routes = new Set(hidden.flatMap(({ found }) => (found.places ?? []).map(({ node }) => node.id)))
  const { createdBy, comment, endsAt } = silence
  const named = hidden.slice(0, MOST_NAMED).map(({ labels }) => labels.toString())
  const more = hidden.length > MOST_NAMED ? `, and ${hidden.length - MOST_NAMED} more` : ''
  const annotations = LabelSet.of({
    summary: `The silence of ${createdBy} ends at ${new Date(endsAt).toISOString()}, and ${hidden.length} of what it hides still fires`,
    description: `${named.join(', ')}${more}. Silence ${id}: ${JSON.stringify(comment)}. Prolong it, or be ready to be told.`,
  })
  tellOf(turn, id, { annotations, startsAt: now, notice: { silence: id, routes: [...routes] } }, endsAt)
}

function tellOf(
  turn: Turn,
  id: string,
  { annotations, startsAt, notice }: Pick<KnownAlert, 'annotations' | 'startsAt' | 'notice'>,
  endsAt: number,
): void {
  const { state, plan, now } = turn
  const claim = { annotations, startsAt, endsAt, endsByTimeout: false, updatedAt: now, generatorURL: '' }
  const alert = ingest(state, labelsOf(id), claim, now, plan.config.alerting)
  alert.notice = notice
  alert.found.silencesVersion = 0
  place(turn, alert)
}

function labelsOf(silence: string): LabelSet {
  return LabelSet.of({ alertname: 'SilenceEndsSoon', severity: 'info', silence })
}

/** Of a window that the configuration has nobody needs to be told: all know when it ends. */
function noticeAt({ plan, now }: Turn, silence: Silence): number | undefined {
  const { silenceExpiryNoticeMs: ahead = 0 } = plan.config.alerting
  if (ahead === 0 || silence.maintenance?.window !== undefined) return undefined
  if (silenceState(silence, now) === 'expired') return undefined
  const at = silence.endsAt - ahead
  return at > silence.startsAt ? at : undefined
}
