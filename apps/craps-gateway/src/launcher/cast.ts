import type { KeyTexts, Seat } from '../consensus/index.ts'
import type { LauncherOptions } from './options.ts'

/** The modules that the processes run. */
export interface Modules {
  readonly validator: URL
  readonly gateway: URL
  readonly players: URL
}

export interface Role {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
}

export const VALIDATORS: readonly string[] = ['v1', 'v2', 'v3', 'v4']
const PLAYER_PROCESSES = 2

/** What goes wrong in a demo, so that there is something to see; a variable of the environment goes before. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  v3: { VALIDATOR_DELAY_MS: '50-400', VALIDATOR_DELAY_SHARE: '0.03' },
  v4: { VALIDATOR_REFUSE_SHARE: '0.01' },
  gateway: { GATEWAY_FORK_SHARE: '0.01' },
}

function faultsOf(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(FAULTS[name] ?? {}).filter(([key]) => process.env[key] === undefined))
}

/** Of what the gateway may keep, for each process of players: a bet costs it several spans for each of theirs. */
const PLAYERS_SPANS = 1 / 20
const GATEWAY_SPANS_PER_SECOND = 200

/** What is meant for the gateway is not for everyone: there is one port of that number, and one has a history and rules over it. */
const BESIDE_THE_GATEWAY = {
  BOXMAN_ADMIN_PORT: '0',
  BOXMAN_RULES: '',
  BOXMAN_ALERTING_CONFIG: '',
  BOXMAN_ALERTING_FOLDER: '',
}

/** Who begins a trace decides on it, and all others follow: so what players keep must be what the gateway can. */
function playersBudget(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const gateway = Number(env['BOXMAN_TRACING_SPANS_PER_SECOND'] ?? GATEWAY_SPANS_PER_SECOND)
  // What is no number is for Boxman to refuse.
  if (!(gateway >= 1)) return {}
  return { BOXMAN_TRACING_SPANS_PER_SECOND: String(Math.max(1, Math.round(gateway * PLAYERS_SPANS))) }
}

export interface ValidatorRole extends Role {
  readonly publicKey: string
}

/** Four validators, which know each other's public keys. */
export function validatorRoles(generateKeys: () => KeyTexts, slow: LauncherOptions['slow']): readonly ValidatorRole[] {
  const keys = VALIDATORS.map((name) => ({ name, ...generateKeys() }))
  const peers = JSON.stringify(Object.fromEntries(keys.map(({ name, publicKey }) => [name, publicKey])))
  return keys.map(({ name, publicKey, privateKey }) => ({
    name,
    publicKey,
    env: {
      ...BESIDE_THE_GATEWAY,
      VALIDATOR_NAME: name,
      VALIDATOR_PORT: '0',
      VALIDATOR_PRIVATE_KEY: privateKey,
      VALIDATOR_PEERS: peers,
      ...faultsOf(name),
      ...(slow[name] !== undefined && { VALIDATOR_DELAY_MS: slow[name], VALIDATOR_DELAY_SHARE: '1' }),
    },
  }))
}

export function gatewayRole({ port, adminPort, tables, data }: LauncherOptions, seats: readonly Seat[]): Role {
  return {
    name: 'gateway',
    env: {
      GATEWAY_PORT: String(port),
      GATEWAY_ADMIN_PORT: String(adminPort),
      GATEWAY_TABLES: String(tables),
      GATEWAY_VALIDATORS: JSON.stringify(seats),
      ...(data !== undefined && { BOXMAN_STORE_FOLDER: data }),
      ...faultsOf('gateway'),
    },
  }
}

/** The players spread over two processes, or as many as there are players; they are told of the gateway later. */
export function playersRoles({ players, rate }: LauncherOptions): readonly Role[] {
  const processes = Math.min(PLAYER_PROCESSES, players)
  return Array.from({ length: processes }, (_, i) => ({
    name: `players-${i + 1}`,
    env: {
      ...BESIDE_THE_GATEWAY,
      ...playersBudget(process.env),
      PLAYERS_GATEWAY: 'parent',
      PLAYERS_COUNT: String(Math.floor((players + processes - 1 - i) / processes)),
      PLAYERS_RATE: String(rate),
      PLAYERS_PROCESS: String(i + 1),
      // The launcher says when it is over; this one is for players on their own.
      PLAYERS_MAX_DURATION: '24d',
    },
  }))
}
