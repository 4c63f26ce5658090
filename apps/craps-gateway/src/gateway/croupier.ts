import { setTimeout as sleep } from 'node:timers/promises'
import type { BetRecord, Proposer, RoundResult } from '../consensus/index.ts'
import {
  applyRoll,
  type Bet,
  type Dice,
  openTable,
  placeBet,
  type Refused,
  type RollResult,
  type TableRules,
  type TableState,
} from '../game/index.ts'
import type { FinalRoll } from './archive.ts'

/** What happened at a table: the gateway pays, publishes and counts by it. */
export type TableEvent =
  | { readonly kind: 'final'; readonly roll: FinalRoll }
  /** The bet was fine when it came, and no longer when the dice fell (its point was made, say): the stake goes back. */
  | { readonly kind: 'returned'; readonly bet: Bet }
  | { readonly kind: 'rolled'; readonly dice: Dice; readonly height: number; readonly result: RollResult }
  | { readonly kind: 'no-quorum'; readonly reason: string; readonly waiting: number }

export interface CroupierOptions {
  readonly tableId: string
  readonly rules?: Partial<TableRules>
  readonly proposer: Proposer
  readonly batchMs: number
  readonly onEvent: (event: TableEvent) => void
  /** Runs a round over these bets: for who watches it. */
  readonly around?: (bets: readonly BetRecord[], round: () => Promise<RoundResult>) => Promise<RoundResult>
  /** Bets that wait for a roll; more are refused (5 000). */
  readonly maxWaiting?: number
}

export type Taken = { readonly ok: true; readonly bet: Bet } | Refused | { readonly ok: false; readonly reason: 'busy' }

/** After a round without a quorum: how long until the next, so that validators that are down are not hammered. */
const NO_QUORUM_PAUSE_MS = 500

/** Runs one table: gathers bets, has each batch fixed and rolled by the validators, and settles what the dice decide. */
export class Croupier {
  readonly tableId: string
  readonly #proposer: Proposer
  readonly #batchMs: number
  readonly #onEvent: (event: TableEvent) => void
  readonly #around: NonNullable<CroupierOptions['around']>
  readonly #maxWaiting: number
  #state: TableState
  /** The table as it would stand with the waiting bets on it: what a new bet is judged by. */
  #preview: TableState
  #waiting: Bet[] = []
  #quorum = true
  #lastDice: Dice | undefined

  constructor(options: CroupierOptions) {
    const { tableId, rules, proposer, batchMs, onEvent, around = (_, round) => round(), maxWaiting = 5000 } = options
    this.tableId = tableId
    this.#proposer = proposer
    this.#batchMs = batchMs
    this.#onEvent = onEvent
    this.#around = around
    this.#maxWaiting = maxWaiting
    this.#state = openTable(tableId, rules)
    this.#preview = this.#state
  }

  get state(): TableState {
    return this.#state
  }

  get height(): number {
    return this.#proposer.height
  }

  get lastDice(): Dice | undefined {
    return this.#lastDice
  }

  /** Whether the last round found a quorum; while it did not, bets are better refused. */
  get hasQuorum(): boolean {
    return this.#quorum
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Takes a bet into the next batch, or says why not. */
  take(input: unknown): Taken {
    if (this.#waiting.length >= this.#maxWaiting) return { ok: false, reason: 'busy' }
    const placement = placeBet(this.#preview, input)
    if (!placement.ok) return placement
    this.#preview = placement.state
    this.#waiting.push(placement.bet)
    return { ok: true, bet: placement.bet }
  }

  /** Rolls until told to stop, then until no bet waits for its roll, or `deadline` aborts. */
  async run(stop: AbortSignal, deadline: AbortSignal): Promise<void> {
    while (!deadline.aborted && !(stop.aborted && this.#waiting.length === 0)) {
      await sleep(this.#quorum ? this.#batchMs : NO_QUORUM_PAUSE_MS, undefined, { signal: deadline }).catch(() => {})
      const idle = this.#waiting.length === 0 && this.#state.bets.length === 0 && this.#proposer.pending === undefined
      if (deadline.aborted || (idle && this.#quorum)) continue
      await this.round()
    }
  }

  /** One roll over the bets that wait. Without a quorum they go on waiting. */
  async round(): Promise<void> {
    const { pending } = this.#proposer
    const batch = pending ?? [...this.#waiting]
    const result = await this.#around(batch, () =>
      pending === undefined ? this.#proposer.run(batch) : this.#proposer.resume(),
    )
    this.#quorum = result.kind === 'final'
    if (result.kind === 'final') this.#settle(result)
    else this.#onEvent({ kind: 'no-quorum', reason: result.reason, waiting: this.#waiting.length })
  }

  #settle({ certificate, bets, tree }: Extract<RoundResult, { kind: 'final' }>): void {
    const decided = this.#waiting.splice(0, bets.length)
    this.#onEvent({ kind: 'final', roll: { certificate, bets, tree } })
    let state = this.#state
    for (const bet of decided) {
      const placement = placeBet(state, bet)
      if (placement.ok) state = placement.state
      else this.#onEvent({ kind: 'returned', bet })
    }
    const { dice, height } = certificate.proposal
    const result = applyRoll(state, dice)
    this.#state = result.state
    this.#lastDice = dice
    this.#preview = result.state
    for (const bet of this.#waiting) {
      const placement = placeBet(this.#preview, bet)
      if (placement.ok) this.#preview = placement.state
    }
    this.#onEvent({ kind: 'rolled', dice, height, result })
  }
}
