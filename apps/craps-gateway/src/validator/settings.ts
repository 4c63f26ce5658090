import type { KeyObject } from 'node:crypto'
import { publicKeyText, readPrivateKey, readValidators } from '../consensus/index.ts'
import type { Validators } from '../consensus/index.ts'
import { NO_FAULTS, readDelay } from './faults.ts'
import type { FaultSettings } from './faults.ts'

export interface ValidatorSettings {
  readonly name: string
  /** 0: whichever is free. */
  readonly port: number
  readonly privateKey: KeyObject
  readonly validators: Validators
  readonly token: string | undefined
  readonly faults: FaultSettings
}

/** A variable of the environment that will not do. Its message names it, and never shows a secret. */
export class SettingsError extends Error {
  constructor(variable: string, problem: string) {
    super(`${variable}: ${problem}`)
  }
}

type Environment = Readonly<Record<string, string | undefined>>

/** Throws SettingsError at the first variable that will not do. */
export function readSettings(env: Environment): ValidatorSettings {
  const name = required(env, 'VALIDATOR_NAME', 'such as v1')
  const port = numeric(env, 'VALIDATOR_PORT', { least: 0, most: 65_535, whole: true }, 0)
  const privateKey = attempt('VALIDATOR_PRIVATE_KEY', () =>
    readPrivateKey(required(env, 'VALIDATOR_PRIVATE_KEY', 'a PEM text, or 32 bytes in base64')),
  )
  const validators = attempt('VALIDATOR_PEERS', () => readValidators(readPeers(env)))
  const peer = validators.keys.get(name)
  if (peer === undefined) throw new SettingsError('VALIDATOR_PEERS', `must name ${name} (VALIDATOR_NAME) too`)
  if (publicKeyText(peer) !== publicKeyText(privateKey)) {
    throw new SettingsError('VALIDATOR_PRIVATE_KEY', `is not the half of the public key of ${name} in VALIDATOR_PEERS`)
  }
  const token = env['VALIDATOR_TOKEN']
  if (token === '') throw new SettingsError('VALIDATOR_TOKEN', 'must not be empty; leave it out to ask for none')
  return { name, port, privateKey, validators, token, faults: readFaults(env) }
}

function readFaults(env: Environment): FaultSettings {
  const share = { least: 0, most: 1, whole: false }
  return {
    delayMs: delayIn(env['VALIDATOR_DELAY_MS']),
    delayShare: numeric(env, 'VALIDATOR_DELAY_SHARE', share, NO_FAULTS.delayShare),
    refuseShare: numeric(env, 'VALIDATOR_REFUSE_SHARE', share, NO_FAULTS.refuseShare),
    crashAfter: numeric(env, 'VALIDATOR_CRASH_AFTER', { least: 0, most: 1e9, whole: true }, NO_FAULTS.crashAfter),
  }
}

function delayIn(given: string | undefined): FaultSettings['delayMs'] {
  if (given === undefined) return NO_FAULTS.delayMs
  const delay = readDelay(given)
  if (delay !== undefined) return delay
  throw new SettingsError(
    'VALIDATOR_DELAY_MS',
    `${JSON.stringify(given)} must be like 50 or 50-400, and at most 60000 milliseconds`,
  )
}

function readPeers(env: Environment): Readonly<Record<string, string>> {
  const mend = 'a JSON object of public keys in base64 by name, such as {"v1":"..."}'
  let peers: unknown
  try {
    peers = JSON.parse(required(env, 'VALIDATOR_PEERS', mend))
  } catch (error) {
    if (error instanceof SettingsError) throw error
    throw new SettingsError('VALIDATOR_PEERS', `is not JSON; it must be ${mend}`)
  }
  if (typeof peers !== 'object' || peers === null || Array.isArray(peers)) {
    throw new SettingsError('VALIDATOR_PEERS', `must be ${mend}`)
  }
  return Object.fromEntries(Object.entries(peers).map(([name, key]) => [name, String(key)]))
}

function required(env: Environment, variable: string, mend: string): string {
  const value = env[variable]
  if (value === undefined || value === '') throw new SettingsError(variable, `is missing; set it to ${mend}`)
  return value
}

function numeric(
  env: Environment,
  variable: string,
  { least, most, whole }: { readonly least: number; readonly most: number; readonly whole: boolean },
  otherwise: number,
): number {
  const given = env[variable]
  if (given === undefined) return otherwise
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : NaN
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  const kind = whole ? 'a whole number' : 'a number'
  throw new SettingsError(variable, `${JSON.stringify(given)} must be ${kind} of ${least} to ${most}`)
}

function attempt<T>(variable: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof SettingsError || !(error instanceof Error)) throw error
    throw new SettingsError(variable, error.message)
  }
}
