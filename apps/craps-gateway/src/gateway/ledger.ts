import { randomBytes, randomUUID } from 'node:crypto'
import type { Amount } from '../game/index.ts'

export interface Account {
  readonly playerId: string
  readonly name: string
  balance: Amount
  openBets: number
}

export const START_BALANCE: Amount = 1_000_000

/** Who plays, and what they have. In memory: a restart begins anew. */
export class Ledger {
  readonly #byToken = new Map<string, Account>()
  readonly #byId = new Map<string, Account>()
  readonly #maxPlayers: number

  constructor(maxPlayers = 100_000) {
    this.#maxPlayers = maxPlayers
  }

  /** Undefined when the house is full. */
  register(name: string): { readonly account: Account; readonly token: string } | undefined {
    if (this.#byId.size >= this.#maxPlayers) return undefined
    const account: Account = { playerId: randomUUID(), name, balance: START_BALANCE, openBets: 0 }
    const token = randomBytes(18).toString('base64url')
    this.#byToken.set(token, account)
    this.#byId.set(account.playerId, account)
    return { account, token }
  }

  byToken(token: string): Account | undefined {
    return this.#byToken.get(token)
  }

  /** Takes a stake; false, and nothing taken, when the balance does not cover it. */
  take(account: Account, amount: Amount): boolean {
    if (account.balance < amount) return false
    account.balance -= amount
    account.openBets++
    return true
  }

  /** Closes a bet and pays what goes back to the player. */
  settle(playerId: string, payout: Amount): void {
    const account = this.#byId.get(playerId)
    if (account === undefined) throw new Error(`BUG: a bet of the unknown player ${playerId}`)
    account.balance += payout
    account.openBets--
  }
}
