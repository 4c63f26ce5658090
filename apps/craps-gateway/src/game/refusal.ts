/** Why a bet is not taken. Also fit as a metric's label: the set is closed. */
export type RefusalReason =
  | 'bad-shape'
  | 'bad-id'
  | 'unknown-kind'
  | 'bad-amount'
  | 'number-missing'
  | 'number-unwanted'
  | 'bad-number'
  | 'wrong-table'
  | 'below-minimum'
  | 'above-maximum'
  | 'wrong-phase'
  | 'no-base-bet'
  | 'above-odds-limit'
  | 'duplicate-bet'
  | 'table-full'

export interface Refused {
  readonly ok: false
  readonly reason: RefusalReason
  /** For the player: what is wrong, and what would be right. */
  readonly detail: string
}

export function refuse(reason: RefusalReason, detail: string): Refused {
  return { ok: false, reason, detail }
}
