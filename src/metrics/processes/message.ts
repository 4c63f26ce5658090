import type { Outline } from '../merge/outline.ts'

/*
 * What two processes say to each other, among whatever the application says on the same channel. `metrics/hello`: a
 * worker listens from now on. `metrics/pull`: tell me your numbers; I know what you told me until `have`, empty: nothing.
 * `metrics/rows`: the numbers, and what has changed in whose they are since `base`, empty: all of it.
 */
const HELLO = 'metrics/hello'
const PULL = 'metrics/pull'
const ROWS = 'metrics/rows'

export interface Hello {
  readonly boxman: typeof HELLO
}

export interface Pull {
  readonly boxman: typeof PULL
  readonly id: number
  readonly have: string
  /** Arrives as it is only where bytes may be sent as bytes. */
  readonly probe: Uint8Array
}

/** Slot, epoch, when it began or null, and its labels, null for one that it has not; or slot and 0: it is empty. */
export type SlotChange = readonly [slot: number, epoch: number, ...rest: readonly (number | string | null)[]]

/** Outline: null when it is known. */
export type MetricChange = readonly [key: number, outline: Outline | null, slots: readonly SlotChange[]]

export interface Rows {
  readonly boxman: typeof ROWS
  /** That of the pull; 0: nobody asked. */
  readonly id: number
  readonly base: string
  readonly state: string
  /** Of each metric, in the order of its numbers: key, slots, width. */
  readonly layout: readonly number[]
  readonly changes: readonly MetricChange[]
  /** Float64 x slots x width of each metric, in the order of bytes of this machine; or that in base64. */
  readonly numbers: Uint8Array | string
}

export function hello(): Hello {
  return { boxman: HELLO }
}

export function pull(id: number, have: string): Pull {
  return { boxman: PULL, id, have, probe: new Uint8Array(1) }
}

export function rows(content: Omit<Rows, 'boxman'>): Rows {
  return { boxman: ROWS, ...content }
}

/** A message of ours by its first word, its parts not looked at; undefined: it is the application's. */
export function messageOf(message: unknown): Claimed | undefined {
  if (typeof message !== 'object' || message === null || !('boxman' in message)) return undefined
  const { boxman } = message
  return boxman === HELLO || boxman === PULL || boxman === ROWS ? { ...message, boxman } : undefined
}

export type Claimed = { readonly [K in keyof Rows | keyof Pull]?: unknown } & {
  readonly boxman: typeof HELLO | typeof PULL | typeof ROWS
}
