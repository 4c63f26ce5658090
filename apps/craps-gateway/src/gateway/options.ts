import type { Seat } from '../consensus/index.ts'
import { type Paging, readPaging } from './paging.ts'

export interface GatewayOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly adminPort: number
  readonly tables: number
  /** How long bets are gathered before a roll. */
  readonly batchMs: number
  readonly validators: readonly Seat[]
  readonly validatorToken: string | undefined
  /** A fault to show: the share of rolls after which a second, conflicting proposal is sent. */
  readonly forkShare: number
  readonly paging: Paging
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws RangeError that names the variable, what it holds and what it should. */
export function readOptions(env: Environment): GatewayOptions {
  return {
    host: '127.0.0.1',
    port: readNumber(env, 'GATEWAY_PORT', { fallback: 8080, min: 0, max: 65_535 }),
    adminPort: readNumber(env, 'GATEWAY_ADMIN_PORT', { fallback: 9090, min: 0, max: 65_535 }),
    tables: readNumber(env, 'GATEWAY_TABLES', { fallback: 3, min: 1, max: 100 }),
    batchMs: readNumber(env, 'GATEWAY_BATCH_MS', { fallback: 200, min: 1, max: 60_000 }),
    validators: readSeats(env['GATEWAY_VALIDATORS']),
    validatorToken: env['GATEWAY_VALIDATOR_TOKEN'],
    forkShare: readNumber(env, 'GATEWAY_FORK_SHARE', { fallback: 0, min: 0, max: 1, fraction: true }),
    paging: readPaging(env),
  }
}

interface Range {
  readonly fallback: number
  readonly min: number
  readonly max: number
  readonly fraction?: boolean
}

function readNumber(env: Environment, name: string, { fallback, min, max, fraction = false }: Range): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (value >= min && value <= max && (fraction || Number.isInteger(value))) return value
  const wanted = fraction ? 'a number' : 'a whole number'
  throw new RangeError(`${name}=${text}: set ${wanted} from ${min} to ${max}`)
}

function readSeats(text: string | undefined): readonly Seat[] {
  const wanted = 'GATEWAY_VALIDATORS: set a JSON list of { "name", "url", "publicKey" }'
  let given: unknown
  try {
    given = JSON.parse(text ?? '')
  } catch {
    throw new RangeError(`${wanted}; it holds ${text === undefined ? 'nothing' : 'no JSON'}`)
  }
  if (!Array.isArray(given) || given.length === 0 || !given.every(isSeat)) throw new RangeError(wanted)
  return given
}

function isSeat(value: unknown): value is Seat {
  if (typeof value !== 'object' || value === null) return false
  const fields: Readonly<Record<string, unknown>> = { ...value }
  return ['name', 'url', 'publicKey'].every((name) => typeof fields[name] === 'string')
}
