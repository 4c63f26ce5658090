import { expect, it } from 'vitest'
import { createIdSource, extractContext } from '../../tracing/index.ts'
import { requestLog, type RequestLogger } from '../index.ts'

it.each([
  [200, false, 'info'],
  [404, false, 'info'],
  [499, true, 'warn'],
  [500, false, 'error'],
  [503, false, 'error'],
])('status %i, aborted %j is logged as %s level (G11)', (status, aborted, level) => {
  const lines: unknown[] = []
  const logger: RequestLogger = {
    lines: (message, names) => (name, values) => {
      const fields = Object.fromEntries(names.map((field, i) => [field, values[i]]))
      lines.push([name, fields, message])
    },
  }
  const context = extractContext({ 'x-correlation-id': 'bet-1' }, createIdSource())
  context.userId = 'ada'
  context.gameId = 'T7'
  requestLog(logger)({
    method: 'GET',
    route: '/tables/:id',
    status,
    durationMs: 12.34567,
    aborted,
    scheme: 'http',
    protocolVersion: '1.1',
    requestBytes: 0,
    responseBytes: undefined,
    context,
  })
  const fields = {
    correlation_id: 'bet-1',
    trace_id: context.traceId,
    span_id: context.spanId,
    user_id: 'ada',
    session_id: undefined,
    game_id: 'T7',
    method: 'GET',
    route: '/tables/:id',
    status,
    duration_ms: 12.346,
  }
  expect(lines).toEqual([[level, fields, 'Request completed']])
})
