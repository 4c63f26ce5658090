import type { IncomingMessage, ServerResponse } from 'node:http'
import { parse as parseYaml } from 'yaml'
import { printRuleFile, readRuleFile, type RuleGroup } from '../../alerting/index.ts'
import { type Engine, readExpression } from '../../promql/index.ts'
import type { Queryable } from '../../series/index.ts'
import type { PathHandler } from '../api/api.ts'
import { durationOf, timeOf } from '../ask/typed-times.ts'
import { BoxmanError } from '../error.ts'
import { readBody, Refused } from '../ingest/body.ts'
import { type JsonAnswer, notAllowed, refusal, sendJson } from '../json-answer.ts'
import { replay } from './backtest.ts'
import { byTime, type History } from './history.ts'
import { backtestedJson, firedText } from './tell-backtested.ts'

export interface BacktestApiOptions {
  readonly engine: Engine
  readonly queryable: Queryable
  /** Ms since the epoch. */
  readonly now: () => number
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>
  readonly onFault: (error: unknown) => void
}

const MAX_BODY = 64 * 1024
const MAX_EVALUATIONS = 20_000
const MAX_GIVEN_SERIES = 10_000
const TIMEOUT_MS = 30_000
const MOST_FIRINGS = 1000
const DEFAULT_INTERVAL = '1m'
const DEFAULT_SINCE_MS = 3_600_000
const KEYS = ['rule', 'from', 'to', 'interval']
const BODY = '{"rule": {"alert": "QueueStuck", "expr": "queue_depth > 100", "for": "10m"}, "from": 1772323200}'

/** How often one rule would have fired, over the service's own history: one question at a time. */
export function backtestApi(options: BacktestApiOptions): PathHandler {
  let isBusy = false
  return async (request, response) => {
    if (request.method !== 'POST') {
      sendJson(request, response, notAllowed(request, 'POST'))
      return true
    }
    if (isBusy) {
      const busy = refusal(429, 'another rule is being tried: try again in a few seconds')
      sendJson(request, response, { ...busy, headers: { 'retry-after': '5' } })
      return true
    }
    isBusy = true
    try {
      await respond(options, request, response)
    } finally {
      isBusy = false
    }
    return true
  }
}

async function respond(options: BacktestApiOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const late = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const signal = AbortSignal.any([gone.signal, late])
    const answer = await answerOf(options, await bodyOf(request), signal)
    sendJson(request, response, answer)
  } catch (error) {
    if (gone.signal.aborted) return
    sendJson(request, response, faultOf(error, late, options.onFault))
  }
}

function faultOf(error: unknown, late: AbortSignal, onFault: (error: unknown) => void): JsonAnswer {
  if (late.aborted) return refusal(503, `it took longer than ${TIMEOUT_MS / 1000} s: use a shorter time`)
  if (error instanceof Refused) return refusal(error.status, error.message)
  if (error instanceof BoxmanError) return refusal(400, error.message)
  onFault(error)
  return refusal(500, 'the endpoint failed; the log says why')
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const text = new TextDecoder().decode(await readBody(request, MAX_BODY))
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new BoxmanError(`expected a body such as ${BODY}`)
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new BoxmanError(`expected a body such as ${BODY}`)
  }
  const unknown = Object.keys(body).filter((key) => !KEYS.includes(key))
  if (unknown.length > 0) throw new BoxmanError(`${unknown.join(', ')}: unknown; known here: ${KEYS.join(', ')}`)
  return { ...body }
}

async function answerOf(
  { engine, queryable, now, pause }: BacktestApiOptions,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  const group = groupOf(body['rule'])
  const to = momentOf('to', body['to']) ?? now()
  const from = momentOf('from', body['from']) ?? to - DEFAULT_SINCE_MS
  if (from >= to) throw new BoxmanError('from: expected a time before to')
  const interval = body['interval'] ?? DEFAULT_INTERVAL
  if (typeof interval !== 'string') throw new BoxmanError('interval: expected a duration such as "1m"')
  const history: History = {
    queryable,
    async range(expr, start, end, step) {
      const answer = await engine.range(expr, start, end, step, { signal })
      signal.throwIfAborted()
      return answer.ok ? { ok: true, at: byTime(answer.value) } : answer
    },
    close: () => Promise.resolve(),
  }
  const tested = await replay(history, {
    file: 'rule',
    groups: [group],
    rule: undefined,
    from,
    to,
    intervalMs: durationOf('interval', interval),
    mend: 'use a shorter time',
    maxEvaluations: MAX_EVALUATIONS,
    maxGivenSeries: MAX_GIVEN_SERIES,
    signal,
    pause,
  })
  const rules = tested.rules.map((rule) => ({ ...rule, firings: rule.firings.slice(0, MOST_FIRINGS) }))
  return {
    status: 200,
    body: {
      status: 'success',
      told: tested.rules.map((rule) => `${rule.rule} ${firedText(rule)}`).join('; '),
      yaml: printRuleFile([group]),
      ...backtestedJson({ ...tested, rules }),
    },
  }
}

/** A rule as YAML, or by its fields: as it would stand in a file. */
function groupOf(rule: unknown): RuleGroup {
  const fields = typeof rule === 'string' ? yamlOf(rule) : rule
  if (typeof fields !== 'object' || fields === null)
    throw new BoxmanError(`rule: expected one, in a body such as ${BODY}`)
  const [only] = Array.isArray(fields) && fields.length === 1 ? fields : [fields]
  // JSON is YAML.
  const read = readRuleFile(JSON.stringify({ groups: [{ name: 'backtest', rules: [only] }] }), readExpression)
  if (!read.ok) throw new BoxmanError(read.faults.map(({ message }) => `rule: ${message}`).join('; '))
  const [group] = read.groups
  if (group === undefined) throw new BoxmanError(`rule: expected one, in a body such as ${BODY}`)
  if (!group.rules.some((each) => 'alert' in each))
    throw new BoxmanError('rule: expected an alerting rule, with alert and expr')
  return group
}

function yamlOf(text: string): unknown {
  try {
    return parseYaml(text)
  } catch (error) {
    throw new BoxmanError(
      `rule: no YAML: ${error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)}`,
      { cause: error },
    )
  }
}

function momentOf(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' || typeof value === 'string') return timeOf(name, String(value))
  throw new BoxmanError(`${name}: expected seconds since the epoch, or a time such as "2026-11-21T17:00:00Z"`)
}
