import { type ErrorGroup, type ErrorMetrics, isErrorCategory, isErrorSeverity } from '../../packs/index.ts'

export type ErrorBook = Pick<ErrorMetrics, 'groups' | 'group' | 'recent' | 'stats'>

/** The parameters of a query, as texts. */
export interface AskedErrors {
  readonly category?: string | undefined
  readonly severity?: string | undefined
  readonly limit?: string | undefined
}

export type ErrorsAnswer =
  | { readonly ok: true; readonly body: object }
  | { readonly ok: false; readonly detail: string }

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** Groups and recent errors, the latest first. */
export function errorsAnswer(errors: ErrorBook, { category, severity, limit }: AskedErrors): ErrorsAnswer {
  if (category !== undefined && !isErrorCategory(category)) {
    return {
      ok: false,
      detail: 'category: use network, consensus, validation, gaming, storage, security or other',
    }
  }
  if (severity !== undefined && !isErrorSeverity(severity)) {
    return { ok: false, detail: 'severity: use info, warning, error or critical' }
  }
  if (limit !== undefined && !(/^\d{1,4}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT)) {
    return { ok: false, detail: `limit: use a whole number from 1 to ${MAX_LIMIT}` }
  }
  const most = limit === undefined ? DEFAULT_LIMIT : Number(limit)
  const fits = (one: { readonly category: string; readonly severity: string }): boolean =>
    (category === undefined || one.category === category) && (severity === undefined || one.severity === severity)
  const groups = errors.groups().filter(fits)
  const recent = errors.recent().toReversed().filter(fits)
  const { evictedGroups, overwritten } = errors.stats
  return {
    ok: true,
    body: {
      total_groups: groups.length,
      evicted_groups: evictedGroups,
      overwritten_recent: overwritten,
      groups: groups.slice(0, most).map(groupAnswer),
      recent: recent.slice(0, most).map(({ at, ...error }) => ({ time: isoTime(at), ...error })),
    },
  }
}

export function groupAnswer(group: ErrorGroup): object {
  const { fingerprint, name, code, message, category, severity, count, stack, causes } = group
  return {
    fingerprint,
    name: name === '' ? null : name,
    code: code === '' ? null : code,
    message,
    category,
    severity,
    count,
    first_seen: isoTime(group.firstSeen),
    last_seen: isoTime(group.lastSeen),
    route: group.route ?? null,
    trace_id: group.traceId ?? null,
    correlation_id: group.correlationId ?? null,
    stack: stack === '' ? null : stack.split('\n'),
    causes: causes.map(({ code: of, ...cause }) => ({ ...cause, code: of === '' ? null : of })),
  }
}

/** Null for a time that is none: an application may have recorded it. */
export function isoTime(ms: number): string | null {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null
}
