import type { HttpExchange, HttpRecorder } from './exchange.ts'

/** The three verbs that are used of a logger, pino's or one like it. */
export interface RequestLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Writes `Request completed` for each exchange: as an error from 500 on, as a warning when it was aborted. */
export function requestLog(logger: RequestLogger): HttpRecorder {
  return (exchange) => {
    const fields = {
      correlation_id: exchange.context.correlationId,
      trace_id: exchange.context.traceId,
      span_id: exchange.context.spanId,
      method: exchange.method,
      route: exchange.route,
      status: exchange.status,
      duration_ms: Math.round(exchange.durationMs * 1000) / 1000,
    }
    logger[levelOf(exchange)](fields, 'Request completed')
  }
}

function levelOf(exchange: HttpExchange): keyof RequestLogger {
  if (exchange.aborted) return 'warn'
  return exchange.status >= 500 ? 'error' : 'info'
}
