import type { Decision } from '../../../alerting/index.ts'
import { ApiFault } from '../../api/fault.ts'
import { MAX_TIME, MIN_TIME, Parameters } from '../../api/parameters.ts'
import { type AlertingApiSources, type Answer, type Asked, json } from './endpoint.ts'
import { AlertingFault } from './fault.ts'

const NAMES = ['fingerprint', 'receiver', 'group', 'verdict', 'from', 'to', 'limit', 'offset', 'text']
const DEFAULT_LIMIT = 100
const MAX_LIMIT = 10_000

const VERDICTS: Readonly<Record<Decision['verdict'], true>> = {
  sent: true,
  failed: true,
  'given-up': true,
  waiting: true,
  unchanged: true,
  silenced: true,
  maintenance: true,
  inhibited: true,
  muted: true,
  inactive: true,
  acknowledged: true,
  escalated: true,
  'held-off': true,
  'rate-limited': true,
  fallback: true,
}

/** The latest first; times are seconds since the epoch or RFC 3339, as in the other APIs. */
export function getDecisions({ door }: AlertingApiSources, { query }: Asked): Answer {
  const unknown = Array.from(query.keys()).filter((name) => !NAMES.includes(name))
  if (unknown.length > 0) throw bad(`${unknown.join(', ')}: unknown; known here: ${NAMES.join(', ')}`)
  const [fingerprint, receiver, groupKey] = ['fingerprint', 'receiver', 'group'].map(
    (name) => query.get(name) || undefined,
  )
  const limit = Number(query.get('limit') || DEFAULT_LIMIT)
  if (!(Number.isInteger(limit) && limit > 0 && limit <= MAX_LIMIT)) {
    throw bad(`limit: expected a whole number from 1 to ${MAX_LIMIT}, given ${JSON.stringify(query.get('limit'))}`)
  }
  const offset = Number(query.get('offset') || 0)
  if (!(Number.isInteger(offset) && offset >= 0)) {
    throw bad(`offset: expected a whole number from 0, given ${JSON.stringify(query.get('offset'))}`)
  }
  const text = query.get('text') || undefined
  const verdict = verdictOf(query.get('verdict') ?? '')
  const { from, to } = timesOf(query)
  const found = door.decisions({ fingerprint, receiver, groupKey, verdict, from, to, limit, offset, text })
  return json({ status: 'success', decisions: found.map(decisionJson) })
}

function verdictOf(text: string): Decision['verdict'] | undefined {
  if (text === '') return undefined
  const isVerdict = (given: string): given is Decision['verdict'] => Object.hasOwn(VERDICTS, given)
  if (isVerdict(text)) return text
  throw bad(`verdict: expected one of ${Object.keys(VERDICTS).join(', ')}, given ${JSON.stringify(text)}`)
}

function timesOf(query: URLSearchParams): { readonly from: number; readonly to: number } {
  try {
    const parameters = new Parameters(query)
    return { from: parameters.timeOr('from', MIN_TIME), to: parameters.timeOr('to', MAX_TIME) }
  } catch (error) {
    if (error instanceof ApiFault) throw bad(error.message)
    throw error
  }
}

function decisionJson({ at, ...rest }: Decision): object {
  return { time: new Date(at).toISOString(), ...rest }
}

function bad(message: string): AlertingFault {
  return AlertingFault.coded(400, message)
}
