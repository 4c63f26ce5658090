import { formatThreshold, parseRandomness, parseThreshold } from './probability.ts'

/** What OpenTelemetry's member of `tracestate` says of sampling: `ot=th:fd70a4;rv:0123456789abcd`. */
export interface OtState {
  readonly threshold: number | undefined
  readonly randomness: number | undefined
}

const NOTHING: OtState = Object.freeze({ threshold: undefined, randomness: undefined })
const PREFIX = 'ot='
const MAX_MEMBERS = 32
const MAX_VALUE = 256

export function readOtState(traceState: string | undefined): OtState {
  const value = otValue(traceState)
  if (value === undefined) return NOTHING
  const fields = value.split(';')
  const field = (name: string) => fields.find((one) => one.startsWith(name))?.slice(name.length) ?? ''
  return { threshold: parseThreshold(field('th:')), randomness: parseRandomness(field('rv:')) }
}

/**
 * The state with another threshold, or with none. A member that is changed goes first, and the last of the others goes
 * where there would be more than 32; what else the member says stays.
 */
export function withThreshold(traceState: string | undefined, threshold: number | undefined): string | undefined {
  if (traceState === undefined) return threshold === undefined ? undefined : stateOf(threshold)
  const before = otValue(traceState)
  const kept = before === undefined ? [] : before.split(';').filter((one) => one !== '' && !one.startsWith('th:'))
  const fields = threshold === undefined ? kept : [`th:${formatThreshold(threshold)}`, ...kept]
  while (fields.join(';').length > MAX_VALUE) fields.pop()
  const value = fields.join(';')
  if (value === (before ?? '')) return traceState
  const others = traceState.split(',').filter((member) => !member.startsWith(PREFIX))
  const members = value === '' ? others : [PREFIX + value, ...others].slice(0, MAX_MEMBERS)
  return members.length === 0 ? undefined : members.join(',')
}

const STATES = new Map<number, string>()
const MAX_STATES = 1024

/** Of a trace that begins here; the same few thresholds come again and again. */
function stateOf(threshold: number): string {
  let state = STATES.get(threshold)
  if (state === undefined) {
    if (STATES.size >= MAX_STATES) STATES.clear()
    state = `${PREFIX}th:${formatThreshold(threshold)}`
    STATES.set(threshold, state)
  }
  return state
}

function otValue(traceState: string | undefined): string | undefined {
  if (traceState === undefined || !traceState.includes(PREFIX)) return undefined
  return traceState
    .split(',')
    .find((member) => member.startsWith(PREFIX))
    ?.slice(PREFIX.length)
}
