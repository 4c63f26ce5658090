import type { IncomingMessage } from 'node:http'
import {
  isLevel,
  isModulePattern,
  type LevelChange,
  type LevelRegistry,
  LEVELS,
  MAX_FOR_MS,
  MODULE_PATTERN,
} from '../../logging/index.ts'
import { parseDuration } from '../../series/index.ts'
import type { PathHandler } from '../api/api.ts'
import { suggestion } from '../config/suggestion.ts'
import { readBody, Refused } from '../ingest/body.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../json-answer.ts'

export const LEVELS_PATH = '/log/levels'
const MAX_BODY = 64 * 1024
const BODY = '{"levels": {"wallet.*": "debug"}, "for": "15m"}'

export interface LevelsApiOptions {
  readonly levels: LevelRegistry
  /** Told of what was changed. */
  readonly onChange: (changes: readonly LevelChange[]) => void
}

/** Tells the levels of modules, and changes those that a PUT names: all of them or, when anything is wrong, none. */
export function createLevelsApi({ levels, onChange }: LevelsApiOptions): PathHandler {
  const put = async (request: IncomingMessage): Promise<JsonAnswer> => {
    // What another site's form can send is none: a browser asks first before it sends JSON.
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      return refusal(415, `expected JSON: send content-type: application/json and a body such as ${BODY}`)
    }
    const read = changesOf(new TextDecoder().decode(await readBody(request, MAX_BODY)))
    if (!read.ok) return refusal(400, ...read.problems)
    try {
      levels.apply(read.changes)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return refusal(400, error.message)
    }
    onChange(read.changes)
    return shown(levels)
  }
  return async (request, response, path) => {
    if (path !== LEVELS_PATH) return false
    sendJson(request, response, await answer(request, put, levels))
    return true
  }
}

async function answer(
  request: IncomingMessage,
  put: (request: IncomingMessage) => Promise<JsonAnswer>,
  levels: LevelRegistry,
): Promise<JsonAnswer> {
  const { method } = request
  if (method === 'GET' || method === 'HEAD') return shown(levels)
  if (method !== 'PUT') return notAllowed(request, 'GET, HEAD, PUT')
  try {
    return await put(request)
  } catch (error) {
    if (error instanceof Refused) return refusal(error.status, error.message)
    throw error
  }
}

function shown(levels: LevelRegistry): JsonAnswer {
  const rules = levels.list().map(({ pattern, level, until, afterwards }) => ({
    pattern,
    level,
    ...(until === undefined ? {} : { until: new Date(until).toISOString(), afterwards: afterwards ?? null }),
  }))
  const modules = levels.modules().map(({ module, level, levelBy }) => ({ module, level, by: levelBy ?? null }))
  return { status: 200, body: { status: 'success', levels: rules, modules } }
}

type Read =
  | { readonly ok: true; readonly changes: readonly LevelChange[] }
  | { readonly ok: false; readonly problems: readonly string[] }

function changesOf(text: string): Read {
  const body = objectOf(parsed(text))
  if (body === undefined) return { ok: false, problems: [`expected a JSON object such as ${BODY}`] }
  const problems: string[] = []
  for (const key of Object.keys(body)) {
    if (key !== 'levels' && key !== 'for') problems.push(`${key}: unknown key; known here: levels, for`)
  }
  const forMs = durationOf(body['for'], problems)
  const levels = objectOf(body['levels'])
  if (levels === undefined) problems.push(`levels: expected levels by pattern, such as ${BODY}`)
  const changes = Object.entries(levels ?? {}).flatMap(([pattern, level]): LevelChange[] => {
    if (!isModulePattern(pattern)) {
      problems.push(`levels: ${JSON.stringify(pattern)}: expected ${MODULE_PATTERN}`)
      return []
    }
    if (level === null) return [{ pattern, level: undefined }]
    if (isLevel(level)) return [{ pattern, level, forMs }]
    const meant = typeof level === 'string' ? suggestion(level, LEVELS) : undefined
    const hint = meant === undefined ? '' : `, did you mean ${meant}?`
    problems.push(
      `levels: ${pattern}: expected one of ${LEVELS.join(', ')} (or null to unset it), given ${JSON.stringify(level)}${hint}`,
    )
    return []
  })
  return problems.length === 0 ? { ok: true, changes } : { ok: false, problems }
}

function durationOf(given: unknown, problems: string[]): number | undefined {
  if (given === undefined || given === null) return undefined
  const ms = typeof given === 'string' ? durationMs(given) : undefined
  if (ms !== undefined && ms > 0 && ms <= MAX_FOR_MS) return ms
  problems.push(`for: expected a duration up to 24d such as "15m", given ${JSON.stringify(given)}`)
  return undefined
}

function durationMs(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}
