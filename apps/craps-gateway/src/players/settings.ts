import { randomInt } from 'node:crypto'
import { parseDuration } from 'boxman/series'

export interface PlayersSettings {
  readonly gateway: URL
  readonly count: number
  /** Bets a second and player. */
  readonly rate: number
  readonly seed: number
  /** 1, 2, ...: of several processes; the odd ones play in the first. */
  readonly process: number
  readonly maxDurationMs: number
}

/** @throws RangeError that names the variable that will not do. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): PlayersSettings {
  return {
    gateway: readGateway(env['PLAYERS_GATEWAY']),
    count: readNumber(env, 'PLAYERS_COUNT', 60, { least: 1, most: 5000, isWhole: true }),
    rate: readNumber(env, 'PLAYERS_RATE', 0.5, { least: 0.001, most: 100, isWhole: false }),
    seed: readNumber(env, 'PLAYERS_SEED', randomInt(2 ** 32), { least: 0, most: 2 ** 32, isWhole: true }),
    process: readNumber(env, 'PLAYERS_PROCESS', 1, { least: 1, most: 1000, isWhole: true }),
    maxDurationMs: readDuration(env['PLAYERS_MAX_DURATION'] ?? '1d'),
  }
}

/** This is a load, and some of it is hostile: it is for the gateway of this machine alone. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function readGateway(given: string | undefined): URL {
  const mend = 'set it to the URL of a gateway on this machine, such as http://127.0.0.1:8080'
  if (given === undefined || given === '') throw new RangeError(`PLAYERS_GATEWAY is missing; ${mend}`)
  if (!URL.canParse(given)) throw new RangeError(`PLAYERS_GATEWAY: ${JSON.stringify(given)} is no URL; ${mend}`)
  const url = new URL(given)
  if (url.protocol !== 'http:') throw new RangeError(`PLAYERS_GATEWAY: ${JSON.stringify(given)} is not http:; ${mend}`)
  if (!isLoopback(url)) {
    throw new RangeError(
      `PLAYERS_GATEWAY: ${url.hostname} is not this machine, and players only load a loopback host; ${mend}`,
    )
  }
  return url
}

function readNumber(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  otherwise: number,
  { least, most, isWhole }: { readonly least: number; readonly most: number; readonly isWhole: boolean },
): number {
  const given = env[variable]
  if (given === undefined) return otherwise
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : NaN
  if (value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value
  const kind = isWhole ? 'a whole number' : 'a number'
  throw new RangeError(`${variable}: ${JSON.stringify(given)} must be ${kind} of ${least} to ${most}`)
}

function readDuration(given: string): number {
  const ms = parseDuration(given)
  // Timers count in 31 bits.
  if (ms > 0 && ms < 2 ** 31) return ms
  throw new RangeError(`PLAYERS_MAX_DURATION: ${JSON.stringify(given)} must be above 0 and at most 24d`)
}
