import { askJson } from '../../data/ask.ts'
import type { Window } from '../../state/time-range.ts'
import type { LogsAnswer } from './line.ts'

/** As the address has it: '' is anything. */
export interface LogFilter {
  readonly level: string
  readonly module: string
  readonly text: string
  readonly trace: string
  /** `name=value`, each. */
  readonly fields: readonly string[]
}

const FIRST = 5000
const NEXT = 5000

function queryOf({ level, module, text, trace, fields }: LogFilter): URLSearchParams {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries({ level, module: module.trim(), text, trace: trace.trim() })) {
    if (value !== '') query.set(name, value)
  }
  for (const field of fields) query.append('field', field)
  return query
}

export function firstLines(filter: LogFilter, window: Window, signal: AbortSignal): Promise<LogsAnswer> {
  const query = queryOf(filter)
  query.set('from', (window.from / 1000).toFixed(3))
  query.set('to', (window.to / 1000).toFixed(3))
  query.set('limit', String(FIRST))
  return askJson<LogsAnswer>(`api/logs?${query}`, { signal })
}

export function nextLines(filter: LogFilter, cursor: string, signal: AbortSignal): Promise<LogsAnswer> {
  const query = queryOf(filter)
  query.set('after', cursor)
  query.set('limit', String(NEXT))
  return askJson<LogsAnswer>(`api/logs?${query}`, { signal })
}
