import type { Matcher } from '../../series/index.ts'
import type { AlertingConfig, Silence } from '../dispatch-types.ts'
import type { SilenceDraft } from './event.ts'
import type { DispatchState, KnownAlert } from './state.ts'

/** How long an expired silence can still be looked at. */
const RETENTION_MS = 120 * 3_600_000
/** With the expired ones. */
const MAX_SILENCES = 10_000

export type SilenceState = 'pending' | 'active' | 'expired'

export function silenceState({ startsAt, endsAt }: Pick<Silence, 'startsAt' | 'endsAt'>, now: number): SilenceState {
  return now < startsAt ? 'pending' : now < endsAt ? 'active' : 'expired'
}

export type SilenceAnswer = { readonly id: string } | { readonly refused: string }

/** A change that would rewrite what was silenced when makes a new silence, and expires the old one. */
export function setSilence(
  state: DispatchState,
  draft: SilenceDraft,
  newId: string,
  now: number,
  { silenceReasonRequired = false }: Pick<AlertingConfig, 'silenceReasonRequired'>,
): SilenceAnswer {
  const fault = faultOf(draft, now) ?? namelessFault(draft, silenceReasonRequired)
  if (fault !== undefined) return { refused: fault }
  const old = draft.id === undefined || draft.id === '' ? undefined : state.silences.get(draft.id)
  if (old === undefined && draft.id !== undefined && draft.id !== '') {
    return { refused: `there is no silence ${draft.id}` }
  }
  if (old !== undefined && canUpdate(old, draft, now)) {
    putSilence(state, { ...draft, id: old.id, updatedAt: now })
    return { id: old.id }
  }
  if (state.silences.size >= MAX_SILENCES) return { refused: `there are ${MAX_SILENCES} silences already` }
  if (state.silences.has(newId)) return { refused: `there is a silence ${newId} already` }
  if (old !== undefined && silenceState(old, now) !== 'expired') endSilence(state, old, now)
  putSilence(state, { ...draft, id: newId, startsAt: Math.max(draft.startsAt, now), updatedAt: now })
  return { id: newId }
}

export function expireSilence(state: DispatchState, id: string, now: number): SilenceAnswer {
  const silence = state.silences.get(id)
  if (silence === undefined) return { refused: `there is no silence ${id}` }
  if (silenceState(silence, now) === 'expired') return { refused: `silence ${id} has expired already` }
  endSilence(state, silence, now)
  return { id }
}

export function deleteSilence(state: DispatchState, id: string): SilenceAnswer {
  if (!state.silences.delete(id)) return { refused: `there is no silence ${id}` }
  state.silencesVersion++
  return { id }
}

/** Those that silence an alert at this moment. */
export function silencesOf(state: DispatchState, alert: KnownAlert, now: number): readonly Silence[] {
  const { found } = alert
  if (found.silencesVersion !== state.silencesVersion) {
    found.silencesVersion = state.silencesVersion
    found.silences = [...state.silences.values()].filter(
      (silence) =>
        now < silence.endsAt &&
        alert.notice?.silence !== silence.id &&
        silence.matchers.every((matcher) => matcher.matchesSet(alert.labels)),
    )
  }
  if (found.silences.length === 0) return found.silences
  return found.silences.filter((silence) => silenceState(silence, now) === 'active')
}

export function forgetSilences(state: DispatchState, now: number): void {
  for (const { id, endsAt } of state.silences.values()) {
    if (endsAt + RETENTION_MS <= now) state.silences.delete(id)
  }
}

export function putSilence(state: DispatchState, silence: Silence): void {
  state.silences.set(silence.id, silence)
  state.silencesVersion++
}

export function endSilence(state: DispatchState, silence: Silence, now: number): void {
  putSilence(state, { ...silence, startsAt: Math.min(silence.startsAt, now), endsAt: now, updatedAt: now })
}

function faultOf({ matchers, startsAt, endsAt }: SilenceDraft, now: number): string | undefined {
  if (matchers.length === 0) return 'a silence needs a matcher'
  // As in Alertmanager, one that says what is not counts as one that an empty value fails.
  if (matchers.every((matcher) => !matcher.operator.startsWith('!') && matcher.matches('')))
    return 'a silence needs a matcher that an empty value fails'
  if (!(startsAt < endsAt)) return 'a silence must end after it starts'
  if (endsAt <= now) return 'a silence must end in the future'
  return undefined
}

function namelessFault({ createdBy, comment, maintenance }: SilenceDraft, required: boolean): string | undefined {
  if (!required && maintenance === undefined) return undefined
  const what = maintenance === undefined ? 'a silence' : 'maintenance'
  if (createdBy.trim() === '') return `${what} needs who it is of: createdBy`
  return comment.trim() === '' ? `${what} needs a reason: comment` : undefined
}

function canUpdate(old: Silence, draft: SilenceDraft, now: number): boolean {
  if (!sameMatchers(old.matchers, draft.matchers)) return false
  if ((old.maintenance === undefined) !== (draft.maintenance === undefined)) return false
  switch (silenceState(old, now)) {
    case 'active':
      return Math.floor(draft.startsAt / 1000) === Math.floor(old.startsAt / 1000)
    case 'pending':
      return draft.startsAt >= now
    case 'expired':
      return false
  }
}

function sameMatchers(a: readonly Matcher[], b: readonly Matcher[]): boolean {
  return a.length === b.length && a.every((matcher, i) => matcher.toString() === b[i]?.toString())
}
