import { randomBytes } from 'node:crypto'
import { isLevel, isModulePattern, LEVELS, type FoundEntry, type LogTail, MODULE_PATTERN } from '../../logging/index.ts'
import type { PathHandler } from '../api/api.ts'
import { MAX_TIME, MIN_TIME, Parameters } from '../api/parameters.ts'
import { ApiFault } from '../api/fault.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../json-answer.ts'

export const LOGS_PATH = '/api/logs'
const DEFAULT_LIMIT = 100
const MAX_LIMIT = 10_000
const NAMES = ['level', 'module', 'text', 'trace', 'field', 'from', 'to', 'after', 'limit']
/** `RUN-NUMBER`: which line of which run of the service. */
const CURSOR = /^([0-9a-f]{8})-(-1|\d{1,15})$/

/** Searches the last lines, the newest first; times are seconds since the epoch or RFC 3339, as in the other APIs. */
export function createLogsApi(tail: LogTail): PathHandler {
  const run = randomBytes(4).toString('hex')
  return async (request, response, path) => {
    if (path !== LOGS_PATH) return false
    const url = request.url ?? ''
    const mark = url.indexOf('?')
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
    sendJson(request, response, isRead ? search(tail, run, query) : notAllowed(request, 'GET, HEAD'))
    return true
  }
}

function search(tail: LogTail, run: string, query: URLSearchParams): JsonAnswer {
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
  const fields = fieldsIn(query.getAll('field'))
  if (typeof fields === 'string') return refusal(400, fields)
  const asked = query.get('after') ?? ''
  const cursor = CURSOR.exec(asked)
  if (asked !== '' && cursor === null) {
    return refusal(400, `after: expected the cursor of an answer before, given ${JSON.stringify(asked)}`)
  }
  // Of a run before, all lines are new.
  const after = cursor === null ? undefined : cursor[1] === run ? Number(cursor[2]) : -1
  try {
    const parameters = new Parameters(query)
    const [from, to] = [parameters.timeOr('from', MIN_TIME), parameters.timeOr('to', MAX_TIME)]
    const { oldest, next } = tail.place
    const found = tail.search({ level, module, text, traceId: traceId?.toLowerCase(), fields, from, to, after, limit })
    const isCut = after !== undefined && found.length === limit
    const last = isCut ? found[0]?.number : undefined
    const body = {
      status: 'success',
      logs: found.map(jsonOf),
      kept: tail.stats,
      cursor: `${run}-${last ?? next - 1}`,
      ...(after === undefined ? {} : { missed: Math.max(0, oldest - after - 1), more: isCut }),
    }
    return { status: 200, body }
  } catch (error) {
    if (error instanceof ApiFault) return refusal(400, error.message)
    throw error
  }
}

/** `name=value`, each; a text is what is wrong with them. */
function fieldsIn(all: readonly string[]): Record<string, string> | string {
  const fields: Record<string, string> = {}
  for (const one of all) {
    const at = one.indexOf('=')
    if (at <= 0) return `field: expected name=value, given ${JSON.stringify(one)}`
    fields[one.slice(0, at)] = one.slice(at + 1)
  }
  return fields
}

function jsonOf({ number, at, level, module, message, traceId, fields }: FoundEntry): object {
  return { number, time: new Date(at).toISOString(), level, module, message, trace: traceId, fields }
}
