import { type BetProof, type BetRecord, type Certificate, type MerkleTree, proofOf } from '../consensus/index.ts'
import type { Amount } from '../game/index.ts'

/** A roll that a quorum has signed, with the bets that it fixed. */
export interface FinalRoll {
  readonly certificate: Certificate
  readonly bets: readonly BetRecord[]
  readonly tree: MerkleTree
}

export type BetOutcome = 'win' | 'lose' | 'push' | 'returned'

export type BetStatus =
  | { readonly kind: 'pending' }
  | { readonly kind: 'open' }
  | { readonly kind: 'settled'; readonly outcome: BetOutcome; readonly payout: Amount }

interface Entry {
  readonly bet: BetRecord
  /** Monotonic ms. */
  readonly receivedAt: number
  status: BetStatus
  roll: FinalRoll | undefined
  leafIndex: number
}

/** Every bet that was accepted, what became of it, and its proof. The oldest settled ones go first when it is full. */
export class Archive {
  readonly stats: { accepted: number; proven: number; dropped: number } = { accepted: 0, proven: 0, dropped: 0 }
  readonly #entries = new Map<string, Entry>()
  readonly #maxBets: number

  constructor(maxBets = 200_000) {
    this.#maxBets = maxBets
  }

  accepted(bet: BetRecord, receivedAt: number): void {
    this.#entries.set(bet.betId, { bet, receivedAt, status: { kind: 'pending' }, roll: undefined, leafIndex: -1 })
    this.stats.accepted++
    this.#makeRoom()
  }

  /** From here on the proofs of the roll's bets can be fetched. Answers when each of them had been received. */
  proven(roll: FinalRoll): readonly number[] {
    return roll.bets.flatMap((bet, leafIndex) => {
      const entry = this.#entries.get(bet.betId)
      if (entry === undefined) return []
      entry.roll = roll
      entry.leafIndex = leafIndex
      entry.status = { kind: 'open' }
      this.stats.proven++
      return [entry.receivedAt]
    })
  }

  settled(betId: string, outcome: BetOutcome, payout: Amount): void {
    const entry = this.#entries.get(betId)
    if (entry !== undefined) entry.status = { kind: 'settled', outcome, payout }
  }

  status(betId: string): BetStatus | undefined {
    return this.#entries.get(betId)?.status
  }

  proof(betId: string): BetProof | 'pending' | undefined {
    const entry = this.#entries.get(betId)
    if (entry === undefined) return undefined
    return entry.roll === undefined ? 'pending' : proofOf(entry.roll, entry.bet, entry.leafIndex)
  }

  #makeRoom(): void {
    if (this.#entries.size <= this.#maxBets) return
    for (const [betId, { status }] of this.#entries) {
      if (status.kind !== 'settled') continue
      this.#entries.delete(betId)
      this.stats.dropped++
      return
    }
  }
}
