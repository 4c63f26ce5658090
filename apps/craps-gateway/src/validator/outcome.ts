import type { ProposalFault } from '../consensus/index.ts'

/** Why a validator does not do as asked. */
export type Refusal =
  | ProposalFault
  /** The certificate handed along does not hold. */
  | 'bad-parent'
  /** Not the height after the last final one that this validator knows of. */
  | 'wrong-height'
  | 'wrong-parent'
  /** A later attempt is known: the earlier one was given up for good. */
  | 'stale-attempt'
  | 'already-revealed'
  | 'already-signed'
  /** After an aborted attempt the next one must wait. */
  | 'too-soon'
  /** Not the round that this validator committed to. */
  | 'unknown-round'
  /** The list holds another commitment than the one it gave. */
  | 'not-listed'
  | 'bets-changed'
  /** Earlier than its predecessor. */
  | 'bad-time'
  | 'fork'
  | 'too-many-tables'

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: Refusal; readonly detail: string }

export function refuse(reason: Refusal, detail: string): Outcome<never> {
  return { ok: false, reason, detail }
}
