import { parseArgs } from 'node:util'
import { parseDuration } from 'boxman/series'
import { readDelay } from '../validator/faults.ts'
import { VALIDATORS } from './cast.ts'

export interface LauncherOptions {
  /** Undefined: until told to stop. */
  readonly durationMs: number | undefined
  /** 0: whichever is free, as for the admin port. */
  readonly port: number
  readonly adminPort: number
  readonly players: number
  /** Bets a second and player. */
  readonly rate: number
  readonly tables: number
  /** Where the children's output goes; undefined keeps its end in memory. */
  readonly logs: string | undefined
  /** Where the gateway's history and alerts outlive it; undefined: in memory alone. */
  readonly data: string | undefined
  /** Milliseconds, such as 750 or 50-400, by which validators hold each answer, by their names. */
  readonly slow: Readonly<Record<string, string>>
}

export type Reading =
  | { readonly kind: 'run'; readonly options: LauncherOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }

export const USAGE = `usage: npm start -- [options]

Starts four validators, the gateway and its players, shows how it goes, and stops everything on Ctrl-C.

  --duration TIME   stop by itself after this long, such as 20s or 5m (until Ctrl-C)
  --port N          the gateway's port (8080); with 0 every port is whichever is free
  --admin-port N    the port of metrics, health and console (9090)
  --players N       how many play, 0 to 5000 (120)
  --rate R          bets a second and player (0.5)
  --tables N        how many tables there are, 1 to 100 (3)
  --logs DIR        keep what each process prints in a file there
  --slow NAMES=MS   validators that hold each answer so long, such as v3,v4=750: three of four make a roll final,
                    so that one slow validator is outvoted, and two are not (none)
  --data DIR        keep the history and the state of alerts there, so that both survive (in memory alone)
  --help            show this
`

export function readOptions(args: readonly string[]): Reading {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        duration: { type: 'string' },
        port: { type: 'string' },
        'admin-port': { type: 'string' },
        players: { type: 'string' },
        rate: { type: 'string' },
        tables: { type: 'string' },
        logs: { type: 'string' },
        slow: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
    if (values.help === true) return { kind: 'help' }
    const whole = true
    const port = readNumber('--port', values.port ?? '8080', { least: 0, most: 65_535, whole })
    const adminPort = values['admin-port'] ?? (port === 0 ? '0' : '9090')
    const options: LauncherOptions = {
      durationMs: readDuration(values.duration),
      port,
      adminPort: readNumber('--admin-port', adminPort, { least: 0, most: 65_535, whole }),
      players: readNumber('--players', values.players ?? '120', { least: 0, most: 5000, whole }),
      rate: readNumber('--rate', values.rate ?? '0.5', { least: 0.001, most: 100, whole: false }),
      tables: readNumber('--tables', values.tables ?? '3', { least: 1, most: 100, whole }),
      logs: values.logs,
      data: values.data,
      slow: readSlow(values.slow),
    }
    if (options.logs === '') throw new RangeError('--logs: name a directory')
    if (options.data === '') throw new RangeError('--data: name a directory')
    if (port !== 0 && port === options.adminPort) {
      throw new RangeError(`--port and --admin-port: both are ${port}; move one of them`)
    }
    return { kind: 'run', options }
  } catch (error) {
    // parseArgs throws TypeError, and says how to pass a strange argument on: nothing here takes one.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    return { kind: 'wrong', problem: error.message.split('. ')[0] ?? error.message }
  }
}

function readDuration(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  try {
    const ms = parseDuration(given)
    // Timers count in 31 bits.
    if (ms > 0 && ms < 2 ** 31) return ms
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new RangeError(`--duration: ${JSON.stringify(given)} must be like 20s, 5m or 1h30m, and at most 24d`)
}

function readSlow(given: string | undefined): LauncherOptions['slow'] {
  if (given === undefined) return {}
  const [names = '', delay = '', ...rest] = given.split('=')
  const chosen = names.split(',')
  const isRight =
    rest.length === 0 && readDelay(delay) !== undefined && chosen.every((name) => VALIDATORS.includes(name))
  if (isRight) return Object.fromEntries(chosen.map((name) => [name, delay]))
  const there = VALIDATORS.join(', ')
  throw new RangeError(`--slow: ${JSON.stringify(given)} must be like v3,v4=750 or v1=50-400; there are ${there}`)
}

function readNumber(
  option: string,
  given: string,
  { least, most, whole }: { readonly least: number; readonly most: number; readonly whole: boolean },
): number {
  const value = /^\d+(\.\d+)?$/.test(given) ? Number(given) : NaN
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  const kind = whole ? 'a whole number' : 'a number'
  throw new RangeError(`${option}: ${JSON.stringify(given)} must be ${kind} of ${least} to ${most}`)
}
