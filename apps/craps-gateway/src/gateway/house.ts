import { randomUUID } from 'node:crypto'
import type { CasinoMetrics, ErrorMetrics } from 'boxman/packs'
import type { Proposer } from '../consensus/index.ts'
import { type Bet, HouseEdges, type RefusalReason, type Settlement } from '../game/index.ts'
import { Archive } from './archive.ts'
import type { BetTraces } from './bet-traces.ts'
import { Croupier, type TableEvent } from './croupier.ts'
import { type Account, Ledger } from './ledger.ts'

/** What subscribers get, as JSON. */
export interface TableMessage {
  /** Milliseconds since the epoch. */
  readonly ts: number
  readonly type: 'bet' | 'roll' | 'settled' | 'proof'
  readonly [detail: string]: unknown
}

export interface HouseOptions {
  readonly tables: readonly string[]
  readonly batchMs: number
  readonly proposerFor: (tableId: string) => Proposer
  readonly craps: CasinoMetrics
  readonly errors: ErrorMetrics
  readonly traces: BetTraces
  /** To the subscribers of a topic; returns how many they are. */
  readonly publish: (topic: string, event: TableMessage) => number
}

export type PlaceRefusal = RefusalReason | 'unknown-table' | 'insufficient-balance' | 'no-quorum' | 'draining' | 'busy'

export type PlaceResult =
  | { readonly ok: true; readonly bet: Bet }
  | { readonly ok: false; readonly error: PlaceRefusal; readonly reason: string }

/** The tables, the money and the memory of one gateway. */
export class House {
  readonly ledger: Ledger = new Ledger()
  readonly archive: Archive = new Archive()
  readonly tables: ReadonlyMap<string, Croupier>
  readonly #options: HouseOptions
  readonly #edges = new HouseEdges()
  readonly #gameStartedAt = new Map<string, number>()
  readonly #stop = new AbortController()
  readonly #deadline = new AbortController()
  readonly #running: Promise<unknown>

  constructor(options: HouseOptions) {
    this.#options = options
    const { batchMs, proposerFor, traces } = options
    this.tables = new Map(
      options.tables.map((tableId) => [
        tableId,
        new Croupier({
          tableId,
          proposer: proposerFor(tableId),
          batchMs,
          onEvent: (event) => this.#on(tableId, event),
          around: (bets, round) => traces.rolling(tableId, bets, round),
        }),
      ]),
    )
    this.#running = Promise.all(
      Array.from(this.tables.values(), (table) => table.run(this.#stop.signal, this.#deadline.signal)),
    )
  }

  /** Rejects when a table's loop has failed: a bug, and the gateway had better stop. */
  get running(): Promise<unknown> {
    return this.#running
  }

  /** `receivedAt`: when the request arrived, in monotonic ms. */
  placeBet(account: Account, tableId: string, body: object, receivedAt: number): PlaceResult {
    const { traces } = this.#options
    const placed = traces.placing(tableId, () => this.#place(account, tableId, body, receivedAt))
    if (placed.ok) traces.accepted(placed.bet)
    return placed
  }

  #place(account: Account, tableId: string, body: object, receivedAt: number): PlaceResult {
    const table = this.tables.get(tableId)
    if (table === undefined) return refuse('unknown-table', `there is no table ${tableId}`)
    if (this.#stop.signal.aborted) return refuse('draining', 'the gateway is closing')
    if (!table.hasQuorum) return refuse('no-quorum', 'fewer than three validators answer: no roll can be made final')
    const wish: Readonly<Record<string, unknown>> = { ...body }
    const amount = wish['amount']
    if (typeof amount === 'number' && amount > account.balance) {
      return refuse('insufficient-balance', `the balance is ${account.balance}`)
    }
    const taken = table.take({ ...wish, betId: randomUUID(), playerId: account.playerId, tableId })
    if (!taken.ok) {
      return taken.reason === 'busy'
        ? refuse('busy', 'too many bets wait for a roll')
        : refuse(taken.reason, taken.detail)
    }
    const { bet } = taken
    if (!this.ledger.take(account, bet.amount)) throw new Error(`BUG: ${bet.betId} was taken without its stake`)
    this.archive.accepted(bet, receivedAt)
    const now = Date.now()
    this.#options.craps.gaming.betPlaced({ playerId: account.playerId, amount: bet.amount, at: now })
    this.#beginGame(tableId)
    this.#options.publish(`table:${tableId}`, { ts: now, type: 'bet', ...publicView(bet) })
    return { ok: true, bet }
  }

  /** No more bets; rolls until those that wait are rolled, for `graceMs` at most. */
  async close(graceMs: number): Promise<void> {
    this.#stop.abort()
    const timer = setTimeout(() => this.#deadline.abort(), graceMs)
    await this.#running.finally(() => clearTimeout(timer))
  }

  #on(tableId: string, event: TableEvent): void {
    const { craps, errors, publish, traces } = this.#options
    const topic = `table:${tableId}`
    switch (event.kind) {
      case 'final': {
        const provenAt = performance.now()
        for (const receivedAt of this.archive.proven(event.roll)) craps.gateway.ingressToProof(provenAt - receivedAt)
        const { height } = event.roll.certificate.proposal
        const betIds = event.roll.bets.map(({ betId }) => betId)
        const message: TableMessage = { ts: Date.now(), type: 'proof', tableId, height, betIds }
        traces.proven(event.roll, () => publish('proofs', message))
        return
      }
      case 'returned':
        this.archive.settled(event.bet.betId, 'returned', event.bet.amount)
        this.ledger.settle(event.bet.playerId, event.bet.amount)
        return
      case 'rolled': {
        const { dice, height, result } = event
        this.#beginGame(tableId)
        craps.fairness.roll(...dice)
        publish(topic, { ts: Date.now(), type: 'roll', height, dice, point: result.pointAfter ?? null })
        for (const settlement of result.settlements) this.#pay(topic, settlement)
        if (result.gameEnded !== undefined) this.#endGame(tableId)
        return
      }
      case 'no-quorum':
        errors.record({ category: 'consensus', message: `${tableId}: ${event.reason}`, at: Date.now() })
        return
    }
  }

  #pay(topic: string, settlement: Settlement): void {
    const { craps, publish } = this.#options
    const { betId, playerId, outcome, stake, payout } = settlement
    this.ledger.settle(playerId, payout)
    this.archive.settled(betId, outcome, payout)
    const at = Date.now()
    craps.gaming.betSettled({ playerId, stake, payout, at, winProbability: this.#edges.winProbability(settlement) })
    publish(topic, { ts: at, type: 'settled', betId, playerId, outcome, payout })
  }

  #beginGame(tableId: string): void {
    if (this.#gameStartedAt.has(tableId)) return
    this.#gameStartedAt.set(tableId, performance.now())
    this.#options.craps.gaming.gameStarted()
  }

  #endGame(tableId: string): void {
    const startedAt = this.#gameStartedAt.get(tableId)
    if (startedAt === undefined) return
    this.#gameStartedAt.delete(tableId)
    this.#options.craps.gaming.gameEnded(performance.now() - startedAt)
  }
}

function refuse(error: PlaceRefusal, reason: string): PlaceResult {
  return { ok: false, error, reason }
}

function publicView({ betId, playerId, kind, amount, number }: Bet): object {
  return { betId, playerId, kind, amount, ...(number !== undefined && { number }) }
}
