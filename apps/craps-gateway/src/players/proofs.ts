import { isDeepStrictEqual } from 'node:util'
import type { Wish } from './style.ts'

/** A bet that was taken, as its player remembers it. */
export interface Ticket extends Wish {
  readonly betId: string
  readonly playerId: string
  readonly tableId: string
}

export type Verify = (
  proof: unknown,
  keys: Readonly<Record<string, string>>,
  quorum: number,
) => { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly detail: string }

export interface Validators {
  readonly quorum: number
  readonly keys: Readonly<Record<string, string>>
}

/** From the gateway's answer; undefined when it is none. */
export function readValidators(body: Readonly<Record<string, unknown>>): Validators | undefined {
  const { quorum, keys } = body
  if (typeof quorum !== 'number' || typeof keys !== 'object' || keys === null) return undefined
  return { quorum, keys: Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, String(key)])) }
}

/** What is wrong with the proof of this very bet, if anything. */
export function faultOf(
  proof: unknown,
  ticket: Ticket,
  { keys, quorum }: Validators,
  verify: Verify,
): string | undefined {
  const verdict = verify(proof, keys, quorum)
  if (!verdict.ok) return `${verdict.reason}: ${verdict.detail}`
  const proven: unknown = typeof proof === 'object' && proof !== null && 'bet' in proof ? proof.bet : undefined
  // A sound proof of another bet, or of another stake, proves nothing.
  return isDeepStrictEqual(proven, ticket) ? undefined : `another bet: ${JSON.stringify(proven)}`
}
