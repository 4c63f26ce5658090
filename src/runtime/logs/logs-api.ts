import { isLevel, isModulePattern, LEVELS, type LogEntry, type LogTail, MODULE_PATTERN } from '../../logging/index.ts'
import type { PathHandler } from '../api/api.ts'
import { MAX_TIME, MIN_TIME, Parameters } from '../api/parameters.ts'
import { ApiFault } from '../api/fault.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../json-answer.ts'

export const LOGS_PATH = '/api/logs'
const DEFAULT_LIMIT = 100
const MAX_LIMIT = 10_000
const NAMES = ['level', 'module', 'text', 'trace', 'from', 'to', 'limit']

/** Searches the last lines, the newest first; times are seconds since the epoch or RFC 3339, as in the other APIs. */
export function createLogsApi(tail: LogTail): PathHandler {
  return async (request, response, path) => {
    if (path !== LOGS_PATH) return false
    const url = request.url ?? ''
    const mark = url.indexOf('?')
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
    sendJson(request, response, isRead ? search(tail, query) : notAllowed(request, 'GET, HEAD'))
    return true
  }
}

function search(tail: LogTail, query: URLSearchParams): JsonAnswer {
  const unknown = Array.from(query.keys()).filter((name) => !NAMES.includes(name))
  if (unknown.length > 0) return refusal(400, `${unknown.join(', ')}: unknown; known here: ${NAMES.join(', ')}`)
  const [level, module, text, traceId] = ['level', 'module', 'text', 'trace'].map(
    (name) => query.get(name) || undefined,
  )
  if (level !== undefined && !isLevel(level)) {
    return refusal(400, `level: expected one of ${LEVELS.join(', ')}, given ${JSON.stringify(level)}`)
  }
  if (module !== undefined && !isModulePattern(module)) {
    return refusal(400, `module: expected ${MODULE_PATTERN}, given ${JSON.stringify(module)}`)
  }
  const limit = Number(query.get('limit') || DEFAULT_LIMIT)
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MAX_LIMIT)) {
    return refusal(
      400,
      `limit: expected a whole number from 1 to ${MAX_LIMIT}, given ${JSON.stringify(query.get('limit'))}`,
    )
  }
  try {
    const parameters = new Parameters(query)
    const [from, to] = [parameters.timeOr('from', MIN_TIME), parameters.timeOr('to', MAX_TIME)]
    const found = tail.search({ level, module, text, traceId: traceId?.toLowerCase(), from, to, limit })
    return { status: 200, body: { status: 'success', logs: found.map(jsonOf), kept: tail.stats } }
  } catch (error) {
    if (error instanceof ApiFault) return refusal(400, error.message)
    throw error
  }
}

function jsonOf({ at, level, module, message, traceId, fields }: LogEntry): object {
  return { time: new Date(at).toISOString(), level, module, message, trace: traceId, fields }
}
