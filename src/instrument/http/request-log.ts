import type { HttpExchange, HttpRecorder } from './exchange.ts'

type Value = string | number | undefined

/** What is used of a logger: lines that all have the same message and fields. */
export interface RequestLogger {
  lines(message: string, names: readonly string[]): (level: 'info' | 'warn' | 'error', values: readonly Value[]) => void
}

const MAX_ROUTES = 1000

const FIELDS = [
  'correlation_id',
  'trace_id',
  'span_id',
  'user_id',
  'session_id',
  'game_id',
  'method',
  'route',
  'status',
  'duration_ms',
]

/**
 * Writes `Request completed` for each exchange: as an error from 500 on, as a warning when it was aborted. What a client or the
 * application has put in may be a secret: the logger writes these lines as they are, so `redact` looks at it before.
 */
export function requestLog(logger: RequestLogger, redact: (text: string) => string = (text) => text): HttpRecorder {
  const write = logger.lines('Request completed', FIELDS)
  const told = (text: string | undefined): string | undefined => (text === undefined ? undefined : redact(text))
  const routes = new Map<string, string>()
  const shownRoute = (route: string): string => {
    const known = routes.get(route)
    if (known !== undefined) return known
    if (routes.size >= MAX_ROUTES) routes.clear()
    const shown = redact(route)
    routes.set(route, shown)
    return shown
  }
  return (exchange) => {
    const { context, method, route, status, durationMs } = exchange
    write(levelOf(exchange), [
      context?.correlationId === context?.traceId ? context?.traceId : told(context?.correlationId),
      context?.traceId,
      context?.spanId,
      told(context?.userId),
      told(context?.sessionId),
      told(context?.gameId),
      method,
      shownRoute(route),
      status,
      Math.round(durationMs * 1000) / 1000,
    ])
  }
}

function levelOf({ aborted, status }: HttpExchange): 'info' | 'warn' | 'error' {
  if (aborted) return 'warn'
  return status >= 500 ? 'error' : 'info'
}
