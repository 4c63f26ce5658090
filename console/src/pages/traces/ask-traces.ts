import type { FoundTraces, TraceSummary } from 'boxman/runtime'
import type { JaegerAnswer, JaegerTrace } from 'boxman/tracing'
import { askJson, Refused } from '../../data/ask.ts'
import { type Trace, traceOf } from './trace.ts'

export type { FoundTraces, TraceSummary }

/** What is looked for, as the address has it: '' is anything. */
export interface TraceFilter {
  readonly service: string
  readonly operation: string
  readonly status: string
  /** Durations such as `200ms` or `1.5s`. */
  readonly min: string
  readonly max: string
  /** `key=value`, several with blanks between them. */
  readonly attributes: string
  readonly text: string
  readonly sort: string
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, min: 60_000 }

/** ms; without a unit it is one of milliseconds. Undefined: it is none. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit = 'ms'] = /^\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s|min|m)?\s*$/.exec(text) ?? []
  const each = UNITS[unit]
  return amount === undefined || each === undefined ? undefined : Number(amount) * each
}

/** `a=b "c=d e"`: each is one. */
export function attributesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '').filter(
    (each) => each.indexOf('=') > 0,
  )
}

/** What is typed in full: the name of a trace. */
export function traceIdIn(text: string): string | undefined {
  const id = text.trim().toLowerCase()
  return /^[0-9a-f]{32}$/.test(id) ? id : undefined
}

/** What the API is asked. @param window ms since the epoch */
export function searchQuery(filter: TraceFilter, window: { from: number; to: number }, limit: number): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of ['service', 'operation', 'status', 'text', 'sort'] as const) {
    if (filter[name] !== '') query.set(name, filter[name])
  }
  for (const name of ['min', 'max'] as const) {
    const ms = durationMs(filter[name])
    if (ms !== undefined) query.set(name, String(ms))
  }
  for (const each of attributesIn(filter.attributes)) query.append('attribute', each)
  query.set('from', (window.from / 1000).toFixed(3))
  query.set('to', (window.to / 1000).toFixed(3))
  query.set('limit', String(limit))
  return query
}

export function searchTraces(query: URLSearchParams, signal?: AbortSignal): Promise<FoundTraces> {
  return askJson<FoundTraces>(`api/console/traces?${query}`, signal === undefined ? {} : { signal })
}

/** How many there are, without any. */
export async function keptTraces(): Promise<FoundTraces['kept']> {
  return (await searchTraces(new URLSearchParams({ limit: '1' }))).kept
}

export interface LoadedTrace {
  readonly trace: Trace
  /** As it came, to be kept. */
  readonly raw: JaegerTrace
}

/** Undefined: it is not there. @throws as `askJson` does */
export async function loadTrace(id: string, signal: AbortSignal): Promise<LoadedTrace | undefined> {
  try {
    const { data } = await askJson<JaegerAnswer<JaegerTrace>>(`api/traces/${encodeURIComponent(id)}`, { signal })
    const [raw] = data
    return raw === undefined ? undefined : { raw, trace: traceOf(raw) }
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined
    throw error
  }
}

/** Operations of a service, or of all. */
export async function operationsOf(service: string): Promise<readonly string[]> {
  const { data } = await askJson<JaegerAnswer<string>>(`api/services/${encodeURIComponent(service)}/operations`)
  return [...new Set(data)]
}
