import type { KeyObject } from 'node:crypto'
import {
  checkProposal,
  commitmentTo,
  GENESIS_HASH,
  isFairList,
  listId,
  proposalHash,
  retryPauseMs,
  roundId,
  signHash,
  verifyCertificate,
} from '../consensus/index.ts'
import type { Certificate, Commitment, Proposal, Round, Validators } from '../consensus/index.ts'
import { refuse } from './outcome.ts'
import type { Outcome } from './outcome.ts'

export interface ValidatorOptions {
  readonly name: string
  readonly privateKey: KeyObject
  /** All of them, this one too. */
  readonly validators: Validators
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly randomBytes: (size: number) => Buffer
  /** The pause that the first aborted attempt at a height costs (250). */
  readonly retryPauseMs?: number
  /** A table too many is refused, never an old one forgotten: what was signed there must stay known (1 024). */
  readonly maxTables?: number
  /** Heights below the last final one at which a second proposal is still told from a late first one (64). */
  readonly keptHeights?: number
}

export interface ValidatorStats {
  commitments: number
  reveals: number
  signed: number
  refused: number
  forks: number
  /** Attempts given up after this validator told its secret. */
  aborted: number
  /** Heights that became final without this validator hearing of them at the time. */
  missed: number
}

interface Head {
  readonly height: number
  readonly hash: string
  readonly ts: number
}

/** What this validator did at one height. */
interface Slot {
  committed?: {
    readonly round: Round
    readonly id: string
    readonly secret: string
    readonly commitment: string
    revealed: { readonly list: string; readonly at: number } | undefined
  }
  signed?: { readonly hash: string; readonly signature: string }
}

interface Table {
  head: Head
  /** At most the height after the head, and `keptHeights` below. */
  readonly slots: Map<number, Slot>
}

const GENESIS: Head = { height: 0, hash: GENESIS_HASH, ts: 0 }

/**
 * One of the signers, without its network. It holds its memory only while it runs. Started anew, it joins from the first
 * certificate it is shown, and may then sign a second proposal for the height that it was at when it stopped: of four
 * validators one may do so without harm, as two final rolls at one height have two signers in common.
 */
export class Validator {
  readonly stats: ValidatorStats = {
    commitments: 0,
    reveals: 0,
    signed: 0,
    refused: 0,
    forks: 0,
    aborted: 0,
    missed: 0,
  }
  readonly name: string
  readonly #options: ValidatorOptions
  readonly #retryPauseMs: number
  readonly #maxTables: number
  readonly #keptHeights: number
  readonly #tables = new Map<string, Table>()

  constructor(options: ValidatorOptions) {
    this.name = options.name
    this.#options = options
    this.#retryPauseMs = options.retryPauseMs ?? 250
    this.#maxTables = options.maxTables ?? 1024
    this.#keptHeights = options.keptHeights ?? 64
  }

  get tables(): number {
    return this.#tables.size
  }

  /** Fixes a secret for this round. Asked again for the same round, it answers the same. */
  commit(round: Round, parent: Certificate | undefined): Outcome<string> {
    return this.#counted(this.#commit(round, parent))
  }

  /** Tells the secret, once the commitments of all are on the table: for one list only. */
  reveal(round: Round, commitments: readonly Commitment[]): Outcome<string> {
    return this.#counted(this.#reveal(round, commitments))
  }

  /** Signs the proposal's hash, unless anything is wrong with it. Asked again for the same one, it answers the same. */
  propose(proposal: Proposal, parent: Certificate | undefined): Outcome<string> {
    return this.#counted(this.#propose(proposal, parent))
  }

  #counted<T>(outcome: Outcome<T>): Outcome<T> {
    if (!outcome.ok) {
      this.stats.refused++
      if (outcome.reason === 'fork') this.stats.forks++
    }
    return outcome
  }

  #commit(round: Round, parent: Certificate | undefined): Outcome<string> {
    const entered = this.#enter(round, parent)
    if (!entered.ok) return entered
    const slot = this.#slotAt(entered.value, round.height)
    if (slot.signed !== undefined) return refuse('already-signed', `a roll at height ${round.height} is signed`)
    const id = roundId(round)
    const last = slot.committed
    if (last !== undefined) {
      if (last.id === id) return { ok: true, value: last.commitment }
      if (round.attempt < last.round.attempt) return staleAttempt(last.round.attempt)
      if (last.revealed !== undefined) {
        if (round.attempt === last.round.attempt) return refuse('already-revealed', `attempt ${round.attempt} is spent`)
        const pause = retryPauseMs(last.round.attempt, this.#retryPauseMs)
        const waited = this.#options.now() - last.revealed.at
        if (waited < pause) return refuse('too-soon', `${Math.ceil(pause - waited)} ms early`)
        this.stats.aborted++
      }
    }
    const secret = this.#options.randomBytes(32).toString('hex')
    const commitment = commitmentTo(round, this.name, secret)
    slot.committed = { round, id, secret, commitment, revealed: undefined }
    this.stats.commitments++
    return { ok: true, value: commitment }
  }

  #reveal(round: Round, commitments: readonly Commitment[]): Outcome<string> {
    const mine = this.#tables.get(round.tableId)?.slots.get(round.height)?.committed
    if (mine === undefined || mine.id !== roundId(round)) return unknownRound(round)
    if (!isFairList(commitments, this.#options.validators)) return refuse('bad-list', 'not of a quorum and the gateway')
    const own = commitments.find(({ party }) => party === this.name)
    if (own?.commitment !== mine.commitment) return refuse('not-listed', 'my commitment is missing or another')
    const list = listId(commitments)
    if (mine.revealed === undefined) {
      mine.revealed = { list, at: this.#options.now() }
      this.stats.reveals++
    } else if (mine.revealed.list !== list) {
      return refuse('already-revealed', 'for another list')
    }
    return { ok: true, value: mine.secret }
  }

  #propose(proposal: Proposal, parent: Certificate | undefined): Outcome<string> {
    const { tableId, height } = proposal
    const hash = proposalHash(proposal)
    const signed = this.#tables.get(tableId)?.slots.get(height)?.signed
    if (signed !== undefined) {
      if (signed.hash === hash) return { ok: true, value: signed.signature }
      return refuse('fork', `another proposal is signed at height ${height}`)
    }
    const entered = this.#enter(proposal, parent)
    if (!entered.ok) return entered
    const table = entered.value
    if (proposal.ts < table.head.ts) return refuse('bad-time', `${table.head.ts - proposal.ts} ms before its parent`)
    const fault = checkProposal(proposal, this.#options.validators)
    if (fault !== undefined) return refuse(fault, 'the draw does not hold')
    const slot = this.#slotAt(table, height)
    const objection = this.#objection(proposal, slot)
    if (objection !== undefined) return objection
    slot.signed = { hash, signature: signHash(hash, this.#options.privateKey) }
    this.stats.signed++
    return { ok: true, value: slot.signed.signature }
  }

  /** What this validator itself did at this height must agree with the proposal. */
  #objection(proposal: Proposal, { committed }: Slot): Outcome<never> | undefined {
    if (committed !== undefined && proposal.attempt < committed.round.attempt) {
      return staleAttempt(committed.round.attempt)
    }
    if (committed?.revealed !== undefined && proposal.attempt === committed.round.attempt) {
      if (committed.round.betsRoot !== proposal.betsRoot) return refuse('bets-changed', 'after the secrets were told')
      // With the list its own commitment is the one it gave, and with that the round: a commitment is bound to both.
      if (committed.revealed.list === listId(proposal.commitments)) return undefined
      return refuse('already-revealed', 'for another list')
    }
    return proposal.commitments.some(({ party }) => party === this.name) ? unknownRound(proposal) : undefined
  }

  /** Brings the table up to the parent, when that is news, and admits only the round right after it. */
  #enter(round: Round, parent: Certificate | undefined): Outcome<Table> {
    const known = this.#tables.get(round.tableId)
    let head = known?.head ?? GENESIS
    if (parent !== undefined && parent.proposal.height > head.height) {
      const advanced = this.#advance(round.tableId, head, parent)
      if (!advanced.ok) return advanced
      head = advanced.value
      if (known !== undefined) this.#settle(known, head)
    }
    if (round.height !== head.height + 1) return refuse('wrong-height', `the last final height here is ${head.height}`)
    if (round.previousHash !== head.hash) return refuse('wrong-parent', `height ${head.height} has another hash here`)
    if (known !== undefined) return { ok: true, value: known }
    if (this.#tables.size >= this.#maxTables) return refuse('too-many-tables', `${this.#maxTables} are open`)
    const table: Table = { head, slots: new Map() }
    this.#tables.set(round.tableId, table)
    return { ok: true, value: table }
  }

  #advance(tableId: string, head: Head, parent: Certificate): Outcome<Head> {
    const { proposal } = parent
    if (proposal.tableId !== tableId) return refuse('bad-parent', `a roll of table ${proposal.tableId}`)
    const verdict = verifyCertificate(parent, this.#options.validators)
    if (!verdict.ok) return refuse('bad-parent', `${verdict.reason}: ${verdict.detail}`)
    if (proposal.height === head.height + 1 && proposal.previousHash !== head.hash) {
      return refuse('wrong-parent', `height ${head.height} has another hash here`)
    }
    this.stats.missed += proposal.height - head.height - 1
    return { ok: true, value: { height: proposal.height, hash: proposalHash(proposal), ts: proposal.ts } }
  }

  #settle(table: Table, head: Head): void {
    table.head = head
    for (const height of table.slots.keys()) if (height < head.height - this.#keptHeights) table.slots.delete(height)
  }

  #slotAt(table: Table, height: number): Slot {
    let slot = table.slots.get(height)
    if (slot === undefined) table.slots.set(height, (slot = {}))
    return slot
  }
}

const staleAttempt = (known: number): Outcome<never> => refuse('stale-attempt', `attempt ${known} is known`)

function unknownRound({ height, attempt }: Round): Outcome<never> {
  return refuse('unknown-round', `not what I committed to at height ${height}, attempt ${attempt}`)
}
